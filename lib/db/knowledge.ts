import * as z from 'zod';
import { requireRole, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { settingsOf } from './document-rows.ts';
import { removeDocuments } from './documents.ts';
import { lockBase, PASSAGES_TIMEOUT_MS, thinOut } from './drop-version.ts';
import type { KnowledgeBase as BaseRow } from './gen/sqlite/client.ts';
import { addJob } from './jobs.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';
import type { ChunkHit } from './search.ts';

export interface KnowledgeBase {
  id: string;
  name: string;
  /** Its documents are resources of the MCP server. */
  offered: boolean;
  /** Of its documents: auto, or a code of ISO 639-1. */
  language: string;
  /** Characters of a passage, about. */
  chunkSize: number;
  /** Characters that a passage repeats of the one before it, at most. */
  chunkOverlap: number;
  documentCount: number;
  /** Of these: those whose newest version is not read yet, and those whose cannot be. */
  pendingCount: number;
  failedCount: number;
  chunkCount: number;
  /** Of the files. */
  bytes: number;
  sourceCount: number;
  questionCount: number;
  /** Whose vectors are searched beside the full text. */
  model: string | null;
  updatedAt: Date;
}

/** The kind of job that has the documents of a base read again by its new settings; its payload is `{ baseId }`. */
export const REREAD_JOB = 'knowledge.reread';

const LANGUAGE = /^(auto|[a-z]{2})$/;
export const CHUNK_SIZES = { min: 200, max: 4000 };

const settings = {
  language: z.string().regex(LANGUAGE, 'auto, or two letters of ISO 639-1'),
  chunkSize: z.int().min(CHUNK_SIZES.min).max(CHUNK_SIZES.max),
  chunkOverlap: z.int().min(0),
};

const newBase = z.object({
  name: text(120).min(1),
  language: settings.language.default('auto'),
  chunkSize: settings.chunkSize.default(1200),
  chunkOverlap: settings.chunkOverlap.default(150),
});

const basePatch = z.object({ name: text(120).min(1), offered: z.boolean(), ...settings }).partial();

/** Knowledge bases of a project, and the search. Their documents: `documentsOf`. */
export function knowledgeOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const baseWhere = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'knowledge base'), projectId: idOf(projectId, 'project') }, scope],
  });

  return {
    /** By name. */
    async list(projectId: string): Promise<KnowledgeBase[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.knowledgeBase.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: { name: 'asc' },
      });
      return counted(prisma, rows);
    },

    async get(projectId: string, id: string): Promise<KnowledgeBase | null> {
      if (idOrNull(projectId) === null || idOrNull(id) === null) return null;
      const row = await prisma.knowledgeBase.findFirst({ where: baseWhere(projectId, id) });
      return row && (await counted(prisma, [row]))[0]!;
    },

    /** Throws `conflict` when the project has one of this name. */
    async create(projectId: string, input: z.input<typeof newBase>): Promise<KnowledgeBase> {
      requireRole(principal, 'editor');
      const data = parse(newBase, input);
      checkOverlap(data);
      return orConflict(`This project already has a knowledge base named "${data.name}".`, async () => {
        const project = await projectIn(prisma, scope, projectId);
        const row = await prisma.knowledgeBase.create({
          data: { ...data, projectId: project.id, organizationId: project.organizationId },
        });
        return (await counted(prisma, [row]))[0]!;
      });
    },

    /**
     * Changes what is given. When sizes of passages or language are others than before, a job is stored that has all its
     * documents read again; until then the passages of before are searched. Throws `conflict` for a name that is taken.
     */
    async update(
      projectId: string,
      id: string,
      input: z.input<typeof basePatch>,
    ): Promise<{ base: KnowledgeBase; before: { name: string; offered: boolean }; reread: boolean }> {
      requireRole(principal, 'editor');
      const patch = parse(basePatch, input);
      const where = baseWhere(projectId, id);
      return orConflict(`This project already has a knowledge base named "${patch.name}".`, () =>
        database.transaction(async (tx) => {
          const before = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
          await lockBase(database, tx, before.id);
          checkOverlap({ ...before, ...patch });
          const row = await tx.knowledgeBase.update({
            where: { id: before.id },
            data: { ...patch, ...(patch.name !== undefined && { revision: { increment: 1 } }) },
          });
          const reread = JSON.stringify(settingsOf(before)) !== JSON.stringify(settingsOf(row));
          if (reread) await addJob(tx, REREAD_JOB, { baseId: row.id });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'knowledge.update',
            target: `knowledge:${row.id}`,
            projectId: row.projectId,
            details: {
              name: row.name,
              ...patch,
              ...(row.name !== before.name && { nameBefore: before.name }),
            },
          });
          const [base] = await counted(tx, [row]);
          return { base: base!, before: { name: before.name, offered: before.offered }, reread };
        }),
      );
    },

    /**
     * With its documents, some at a time; answers the keys of the stored files, which are the caller's to delete. What
     * breaks off half-way is gone by half, and can be gone on with.
     */
    async remove(projectId: string, id: string): Promise<string[]> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, id);
      const known = (await prisma.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
      const freed: string[] = [];
      let documents = 0;
      await thinOut(database, { baseId: known.id });
      for (;;) {
        const done = await database.transaction(
          async (tx) => {
            await lockBase(database, tx, known.id);
            const row = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
            const some = await removeDocuments(
              database,
              tx,
              principal,
              { baseId: row.id },
              { audited: false },
            );
            if (some.removed.length > 0) return some;
            await tx.knowledgeBase.deleteMany({ where });
            await appendAudit(database, tx, principal, row.organizationId, {
              action: 'knowledge.delete',
              target: `knowledge:${row.id}`,
              details: { name: row.name, documents },
            });
            return null;
          },
          { timeoutMs: PASSAGES_TIMEOUT_MS },
        );
        if (!done) return freed;
        documents += done.removed.length;
        freed.push(...done.freed);
      }
    },

    /**
     * The passages that fit best. `base` is the id or the name of a knowledge base of the project; throws
     * `not_found` when there is none, `bad_request` for a filter that is none.
     */
    async search(
      projectId: string,
      base: string,
      query: { text: string; topK?: number; filter?: Record<string, unknown> | undefined; prefix?: boolean },
    ): Promise<ChunkHit[]> {
      const { topK, text: words } = parse(
        z.object({ text: z.string(), topK: z.int().min(1).max(50).default(5) }),
        query,
      );
      const row = await prisma.knowledgeBase.findFirst({
        where: {
          AND: [
            { projectId: idOf(projectId, 'project') },
            { OR: [{ id: parse(text(120), base) }, { name: base }] },
            scope,
          ],
        },
        select: { id: true },
      });
      if (!row) notFound('knowledge base');
      return database.search({
        baseId: row.id,
        text: words,
        topK,
        filter: query.filter,
        prefix: query.prefix,
      });
    },
  };
}

