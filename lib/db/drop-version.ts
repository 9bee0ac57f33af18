import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Tx } from './database.ts';
import { unindexVersion } from './search-index.ts';

/** On SQLite a statement holds the event loop, and so do several in a row: a turn is left to others in between. */
export const CHUNKS_PER_STATEMENT = 100;

/** ms for what indexes passages or takes them out: a document has some 10,000 of them at most. */
export const PASSAGES_TIMEOUT_MS = 120_000;

/** Versions of a document that are remembered when they are searched no longer. */
const REPLACED_KEPT = 10;

/** Inside a transaction: what changes the documents of a base does so one after the other. */
export async function lockBase(database: Database, tx: Tx, baseId: string): Promise<void> {
  await database.lock(tx, `knowledge:${baseId}`);
}

/** Inside a transaction: a version is searched no longer, and what was made of its file goes away. */
export async function dropVersion(database: Database, tx: Tx, versionId: string): Promise<void> {
  // Only what is searched is in the index.
  const live = await tx.documentVersion.count({ where: { id: versionId, state: 'live' } });
  if (live > 0) await unindexVersion(database, tx, versionId);
  await deleteChunks(tx, versionId);
  await tx.vectorBlock.deleteMany({ where: { versionId } });
  await tx.documentVersion.updateMany({
    where: { id: versionId },
    data: { state: 'replaced', progress: 0 },
  });
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

/** The passages of a version, some at a time. */
export async function deleteChunks(tx: Tx, versionId: string): Promise<void> {
  for (let end = CHUNKS_PER_STATEMENT; ; end += CHUNKS_PER_STATEMENT) {
    const { count } = await tx.chunk.deleteMany({ where: { versionId, ordinal: { lt: end } } });
    if (count < CHUNKS_PER_STATEMENT) return;
    await nextTurn();
  }
}
