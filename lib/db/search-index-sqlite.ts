import type { SearchIndex } from './search-index.ts';

/** `SearchIndex` for SQLite: FTS5 without contents. Each parameter is JSON, which the database takes apart. */
export const searchIndex: SearchIndex = {
  async add(tx, chunks) {
    await tx.$executeRawUnsafe(
      `INSERT INTO chunk_search (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each(?)`,
      JSON.stringify(chunks),
    );
  },
  async remove(tx, versionId, from, to) {
    await tx.$executeRawUnsafe(
      `DELETE FROM chunk_search WHERE rowid IN
         (SELECT "id" FROM "chunk" WHERE "versionId" = ? AND "ordinal" >= ? AND "ordinal" < ?)`,
      versionId,
      from,
      to,
    );
  },
  async count(tx, baseId, counts) {
    const json = JSON.stringify(counts);
    await tx.$executeRawUnsafe(
      `INSERT INTO "knowledge_term" ("baseId", "term", "chunks")
       SELECT ?, value ->> 0, value ->> 1 FROM json_each(?) WHERE true
       ON CONFLICT ("baseId", "term") DO UPDATE SET "chunks" = "chunks" + excluded."chunks"`,
      baseId,
      json,
    );
    if (counts.every(([, count]) => count > 0)) return;
    await tx.$executeRawUnsafe(
      `DELETE FROM "knowledge_term" WHERE "baseId" = ? AND "chunks" <= 0
         AND "term" IN (SELECT value ->> 0 FROM json_each(?))`,
      baseId,
      json,
    );
  },
  // A transaction begins IMMEDIATE: there is never a second one.
  async hold() {},
};
