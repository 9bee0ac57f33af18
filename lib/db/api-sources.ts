import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { requireRole, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, sha256, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** A description of an API that was read. */
export interface ApiSource {
  id: string;
  /** Of the API. */
  name: string;
  /** Where it was fetched; null for a text that was given. */
  url: string | null;
  /** SHA-256 of its text. */
  hash: string;
  /** What was chosen of it, and what was made; empty until workflows were. */
  choices: JsonObject;
  importedAt: Date | null;
  createdAt: Date;
}

/** Descriptions that were read and of which nothing was made yet; the oldest gives way. */
const MOST_PENDING = 5;

const newSource = z.strictObject({
  name: text(120).min(1),
  url: text(2000).min(1).nullable(),
  document: z.string().min(1).max(11_000_000),
});

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Descriptions of APIs from which workflows of a project were made, or may be. */
export function apiSourcesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const whereOf = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'API description'), projectId: idOf(projectId, 'project') }, scope],
  });

  return {
    /** Those of which something was made, by name. */
    async list(projectId: string): Promise<ApiSource[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.apiSource.findMany({
        where: { AND: [{ projectId: known, importedAt: { not: null } }, scope] },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        omit: { document: true },
      });
      return rows.map(sourceOf);
    },

    /** With its text; also one of which nothing was made yet. */
    async get(projectId: string, id: string): Promise<(ApiSource & { document: string }) | null> {
      requireRole(principal, 'viewer');
      if (idOrNull(projectId) === null || idOrNull(id) === null) return null;
      const row = await prisma.apiSource.findFirst({ where: whereOf(projectId, id) });
      return row && { ...sourceOf(row), document: (await unzip(row.document)).toString('utf8') };
    },

    /** Keeps what was read until something is made of it. */
    async create(projectId: string, input: z.input<typeof newSource>): Promise<ApiSource> {
      requireRole(principal, 'editor');
      const { name, url, document } = parse(newSource, input);
      const zipped = new Uint8Array(await zip(document));
      return database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        const pending = await tx.apiSource.findMany({
          where: { projectId: project.id, importedAt: null },
          orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
          select: { id: true },
        });
        const old = pending.slice(MOST_PENDING - 1).map(({ id }) => id);
        await tx.apiSource.deleteMany({ where: { id: { in: old } } });
        const row = await tx.apiSource.create({
          data: {
            name,
            url,
            hash: sha256(document),
            document: zipped,
            projectId: project.id,
            organizationId: project.organizationId,
          },
          omit: { document: true },
        });
        return sourceOf(row);
      });
    },

    /**
     * Notes what was made. `newer`: the id of a description that takes the place of this one's text. Throws `not_found`.
     */
    async record(
      projectId: string,
      id: string,
      { choices, newer }: { choices: JsonObject; newer?: string | undefined },
    ): Promise<ApiSource> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, id);
      return database.transaction(async (tx) => {
        const taken =
          newer === undefined || newer === id
            ? null
            : ((await tx.apiSource.findFirst({ where: whereOf(projectId, newer) })) ??
              notFound('API description'));
        const { count } = await tx.apiSource.updateMany({
          where,
          data: {
            choices: JSON.stringify(choices),
            importedAt: new Date(),
            ...(taken && { name: taken.name, url: taken.url, hash: taken.hash, document: taken.document }),
          },
        });
        if (count === 0) notFound('API description');
        if (taken) await tx.apiSource.deleteMany({ where: whereOf(projectId, taken.id) });
        const row = await tx.apiSource.findFirstOrThrow({ where, omit: { document: true } });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: taken ? 'api.update' : 'api.import',
          target: `apiSource:${row.id}`,
          details: { name: row.name, hash: row.hash },
        });
        return sourceOf(row);
      });
    },

    /** Its workflows stay. */
    async remove(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, id);
      await database.transaction(async (tx) => {
        const row =
          (await tx.apiSource.findFirst({ where, omit: { document: true } })) ?? notFound('API description');
        await tx.apiSource.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'api.delete',
          target: `apiSource:${row.id}`,
          details: { name: row.name },
        });
      });
    },
  };
}

interface SourceRow {
  id: string;
  name: string;
  url: string | null;
  hash: string;
  choices: string;
  importedAt: Date | null;
  createdAt: Date;
}

function sourceOf(row: SourceRow): ApiSource {
  const { id, name, url, hash, importedAt, createdAt } = row;
  return { id, name, url, hash, choices: JSON.parse(row.choices) as JsonObject, importedAt, createdAt };
}
