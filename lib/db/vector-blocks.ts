import type { JsonObject } from '#lib/workflow/json.ts';
import { requireSystem } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import { lockBase } from './drop-version.ts';
import { addJob } from './jobs.ts';
import type { Principal } from './principal.ts';
import type { GraphNear, GraphQuery, GraphState, LinkOptions } from './vector-graphs.ts';
import { EMBED_JOB } from './vector-indexes.ts';

/** Chunks whose vectors lie in one block. */
export const BLOCK_CHUNKS = 500;

/** An index, as whoever fills it needs it. */
export interface StoredIndex {
  id: string;
  organizationId: string;
  projectId: string;
  baseId: string;
  config: JsonObject;
  connectionId: string | null;
  dimensions: number | null;
  state: string;
  error: string | null;
}

/** Vectors of consecutive chunks of a version. */
export interface BlockPlace {
  versionId: string;
  /** Ordinal of the first chunk. */
  start: number;
  count: number;
}

export interface Block extends BlockPlace {
  /** float32 values, little-endian. */
  data: Uint8Array<ArrayBuffer>;
  /** Of the texts that they were made of. */
  hash: string;
}

export interface ChunkText {
  ordinal: number;
  headings: string[];
  text: string;
}

/** Vectors as they are stored. System only. */
export function vectorBlocksOf(database: Database, principal: Principal) {
  requireSystem(principal);
  const { prisma } = database;

  /** Blocks of versions that are searched, and how many chunks these versions have. */
  async function liveBlocks(
    indexId: string,
  ): Promise<{ blocks: BlockPlace[]; versions: { id: string; chunkCount: number }[] } | null> {
    const known = idOrNull(indexId);
    const index = known && (await prisma.vectorIndex.findUnique({ where: { id: known } }));
    if (!index) return null;
    const [versions, blocks] = await Promise.all([
      prisma.documentVersion.findMany({
        where: { baseId: index.baseId, state: 'live', chunkCount: { gt: 0 } },
        orderBy: { id: 'asc' },
        select: { id: true, chunkCount: true },
      }),
      prisma.vectorBlock.findMany({
        where: { indexId: index.id },
        orderBy: [{ versionId: 'asc' }, { start: 'asc' }],
        select: { versionId: true, start: true, count: true },
      }),
    ]);
    const live = new Set(versions.map(({ id }) => id));
    return { versions, blocks: blocks.filter(({ versionId }) => live.has(versionId)) };
  }

  /** Ids of versions that are searched and lack vectors. */
  async function missing(indexId: string): Promise<string[]> {
    const live = await liveBlocks(indexId);
    return live ? incomplete(live) : [];
  }

  return {
    liveBlocks,
    missing,

    async index(id: string): Promise<StoredIndex | null> {
      const known = idOrNull(id);
      const row = known && (await prisma.vectorIndex.findUnique({ where: { id: known } }));
      return row ? storedIndex(row) : null;
    },

    /** Indexes that a version of this base needs vectors for. */
    async indexesOf(baseId: string): Promise<StoredIndex[]> {
      const rows = await prisma.vectorIndex.findMany({
        where: { baseId, state: { in: ['serving', 'filling'] } },
        orderBy: { createdAt: 'asc' },
      });
      return rows.map(storedIndex);
    },

    /** Null when it is gone. `before`: the version of the document that is searched, where that is another one. */
    async version(
      versionId: string,
    ): Promise<{ baseId: string; chunks: number; before: string | null } | null> {
      const known = idOrNull(versionId);
      const row =
        known &&
        (await prisma.documentVersion.findUnique({
          where: { id: known },
          include: { document: { select: { liveVersionId: true } } },
        }));
      if (!row) return null;
      const chunks = await prisma.chunk.count({ where: { versionId: row.id } });
      const { liveVersionId } = row.document;
      return { baseId: row.baseId, chunks, before: liveVersionId === row.id ? null : liveVersionId };
    },

    /** Of consecutive chunks, in their order. */
    async texts(versionId: string, start: number, count: number): Promise<ChunkText[]> {
      const rows = await prisma.chunk.findMany({
        where: { versionId, ordinal: { gte: start, lt: start + count } },
        orderBy: { ordinal: 'asc' },
        select: { ordinal: true, headings: true, text: true },
      });
      return rows.map((row) => ({ ...row, headings: JSON.parse(row.headings) as string[] }));
    },

    /** Of which texts the block was made; null when there is none. */
    async hashOf(indexId: string, { versionId, start }: Omit<BlockPlace, 'count'>): Promise<string | null> {
      const row = await prisma.vectorBlock.findUnique({
        where: { indexId_versionId_start: { indexId, versionId, start } },
        select: { hash: true },
      });
      return row?.hash ?? null;
    },

    /** The blocks of these places that are there. */
    async read(indexId: string, places: readonly Omit<BlockPlace, 'count'>[]): Promise<Block[]> {
      if (places.length === 0) return [];
      return (await prisma.vectorBlock.findMany({
        where: { indexId, OR: places.map(({ versionId, start }) => ({ versionId, start })) },
        select: { versionId: true, start: true, count: true, data: true, hash: true },
      })) as Block[];
    },

    /**
     * Stores vectors, in the place of those that are there. False when the index or the version is gone, or the index
     * has vectors of another length.
     */
    async put(indexId: string, dimensions: number, block: Block): Promise<boolean> {
      const { versionId, start, count, data, hash } = block;
      return database.transaction(async (tx) => {
        const version = await tx.documentVersion.count({ where: { id: versionId } });
        const { count: fits } = await tx.vectorIndex.updateMany({
          where: { id: indexId, OR: [{ dimensions: null }, { dimensions }] },
          data: { dimensions, error: null },
        });
        if (version === 0 || fits === 0) return false;
        // Not updated: what a graph made of the old one goes with it.
        await tx.vectorBlock.deleteMany({ where: { indexId, versionId, start } });
        await tx.vectorBlock.create({ data: { indexId, versionId, start, count, data, hash } });
        return true;
      });
    },

    /** Blocks of a version behind its last chunk, left of a reading with smaller chunks. */
    async cut(indexId: string, versionId: string, chunks: number): Promise<void> {
      await prisma.vectorBlock.deleteMany({ where: { indexId, versionId, start: { gte: chunks } } });
    },

    /** How far the graph of an index is; null where there can be none. */
    async graphState(indexId: string): Promise<GraphState | null> {
      return (await database.vectorGraphs?.state(indexId)) ?? null;
    },

    /** What is nearest by the graph, best first; null when the exact search has to be asked. */
    async near(query: GraphQuery): Promise<GraphNear[] | null> {
      return (await database.vectorGraphs?.near(query)) ?? null;
    },

    /** Brings a graph up to date, where the database keeps them; see `VectorGraphs`. Answers whether it grew. */
    async link(indexId: string, options: LinkOptions): Promise<boolean> {
      return ((await database.vectorGraphs?.link(indexId, options)) ?? 0) > 0;
    },

    /** A search sees what is there from now on. */
    async touch(baseId: string): Promise<void> {
      await prisma.knowledgeBase.updateMany({ where: { id: baseId }, data: { revision: { increment: 1 } } });
    },

    /** A complete index serves from now on, in the place of the one before. False while vectors are missing. */
    async serve(indexId: string): Promise<boolean> {
      if ((await missing(indexId)).length > 0) return false;
      return database.transaction(async (tx) => {
        const found = await tx.vectorIndex.findUnique({
          where: { id: indexId },
          include: { base: { select: { name: true } } },
        });
        if (found?.state !== 'filling') return true;
        const { baseId, organizationId, projectId, config, base } = found;
        await lockBase(database, tx, baseId);
        const versions = await tx.documentVersion.aggregate({
          where: { baseId, state: 'live' },
          _sum: { chunkCount: true },
        });
        const blocks = await tx.vectorBlock.aggregate({
          where: { indexId, version: { state: 'live' } },
          _sum: { count: true },
        });
        // A version may have become live since the look above.
        if ((versions._sum.chunkCount ?? 0) > (blocks._sum.count ?? 0)) return false;
        await tx.vectorIndex.deleteMany({ where: { baseId, state: 'serving' } });
        await tx.vectorIndex.update({ where: { id: indexId }, data: { state: 'serving', error: null } });
        await tx.knowledgeBase.update({ where: { id: baseId }, data: { revision: { increment: 1 } } });
        await appendAudit(database, tx, principal, organizationId, {
          action: 'knowledge.serve_embedding',
          target: `knowledge:${baseId}`,
          projectId,
          details: { name: base.name, ...(JSON.parse(config) as JsonObject) },
        });
        return true;
      });
    },

    /**
     * Notes what is wrong. `again`: a job that goes on at that moment, after so many failures; without one an index that
     * is filled has failed.
     */
    async setError(
      indexId: string,
      error: string,
      again: { at: Date; failures: number } | null,
    ): Promise<void> {
      await database.transaction(async (tx) => {
        const where = { id: indexId };
        await tx.vectorIndex.updateMany({ where, data: { error: error.slice(0, 2000) } });
        if (again === null) {
          await tx.vectorIndex.updateMany({
            where: { ...where, state: 'filling' },
            data: { state: 'failed' },
          });
        } else {
          const { at: runAt, failures } = again;
          await addJob(tx, EMBED_JOB, { indexId, failures }, { runAt, maxAttempts: 1000 });
        }
      });
    },

    /** A job makes what is missing, at this moment or before. */
    async fill(indexId: string, runAt: Date): Promise<void> {
      await database.transaction(async (tx) => {
        await database.lock(tx, `vectors:${indexId}`);
        const waiting = await tx.job.findFirst({
          where: { kind: EMBED_JOB, state: 'queued', payload: { startsWith: `{"indexId":"${indexId}"` } },
        });
        if (waiting) {
          if (waiting.runAt > runAt) await tx.job.update({ where: { id: waiting.id }, data: { runAt } });
          return;
        }
        await addJob(tx, EMBED_JOB, { indexId, failures: 0 }, { runAt, maxAttempts: 1000 });
      });
    },
  };
}

/** Of what `liveBlocks` answered: the versions that lack vectors. */
export function incomplete({
  versions,
  blocks,
}: {
  versions: readonly { id: string; chunkCount: number }[];
  blocks: readonly BlockPlace[];
}): string[] {
  const counts = new Map<string, number>();
  for (const { versionId, count } of blocks) counts.set(versionId, (counts.get(versionId) ?? 0) + count);
  return versions.filter(({ id, chunkCount }) => (counts.get(id) ?? 0) < chunkCount).map(({ id }) => id);
}

function storedIndex(row: Omit<StoredIndex, 'config'> & { config: string }): StoredIndex {
  const { id, organizationId, projectId, baseId, connectionId, dimensions, state, error } = row;
  const config = JSON.parse(row.config) as JsonObject;
  return { id, organizationId, projectId, baseId, config, connectionId, dimensions, state, error };
}
