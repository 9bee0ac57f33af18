import type { PrismaClient } from './gen/sqlite/client.ts';
import { type ChunkHit, type ChunkQuery, type ChunkRow, filterOf, hitOf, wordsOf } from './search.ts';

/** `Search` for SQLite: FTS5 with bm25; a match in a heading counts four times. */
export async function searchChunks(prisma: PrismaClient, query: ChunkQuery): Promise<ChunkHit[]> {
  const words = wordsOf(query.text);
  if (words.length === 0) return [];
  // A quoted word is only ever a word; OR and the star stand outside the quotes.
  const match = words.map((word) => `"${word}"`).join(' OR ') + (query.prefix ? '*' : '');
  const filter = filterOf(query.filter);
  const conditions = filter.map(({ key }) =>
    key === null ? `AND d."name" = json_extract(?, '$')` : `AND d."metadata" -> '$."${key}"' = json(?)`,
  );
  const rows = await prisma.$queryRawUnsafe<ChunkRow[]>(
    `SELECT c."versionId", c."ordinal", d."id" AS "documentId", d."name" AS "document", c."headings", c."text",
       snippet(chunk_search, 1, '**', '**', '…', 24) AS "snippet",
       -bm25(chunk_search, 4.0, 1.0) AS "score"
     FROM chunk_search
     JOIN "chunk" c ON c."id" = chunk_search.rowid
     JOIN "document" d ON d."liveVersionId" = c."versionId"
     WHERE chunk_search MATCH ? AND d."baseId" = ? ${conditions.join(' ')}
     ORDER BY "score" DESC, c."id" LIMIT ?`,
    match,
    query.baseId,
    ...filter.map(({ json }) => json),
    query.topK,
  );
  return rows.map(hitOf);
}
