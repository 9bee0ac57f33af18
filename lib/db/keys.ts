import * as z from 'zod';
import { actorOf, requireRole, requireSystem, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

export interface ApiKey {
  id: string;
  name: string;
  /** What is shown of it: its first and last characters. */
  preview: string;
  /** Names of the tools it may call; null = all of the project. */
  tools: string[] | null;
  /** Only tools that change nothing. */
  readOnly: boolean;
  /** Ids of the toolsets it is for; null = all addresses of the project. */
  toolsets: string[] | null;
  createdAt: Date;
  /** Name of the user; null for those who are gone, and for the program itself. */
  createdBy: string | null;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

/** What is needed to check a key. */
export interface StoredKey {
  id: string;
  hash: string;
  organizationId: string;
  projectId: string;
  tools: string[] | null;
  readOnly: boolean;
  toolsets: string[] | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const newKey = z.object({
  id: z.string().regex(/^[0-9A-Za-z]{12}$/),
  hash: z.string().min(32).max(200),
  preview: text(40),
  name: text(120).min(1),
  tools: z.array(text(64)).max(1000).nullable().default(null),
  readOnly: z.boolean().default(false),
  toolsets: z.array(text(64)).min(1).max(100).nullable().default(null),
  expiresAt: z.date().nullable().default(null),
});

/** The API keys of a project. Only their hashes are stored. */
export function keysOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** Those that were not revoked, newest first. */
    async list(projectId: string): Promise<ApiKey[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.apiKey.findMany({
        where: { AND: [{ projectId: known, revokedAt: null }, scope] },
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        omit: { hash: true },
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.createdBy),
      );
      return rows.map((row) => keyOf(row, names));
    },

    /** Throws `not_found` when the project is not theirs. */
    async create(projectId: string, input: z.input<typeof newKey>): Promise<ApiKey> {
      requireRole(principal, 'editor');
      const { tools, toolsets, ...data } = parse(newKey, input);
      return database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        if (toolsets) await mustHave(tx, project.id, toolsets);
        const row = await tx.apiKey.create({
          data: {
            ...data,
            tools: tools === null ? null : JSON.stringify(tools),
            toolsets: toolsets === null ? null : JSON.stringify(toolsets),
            projectId: project.id,
            organizationId: project.organizationId,
            createdBy: actorOf(principal).actorId,
          },
        });
        await appendAudit(database, tx, principal, project.organizationId, {
          action: 'key.create',
          target: `key:${row.id}`,
          details: { name: row.name, projectId: project.id, tools, toolsets, readOnly: row.readOnly },
        });
        return keyOf(row, await namesOf(tx, [row.createdBy]));
      });
    },

    /** For good. Tell the other processes (`key.revoked`), which may have cached it. */
    async revoke(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = {
        AND: [{ id: idOf(id, 'key'), projectId: idOf(projectId, 'project'), revokedAt: null }, scope],
      };
      await database.transaction(async (tx) => {
        const row = (await tx.apiKey.findFirst({ where })) ?? notFound('key');
        await tx.apiKey.updateMany({ where, data: { revokedAt: new Date() } });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'key.revoke',
          target: `key:${row.id}`,
          details: { name: row.name, projectId: row.projectId },
        });
      });
    },

    /** The key as it must be checked, revoked or not; one query. System only: there is no principal yet. */
    async find(id: string): Promise<StoredKey | null> {
      requireSystem(principal);
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.apiKey.findUnique({
        where: { id: known },
        select: {
          id: true,
          hash: true,
          organizationId: true,
          projectId: true,
          tools: true,
          readOnly: true,
          toolsets: true,
          expiresAt: true,
          revokedAt: true,
        },
      });
      return row && { ...row, tools: listOf(row.tools), toolsets: listOf(row.toolsets) };
    },

    /** Notes that a key was used. Call it once a minute per key at most. System only. */
    async touch(id: string, at: Date): Promise<void> {
      requireSystem(principal);
      await prisma.apiKey.updateMany({ where: { id: idOf(id, 'key') }, data: { lastUsedAt: at } });
    },
  };
}

interface KeyRow {
  id: string;
  name: string;
  preview: string;
  tools: string | null;
  readOnly: boolean;
  toolsets: string | null;
  createdAt: Date;
  createdBy: string | null;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

function keyOf(row: KeyRow, names: ReadonlyMap<string, string>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    preview: row.preview,
    tools: listOf(row.tools),
    readOnly: row.readOnly,
    toolsets: listOf(row.toolsets),
    createdAt: row.createdAt,
    createdBy: nameOf(names, row.createdBy),
    lastUsedAt: row.lastUsedAt,
    expiresAt: row.expiresAt,
  };
}

function listOf(json: string | null): string[] | null {
  return json === null ? null : (JSON.parse(json) as string[]);
}

/** Throws `not_found` unless all these are toolsets of the project. */
async function mustHave(tx: Tx, projectId: string, toolsets: readonly string[]): Promise<void> {
  const ids = [...new Set(toolsets)].map((id) => idOf(id, 'toolset'));
  if ((await tx.toolset.count({ where: { projectId, id: { in: ids } } })) < ids.length) notFound('toolset');
}
