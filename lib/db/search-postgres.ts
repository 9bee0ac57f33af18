import type { PrismaClient } from './gen/sqlite/client.ts';
import { type ChunkHit, type ChunkQuery, type ChunkRow, filterOf, hitOf, wordsOf } from './search.ts';

/** `Search` for PostgreSQL: tsvector with ts_rank; headings have weight A, text D. */
export async function searchChunks(prisma: PrismaClient, query: ChunkQuery): Promise<ChunkHit[]> {
  const words = wordsOf(query.text);
  if (words.length === 0) return [];
  // A quoted word is only ever a word; the operators stand outside the quotes.
  const match = words.map((word) => `'${word}'`).join(' | ') + (query.prefix ? ':*' : '');
  const filter = filterOf(query.filter);
  const values: (string | number)[] = [match, query.baseId, query.topK];
  const conditions = filter.map(({ key, json }) => {
    values.push(json);
    const value = `$${values.length}::jsonb`;
    return key === null
      ? `AND to_jsonb(d."name") = ${value}`
      : `AND d."metadata"::jsonb -> '${key}' = ${value}`;
  });
  const rows = await prisma.$queryRawUnsafe<ChunkRow[]>(
    `WITH best AS (
       SELECT c."id", c."versionId", c."ordinal", d."id" AS "documentId", d."name" AS "document", c."headings", c."text",
         ts_rank(s."words", q, 1)::float8 AS "score"
       FROM to_tsquery('english', $1) q, chunk_search s
       JOIN "chunk" c ON c."id" = s."chunkId"
       JOIN "document" d ON d."liveVersionId" = c."versionId"
       WHERE s."words" @@ q AND d."baseId" = $2 ${conditions.join(' ')}
       ORDER BY "score" DESC, c."id" LIMIT $3)
     SELECT "versionId", "ordinal", "documentId", "document", "headings", "text", "score",
       ts_headline('english', "text", to_tsquery('english', $1),
         'StartSel=**, StopSel=**, MaxWords=24, MinWords=12, FragmentDelimiter=…') AS "snippet"
     FROM best ORDER BY "score" DESC, "id"`,
    ...values,
  );
  return rows.map(hitOf);
}