/** Half of a passage may be what the one before said. Throws `bad_request`. */
function checkOverlap({ chunkSize, chunkOverlap }: { chunkSize: number; chunkOverlap: number }): void {
  parse(z.object({ chunkOverlap: z.int().max(Math.floor(chunkSize / 2), 'at most half of the size') }), {
    chunkOverlap,
  });
}

async function counted(client: Tx, rows: readonly BaseRow[]): Promise<KnowledgeBase[]> {
  const ofThese = { baseId: { in: rows.map(({ id }) => id) } };
  // One after the other: in a transaction there is one connection.
  const groups = await client.document.groupBy({
    by: ['baseId', 'status'],
    where: ofThese,
    _count: true,
    _sum: { chunkCount: true, bytes: true },
  });
  const sources = await client.knowledgeSource.groupBy({ by: ['baseId'], where: ofThese, _count: true });
  const questions = await client.knowledgeQuestion.groupBy({ by: ['baseId'], where: ofThese, _count: true });
  const indexes = await client.vectorIndex.findMany({
    where: { ...ofThese, state: 'serving' },
    select: { baseId: true, config: true },
  });
  return rows.map((row) => {
    const own = groups.filter(({ baseId }) => baseId === row.id);
    const sum = (value: (group: (typeof own)[number]) => number | null): number =>
      own.reduce((total, group) => total + (value(group) ?? 0), 0);
    const among = (status: string): number => sum((group) => (group.status === status ? group._count : 0));
    const countIn = (counts: readonly { baseId: string; _count: number }[]): number =>
      counts.find(({ baseId }) => baseId === row.id)?._count ?? 0;
    const index = indexes.find(({ baseId }) => baseId === row.id);
    return {
      ...factsOf(row),
      documentCount: sum(({ _count }) => _count),
      pendingCount: among('pending'),
      failedCount: among('failed'),
      chunkCount: sum(({ _sum }) => _sum.chunkCount),
      bytes: sum(({ _sum }) => _sum.bytes),
      sourceCount: countIn(sources),
      questionCount: countIn(questions),
      model: index ? modelOf(index.config) : null,
    };
  });
}

/** How people call the model of vectors: its name, or its folder. */
function modelOf(config: string): string {
  const { model, folder } = JSON.parse(config) as { model?: unknown; folder?: unknown };
  return String(model ?? folder ?? 'a model');
}

function factsOf(row: BaseRow) {
  const { id, name, offered, language, chunkSize, chunkOverlap, updatedAt } = row;
  return { id, name, offered, language, chunkSize, chunkOverlap, updatedAt };
}
