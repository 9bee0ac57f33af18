import { type SearchIndex, split } from './search-index.ts';

/**
 * The number that stands for a word in the index (FNV-1a, mixed, 32 bits). Two words with the same number are found
 * together; what is ranked are the words themselves.
 */
export function hashOf(word: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < word.length; index += 1) {
    value = Math.imul(value ^ word.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 0;
}

/** `SearchIndex` for PostgreSQL: arrays of numbers in a GIN index. */
export const searchIndex: SearchIndex = {
  async add(tx, chunks) {
    await tx.$executeRawUnsafe(
      `INSERT INTO "chunk_search" ("chunkId", "words")
       SELECT "id", "words"::int[] FROM unnest($1::int[], $2::text[]) t ("id", "words")`,
      chunks.map(([id]) => id),
      chunks.map(([, words]) => `{${split(words).map(hashOf).join(',')}}`),
    );
  },
  async remove(tx, versionId, from, to) {
    await tx.$executeRawUnsafe(
      `DELETE FROM "chunk_search" USING "chunk" c
       WHERE "chunkId" = c."id" AND c."versionId" = $1 AND c."ordinal" >= $2 AND c."ordinal" < $3`,
      versionId,
      from,
      to,
    );
  },
  async count(tx, baseId, counts) {
    const terms = counts.map(([term]) => term);
    await tx.$executeRawUnsafe(
      `INSERT INTO "knowledge_term" ("baseId", "term", "chunks")
       SELECT $1, t.* FROM unnest($2::text[], $3::int[]) t
       ON CONFLICT ("baseId", "term") DO UPDATE SET "chunks" = "knowledge_term"."chunks" + excluded."chunks"`,
      baseId,
      terms,
      counts.map(([, count]) => count),
    );
    if (counts.every(([, count]) => count > 0)) return;
    await tx.$executeRawUnsafe(
      `DELETE FROM "knowledge_term" WHERE "baseId" = $1 AND "chunks" <= 0 AND "term" = ANY ($2::text[])`,
      baseId,
      terms,
    );
  },
  async hold(tx, baseId) {
    // The lock that raising the base's revision takes: whoever does both never waits for somebody who waits for it.
    await tx.$queryRawUnsafe(`SELECT 1 FROM "knowledge_base" WHERE "id" = $1 FOR NO KEY UPDATE`, baseId);
  },
};
