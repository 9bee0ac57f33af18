import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { requireRole, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import { lockBase } from './drop-version.ts';
import { addJob } from './jobs.ts';
import type { RerankerSettings } from './passages.ts';
import type { Principal } from './principal.ts';

/** The kind of job that makes the vectors that an index lacks; its payload is `{ indexId, failures }`. */
export const EMBED_JOB = 'knowledge.embed';

/** Vectors of a base, made by one model. */
export interface VectorIndex {
  id: string;
  /** Which model; what it holds is the operations' business. */
  config: JsonObject;
  connectionId: string | null;
  /** Null until there is a vector. */
  dimensions: number | null;
  state: 'filling' | 'serving' | 'failed';
  error: string | null;
  /** Passages that have a vector, of those that are searched. */
  done: number;
  total: number;
}

const reranker = z.strictObject({
  connection: z.string().min(1).max(64).nullable(),
  model: text(200).min(1),
  url: text(2000).optional(),
});

/** Which models a knowledge base is searched with. */
export function vectorIndexesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const baseWhere = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'knowledge base'), projectId: idOf(projectId, 'project') }, scope],
  });

  return {
    /** The one that serves, and the one that is filled, or could not be. Throws `not_found`. */
    async of(
      projectId: string,
      baseId: string,
    ): Promise<{
      serving: VectorIndex | null;
      filling: VectorIndex | null;
      reranker: RerankerSettings | null;
    }> {
      requireRole(principal, 'viewer');
      const base = await prisma.knowledgeBase.findFirst({
        where: baseWhere(projectId, baseId),
        include: { indexes: { orderBy: { createdAt: 'desc' } } },
      });
      if (!base) notFound('knowledge base');
      const { _sum } = await prisma.documentVersion.aggregate({
        where: { baseId: base.id, state: 'live' },
        _sum: { chunkCount: true },
      });
      const indexes = await Promise.all(
        base.indexes.map(async (row): Promise<VectorIndex> => {
          const blocks = await prisma.vectorBlock.aggregate({
            where: { indexId: row.id, version: { state: 'live' } },
            _sum: { count: true },
          });
          return {
            ...{ id: row.id, connectionId: row.connectionId, dimensions: row.dimensions, error: row.error },
            config: JSON.parse(row.config) as JsonObject,
            state: row.state as VectorIndex['state'],
            ...{ done: blocks._sum.count ?? 0, total: _sum.chunkCount ?? 0 },
          };
        }),
      );
      return {
        serving: indexes.find(({ state }) => state === 'serving') ?? null,
        filling: indexes.find(({ state }) => state !== 'serving') ?? null,
        reranker: base.reranker === null ? null : (JSON.parse(base.reranker) as RerankerSettings),
      };
    },

    /**
     * Begins to fill an index, in the place of another that is filled; the one that serves goes on. The same model again
     * goes on with what is there. Throws `not_found`, also for a connection of another project.
     */
    async begin(
      projectId: string,
      baseId: string,
      { config, connectionId }: { config: JsonObject; connectionId: string | null },
    ): Promise<void> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, baseId);
      const connection = connectionId === null ? null : idOf(connectionId, 'connection');
      const words = JSON.stringify(config);
      await database.transaction(async (tx) => {
        const base = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        await lockBase(database, tx, base.id);
        if (connection !== null) {
          const known = await tx.connection.count({ where: { id: connection, projectId: base.projectId } });
          if (known === 0) notFound('connection');
        }
        const all = await tx.vectorIndex.findMany({ where: { baseId: base.id } });
        const same = all.find((row) => row.config === words && row.connectionId === connection);
        const stay = all.filter((row) => row === same || row.state === 'serving').map(({ id }) => id);
        await tx.vectorIndex.deleteMany({ where: { baseId: base.id, id: { notIn: stay } } });
        const indexId = same?.id ?? (await tx.vectorIndex.create({ data: indexData() })).id;
        if (same && same.state !== 'serving') {
          await tx.vectorIndex.update({ where: { id: same.id }, data: { state: 'filling', error: null } });
        }
        await addJob(tx, EMBED_JOB, { indexId, failures: 0 }, { maxAttempts: 1000 });
        await appendAudit(database, tx, principal, base.organizationId, {
          action: 'knowledge.set_embedding',
          target: `knowledge:${base.id}`,
          projectId: base.projectId,
          details: { name: base.name, ...config },
        });

        function indexData() {
          const { id, organizationId, projectId: project } = base;
          return { organizationId, projectId: project, baseId: id, config: words, connectionId: connection };
        }
      });
    },

    /** All vectors go away; the base is searched by full text. */
    async remove(projectId: string, baseId: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, baseId);
      await database.transaction(async (tx) => {
        const base = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        await lockBase(database, tx, base.id);
        const { count } = await tx.vectorIndex.deleteMany({ where: { baseId: base.id } });
        if (count === 0) return;
        await tx.knowledgeBase.updateMany({ where: { id: base.id }, data: { revision: { increment: 1 } } });
        await appendAudit(database, tx, principal, base.organizationId, {
          action: 'knowledge.remove_embedding',
          target: `knowledge:${base.id}`,
          projectId: base.projectId,
          details: { name: base.name },
        });
      });
    },

    /** The model that orders passages once more; null: none. Throws `not_found`, also for a foreign connection. */
    async setReranker(
      projectId: string,
      baseId: string,
      input: z.input<typeof reranker> | null,
    ): Promise<void> {
      requireRole(principal, 'editor');
      const where = baseWhere(projectId, baseId);
      const given = input && parse(reranker, input);
      await database.transaction(async (tx) => {
        const base = (await tx.knowledgeBase.findFirst({ where })) ?? notFound('knowledge base');
        if (given && given.connection !== null) {
          const id = idOf(given.connection, 'connection');
          const known = await tx.connection.count({ where: { id, projectId: base.projectId } });
          if (known === 0) notFound('connection');
        }
        await tx.knowledgeBase.updateMany({
          where: { id: base.id },
          data: { reranker: given && JSON.stringify(given), revision: { increment: 1 } },
        });
        await appendAudit(database, tx, principal, base.organizationId, {
          action: given ? 'knowledge.set_reranker' : 'knowledge.remove_reranker',
          target: `knowledge:${base.id}`,
          projectId: base.projectId,
          details: { name: base.name, ...(given && { model: given.model }) },
        });
      });
    },
  };
}
