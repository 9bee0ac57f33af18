import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Tx } from './database.ts';
import type { Prisma } from './gen/sqlite/client.ts';
import { unindexVersion } from './search-index.ts';

/** On SQLite a statement holds the event loop, and so do several in a row: a turn is left to others in between. */
export const CHUNKS_PER_STATEMENT = 100;

/** ms for what indexes passages or takes them out: a document has some 10,000 of them at most. */
export const PASSAGES_TIMEOUT_MS = 120_000;

/** Chunks that go away in a transaction of their own, so that others may write in between. */
const CHUNKS_PER_TRANSACTION = 1000;

/** Versions of a document that are remembered when they are searched no longer. */
const REPLACED_KEPT = 10;

/** Inside a transaction: what changes the documents of a base does so one after the other. */
export async function lockBase(database: Database, tx: Tx, baseId: string): Promise<void> {
  await database.lock(tx, `knowledge:${baseId}`);
}

/** Inside a transaction: a version is searched no longer, and what was made of its file goes away. */
export async function dropVersion(database: Database, tx: Tx, versionId: string): Promise<void> {
  await dropChunks(database, tx, versionId);
  await tx.vectorBlock.deleteMany({ where: { versionId } });
  await tx.documentVersion.updateMany({
    where: { id: versionId },
    data: { state: 'replaced', progress: 0 },
  });
}

/**
 * Of versions whose documents are deleted right after: all chunks but a few, some in each transaction, from the end.
 * What breaks off half-way leaves documents of which less is found.
 */
export async function thinOut(database: Database, where: Prisma.DocumentVersionWhereInput): Promise<void> {
  const versions = await database.prisma.documentVersion.findMany({
    where: { AND: [where, { chunks: { some: { ordinal: CHUNKS_PER_STATEMENT } } }] },
    select: { id: true, baseId: true, _count: { select: { chunks: true } } },
  });
  for (const { id, baseId, _count } of versions) {
    for (let left = _count.chunks; left > CHUNKS_PER_STATEMENT; ) {
      left = Math.max(CHUNKS_PER_STATEMENT, left - CHUNKS_PER_TRANSACTION);
      await database.transaction(async (tx) => {
        await lockBase(database, tx, baseId);
        await dropChunks(database, tx, id, left);
        // Told as it is, should it stay so: vectors are made for as many as there are.
        const data = { chunkCount: left };
        await tx.documentVersion.updateMany({ where: { id, state: 'live' }, data });
        await tx.document.updateMany({ where: { liveVersionId: id }, data });
      });
    }
  }
}

/** Inside a transaction: chunks of a version, from an ordinal on. */
async function dropChunks(database: Database, tx: Tx, versionId: string, from = 0): Promise<void> {
  // Only what is searched is in the index.
  const live = await tx.documentVersion.count({ where: { id: versionId, state: 'live' } });
  if (live > 0) await unindexVersion(database, tx, versionId, from);
  await deleteChunks(tx, versionId, from);
}

/**
 * Inside a transaction: replaced versions of a document let go of their files, and the oldest are forgotten. Answers
 * the files that no version refers to any more.
 */
export async function releaseFiles(tx: Tx, documentId: string): Promise<string[]> {
  const versions = await tx.documentVersion.findMany({
    where: { documentId },
    orderBy: { number: 'desc' },
    select: { id: true, state: true, storageKey: true },
  });
  const used = new Set(versions.filter(({ state }) => state !== 'replaced').map((one) => one.storageKey));
  const replaced = versions.filter(({ state }) => state === 'replaced');
  const holding = replaced.filter(({ storageKey }) => storageKey !== '');
  if (holding.length > 0) {
    await tx.documentVersion.updateMany({
      where: { id: { in: holding.map(({ id }) => id) } },
      data: { storageKey: '' },
    });
  }
  const old = replaced.slice(REPLACED_KEPT);
  if (old.length > 0) await tx.documentVersion.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } });
  return [...new Set(holding.map(({ storageKey }) => storageKey))].filter((key) => !used.has(key));
}

/** The passages of a version, from an ordinal on, some at a time. */
export async function deleteChunks(tx: Tx, versionId: string, from = 0): Promise<void> {
  for (let end = from + CHUNKS_PER_STATEMENT; ; end += CHUNKS_PER_STATEMENT) {
    const { count } = await tx.chunk.deleteMany({ where: { versionId, ordinal: { gte: from, lt: end } } });
    if (count < CHUNKS_PER_STATEMENT) return;
    await nextTurn();
  }
}
