import * as z from 'zod';
import { requireRole, scopeOf } from './access.ts';
import { ACCESS, type Access, accessOf } from './access-mode.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text, toldText } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** An address of its own, `/mcp/<project>/<name>`, for some of a project's workflows. */
export interface Toolset {
  id: string;
  /** In the address. */
  name: string;
  title: string;
  description: string;
  /** Told to the model on connect, in place of those of the project. */
  instructions: string;
  access: Access;
  /** Leaves out what may change something. */
  readOnly: boolean;
  /** With the documents that the project offers. */
  documents: boolean;
  /** Names, whether there are such workflows or not yet. */
  workflows: string[];
  updatedAt: Date;
}

/** Toolsets of one project. */
export const MOST_TOOLSETS = 50;

/** Second parts of addresses that mean something else, or might one day. */
export const RESERVED_TOOLSETS: readonly string[] = [
  'ws',
  'sse',
  'messages',
  'message',
  'server-card',
  'mcp',
  'authorize',
  'token',
  'register',
  'revoke',
  'oauth',
  'callback',
];

export const toolsetFields = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,38}$/, 'starts with a letter; then a-z, 0-9 and -; 2 to 39 characters')
    .refine(
      (name) => !RESERVED_TOOLSETS.includes(name),
      'means something else in an address; choose another one',
    ),
  title: text(120).min(1),
  description: text(2000),
  instructions: toldText(20_000),
  access: z.enum(ACCESS),
  readOnly: z.boolean(),
  documents: z.boolean(),
  workflows: z.array(text(120).min(1)).max(1000),
};

const newToolset = z.object({
  ...toolsetFields,
  description: toolsetFields.description.default(''),
  instructions: toolsetFields.instructions.default(''),
  readOnly: toolsetFields.readOnly.default(false),
  documents: toolsetFields.documents.default(false),
});
const toolsetPatch = z.object(toolsetFields).partial();

export type NewToolset = z.input<typeof newToolset>;
export type ToolsetPatch = z.input<typeof toolsetPatch>;

/** The toolsets of a project. */
export function toolsetsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** By name. */
    async list(projectId: string): Promise<Toolset[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.toolset.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: { name: 'asc' },
      });
      return rows.map(toolsetOf);
    },

    /** Throws `conflict` when the project has one of that name, `too_many` past 50. */
    async create(projectId: string, input: NewToolset): Promise<Toolset> {
      requireRole(principal, 'editor');
      const { workflows, ...data } = parse(newToolset, input);
      return orConflict(taken(data.name), () =>
        database.transaction(async (tx) => {
          const project = await projectIn(tx, scope, projectId);
          const count = await tx.toolset.count({ where: { projectId: project.id } });
          if (count >= MOST_TOOLSETS)
            throw new AppError('too_many', `A project has at most ${MOST_TOOLSETS} toolsets.`);
          const row = await tx.toolset.create({
            data: {
              ...data,
              workflows: JSON.stringify([...new Set(workflows)]),
              projectId: project.id,
              organizationId: project.organizationId,
            },
          });
          await appendAudit(database, tx, principal, project.organizationId, {
            action: 'toolset.create',
            target: `toolset:${row.id}`,
            details: { ...factsOf(row), workflows },
          });
          return toolsetOf(row);
        }),
      );
    },

    /** What is left out stays. Throws `not_found`, `conflict`. */
    async update(projectId: string, id: string, input: ToolsetPatch): Promise<Toolset> {
      requireRole(principal, 'editor');
      const { workflows, ...data } = parse(toolsetPatch, input);
      const where = whereOf(projectId, id);
      const patch = {
        ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
        ...(workflows && { workflows: JSON.stringify([...new Set(workflows)]) }),
      };
      return orConflict(taken(data.name ?? ''), () =>
        database.transaction(async (tx) => {
          const before = (await tx.toolset.findFirst({ where })) ?? notFound('toolset');
          await tx.toolset.updateMany({ where, data: patch });
          const row = await tx.toolset.findFirstOrThrow({ where });
          if (row.name !== before.name) await endGrants(tx, before);
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'toolset.update',
            target: `toolset:${row.id}`,
            details: { ...factsOf(row), fields: Object.keys(patch), ...(workflows && { workflows }) },
          });
          return toolsetOf(row);
        }),
      );
    },

    /** Its address is no more. Returns it as it was. */
    async remove(projectId: string, id: string): Promise<Toolset> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, id);
      return database.transaction(async (tx) => {
        const row = (await tx.toolset.findFirst({ where })) ?? notFound('toolset');
        await tx.toolset.deleteMany({ where });
        await endGrants(tx, row);
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'toolset.delete',
          target: `toolset:${row.id}`,
          details: factsOf(row),
        });
        return toolsetOf(row);
      });
    },
  };

  function whereOf(projectId: string, id: string) {
    return { AND: [{ id: idOf(id, 'toolset'), projectId: idOf(projectId, 'project') }, scope] };
  }
}

/**
 * Ends what people granted at the address of a toolset: at another one that gets it later they would be let in for
 * things they were never asked about.
 */
async function endGrants(tx: Tx, { projectId, name }: { projectId: string; name: string }): Promise<void> {
  const granted = await tx.oauthGrant.findMany({
    where: { projectId, revokedAt: null, resource: { endsWith: `/${name}` } },
    select: { id: true, resource: true },
  });
  const ids = granted.filter(({ resource }) => /\/mcp\/[^/]+\/[^/]+$/.test(resource)).map(({ id }) => id);
  await tx.oauthGrant.updateMany({ where: { id: { in: ids } }, data: { revokedAt: new Date() } });
}

function taken(name: string): string {
  return `The project has a toolset "${name}" already; choose another name.`;
}

interface ToolsetRow extends Omit<Toolset, 'access' | 'workflows'> {
  projectId: string;
  access: string;
  workflows: string;
}

function factsOf({ name, access, readOnly, projectId }: ToolsetRow) {
  return { name, access, readOnly, projectId };
}

export function toolsetOf(row: ToolsetRow): Toolset {
  const { id, name, title, description, instructions, readOnly, documents, updatedAt } = row;
  return {
    id,
    name,
    title,
    description,
    instructions,
    access: accessOf(row.access),
    readOnly,
    documents,
    workflows: JSON.parse(row.workflows) as string[],
    updatedAt,
  };
}
