import * as z from 'zod';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { isAtLeast, requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';

/** Something that was shared inside the organization, as it was then. */
export interface SharedTemplate {
  id: string;
  title: string;
  summary: string;
  tags: string[];
  content: JsonValue;
  input: JsonObject;
  projectId: string | null;
  workflowId: string | null;
  authorId: string | null;
  /** Name; null for who is gone. */
  author: string | null;
  updatedAt: Date;
}

const MiB = 1024 * 1024;
const MOST_TEMPLATES = 500;

const facts = z.strictObject({
  title: text(60).min(1),
  summary: text(160).min(1),
  tags: z
    .array(z.string().regex(/^[a-z][a-z-]{1,19}$/, 'a-z and -, 2 to 20 characters'))
    .max(8)
    .default([]),
});
const snapshot = z.strictObject({
  /** JSON. */
  content: text(2 * MiB).min(2),
  input: z.record(z.string(), z.json()).default({}),
});
const newTemplate = facts.extend(snapshot.shape);
const templatePatch = z.strictObject({
  ...facts.partial().shape,
  tags: facts.shape.tags.unwrap().optional(),
  content: snapshot.shape.content.optional(),
});

/** Templates of an organization, which all its members see. */
export function sharedTemplatesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const own = () => {
    requireRole(principal, 'viewer');
    if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
    return principal;
  };
  /** Authors change what is theirs, administrators of the organization all. */
  const whereToChange = (id: string) => {
    const { organizationId, userId, role, projectId } = own();
    const all = projectId === undefined && isAtLeast(role, 'admin');
    return { id: idOf(id, 'template'), organizationId, ...(all ? {} : { authorId: userId }) };
  };

  return {
    /** By title. */
    async list(): Promise<SharedTemplate[]> {
      const { organizationId } = own();
      const rows = await prisma.sharedTemplate.findMany({
        where: { organizationId },
        orderBy: [{ title: 'asc' }, { id: 'asc' }],
      });
      const names = await namesOf(
        prisma,
        rows.map(({ authorId }) => authorId),
      );
      return rows.map((row) => templateOf(row, names));
    },

    async get(id: string): Promise<SharedTemplate | null> {
      const { organizationId } = own();
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.sharedTemplate.findFirst({ where: { id: known, organizationId } });
      return row && templateOf(row, await namesOf(prisma, [row.authorId]));
    },

    /** Shares what was taken from a workflow. Editors of its project. */
    async create(
      source: { projectId: string; workflowId: string },
      input: z.input<typeof newTemplate>,
    ): Promise<SharedTemplate> {
      requireRole(principal, 'editor');
      const { organizationId, userId } = own();
      const { tags, input: sample, ...data } = parse(newTemplate, input);
      const named = {
        id: idOf(source.workflowId, 'workflow'),
        projectId: idOf(source.projectId, 'project'),
      };
      return database.transaction(async (tx) => {
        const workflow =
          (await tx.workflow.findFirst({ where: { AND: [named, scopeOf(principal)] } })) ??
          notFound('workflow');
        await database.lock(tx, `templates:${organizationId}`);
        if ((await tx.sharedTemplate.count({ where: { organizationId } })) >= MOST_TEMPLATES) {
          throw new AppError('conflict', `${MOST_TEMPLATES} templates are shared; withdraw one first.`);
        }
        const row = await tx.sharedTemplate.create({
          data: {
            ...data,
            organizationId,
            tags: JSON.stringify(tags),
            input: JSON.stringify(sample),
            projectId: workflow.projectId,
            workflowId: workflow.id,
            authorId: userId,
          },
        });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'template.share',
          target: `template:${row.id}`,
          details: { title: row.title, workflow: workflow.name },
        });
        return templateOf(row, await namesOf(tx, [userId]));
      });
    },

    /** What is left out stays. Its author and administrators; to all others it is not found. */
    async update(id: string, input: z.input<typeof templatePatch>): Promise<SharedTemplate> {
      requireRole(principal, 'editor');
      const { tags, ...data } = parse(templatePatch, input);
      const where = whereToChange(id);
      const patch = {
        ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
      };
      return database.transaction(async (tx) => {
        const { count } = await tx.sharedTemplate.updateMany({ where, data: patch });
        if (count === 0) notFound('template');
        const row = await tx.sharedTemplate.findFirstOrThrow({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'template.update',
          target: `template:${row.id}`,
          details: { title: row.title, fields: Object.keys(patch) },
        });
        return templateOf(row, await namesOf(tx, [row.authorId]));
      });
    },

    /** Takes it back; what was made of it stays. Its author and administrators. */
    async remove(id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = whereToChange(id);
      await database.transaction(async (tx) => {
        const row = (await tx.sharedTemplate.findFirst({ where })) ?? notFound('template');
        await tx.sharedTemplate.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'template.withdraw',
          target: `template:${row.id}`,
          details: { title: row.title },
        });
      });
    },
  };
}

interface TemplateRow {
  id: string;
  title: string;
  summary: string;
  tags: string;
  content: string;
  input: string;
  projectId: string | null;
  workflowId: string | null;
  authorId: string | null;
  updatedAt: Date;
}

function templateOf(row: TemplateRow, names: ReadonlyMap<string, string>): SharedTemplate {
  return {
    id: row.id,
    title: row.title,
    summary: row.summary,
    tags: JSON.parse(row.tags) as string[],
    content: JSON.parse(row.content) as JsonValue,
    input: JSON.parse(row.input) as JsonObject,
    projectId: row.projectId,
    workflowId: row.workflowId,
    authorId: row.authorId,
    author: nameOf(names, row.authorId),
    updatedAt: row.updatedAt,
  };
}
