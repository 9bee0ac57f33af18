import type { SearchIndex } from './search-index.ts';

/** `SearchIndex` for PostgreSQL: a tsvector without positions, as the words are given. */
export const searchIndex: SearchIndex = {
  async add(tx, chunks) {
    await tx.$executeRawUnsafe(
      `INSERT INTO "chunk_search" ("chunkId", "words")
       SELECT "id", array_to_tsvector(string_to_array("words", ' ')) FROM unnest($1::int[], $2::text[]) t ("id", "words")`,
      chunks.map(([id]) => id),
      chunks.map(([, words]) => words),
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
