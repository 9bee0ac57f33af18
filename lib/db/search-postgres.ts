import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Candidate, ChunkHit, SearchStatements } from './search.ts';
import type { Condition } from './search-filter.ts';
import { hashOf } from './search-index-postgres.ts';

/** `SearchStatements` for PostgreSQL. Long lists come back as one text, which costs less than rows. */
export function searchStatements(prisma: PrismaClient): SearchStatements {
  return {
    counts: (baseId, terms) =>
      terms.length === 0
        ? prisma.$queryRawUnsafe(
            `SELECT "term", "chunks" FROM "knowledge_term" WHERE "baseId" = $1 AND "term" >= ' ' AND "term" < '!'`,
            baseId,
          )
        : prisma.$queryRawUnsafe(
            `SELECT "term", "chunks" FROM "knowledge_term" WHERE "baseId" = $1 AND "term" = ANY ($2::text[])`,
            baseId,
            terms,
          ),

    async range(baseId, { from, to, shortest, longest, most }) {
      const [row] = await prisma.$queryRawUnsafe<{ entries: string | null }[]>(
        `SELECT string_agg("term" || ' ' || "chunks", ',') AS "entries" FROM
           (SELECT "term", "chunks" FROM "knowledge_term"
            WHERE "baseId" = $1 AND "term" >= $2 AND "term" < $3 AND length("term") BETWEEN $4 AND $5
            ORDER BY "term" LIMIT $6) t`,
        baseId,
        from,
        to,
        shortest,
        longest,
        most,
      );
      return row?.entries?.split(',') ?? [];
    },

    async postings(matches, most) {
      const lists: string[] = [];
      const branches = matches.map((match) => {
        const all = match.map((any) => {
          lists.push(`{${any.map(hashOf).join(',')}}`);
          return `"words" && $${lists.length + 1}::int[]`;
        });
        return `SELECT (SELECT string_agg("chunkId"::text, ',') FROM
          (SELECT "chunkId" FROM "chunk_search" WHERE ${all.join(' AND ')} LIMIT $1) t) AS "ids"`;
      });
      const rows = await prisma.$queryRawUnsafe<{ ids: string | null }[]>(
        branches.join(' UNION ALL '),
        most,
        ...lists,
      );
      return rows.map(({ ids }) => numbersOf(ids));
    },

    async allowed(baseId, filter) {
      const values: (string | number | string[])[] = [baseId];
      const conditions = filter.map((condition) => conditionOf(condition, values));
      const [row] = await prisma.$queryRawUnsafe<{ ids: string | null }[]>(
        `SELECT string_agg(c."id"::text, ',') AS "ids" FROM "document" d
         JOIN "document_version" v ON v."id" = d."liveVersionId"
         LEFT JOIN "knowledge_source" s ON s."id" = d."sourceId"
         JOIN "chunk" c ON c."versionId" = v."id"
         WHERE d."baseId" = $1 ${conditions.map((condition) => `AND ${condition}`).join(' ')}`,
        ...values,
      );
      return numbersOf(row?.ids ?? null);
    },

    async versions(baseId, filter) {
      const values: (string | number | string[])[] = [baseId];
      const conditions = filter.map((condition) => conditionOf(condition, values));
      const rows = await prisma.$queryRawUnsafe<{ id: string }[]>(
        `SELECT v."id" FROM "document" d
         JOIN "document_version" v ON v."id" = d."liveVersionId"
         LEFT JOIN "knowledge_source" s ON s."id" = d."sourceId"
         WHERE d."baseId" = $1 ${conditions.map((condition) => `AND ${condition}`).join(' ')}`,
        ...values,
      );
      return rows.map(({ id }) => id);
    },

    candidates: (baseId, ids) =>
      prisma.$queryRawUnsafe<Candidate[]>(
        // First the chunks by their numbers, which the planner takes for more than they are.
        `WITH c AS MATERIALIZED (
           SELECT "id", "versionId", "ordinal", "headingTerms", "terms", "length" FROM "chunk" WHERE "id" = ANY ($1::int[]))
         SELECT c.*, d."name" AS "document" FROM c
         JOIN "document_version" v ON v."id" = c."versionId"
         JOIN "document" d ON d."id" = v."documentId" AND d."liveVersionId" = v."id"
         WHERE d."baseId" = $2`,
        ids,
        baseId,
      ),

    texts: (ids) =>
      prisma.$queryRawUnsafe<(Omit<ChunkHit, 'headings'> & { id: number; headings: string })[]>(
        `WITH c AS MATERIALIZED (
           SELECT "id", "versionId", "ordinal", "page", "headings", "text", "fingerprint"
           FROM "chunk" WHERE "id" = ANY ($1::int[]))
         SELECT c.*, d."id" AS "documentId", d."name" AS "document", d."path", d."uri", v."title",
           '' AS "snippet", 0 AS "score"
         FROM c
         JOIN "document_version" v ON v."id" = c."versionId"
         JOIN "document" d ON d."id" = v."documentId"`,
        ids,
      ),
  };
}

function numbersOf(list: string | null): number[] {
  return list === null ? [] : list.split(',').map(Number);
}

/** What a filter looks at, as rows of jsonb: a value, or the values of an array. */
function valuesOf({ property, key }: Condition): string {
  const expression = {
    name: `to_jsonb(d."name")`,
    document: `jsonb_build_array(d."id", d."name")`,
    source: `jsonb_build_array(s."id", s."name")`,
    metadata: `coalesce(d."metadata"::jsonb -> '${key}', v."metadata"::jsonb -> '${key}')`,
  }[property];
  return `jsonb_array_elements(CASE jsonb_typeof(${expression}) WHEN 'array' THEN ${expression} ELSE jsonb_build_array(${expression}) END)`;
}

function conditionOf(condition: Condition, values: (string | number | string[])[]): string {
  const tests: string[] = [];
  if (condition.any !== null) {
    values.push(condition.any);
    tests.push(`e.value = ANY ($${values.length}::jsonb[])`);
  }
  for (const { operator, value } of condition.bounds) {
    values.push(String(value));
    const given = `$${values.length}`;
    tests.push(
      typeof value === 'number'
        ? `CASE jsonb_typeof(e.value) WHEN 'number' THEN e.value::numeric ${operator} ${given}::numeric ELSE false END`
        : `CASE jsonb_typeof(e.value) WHEN 'string' THEN (e.value #>> '{}') COLLATE "C" ${operator} ${given} ELSE false END`,
    );
  }
  const present = condition.property === 'metadata' ? presence(condition.key) : '';
  return `${present}EXISTS (SELECT 1 FROM ${valuesOf(condition)} e WHERE ${tests.join(' AND ')})`;
}

/** What is not there is not null. */
function presence(key: string): string {
  return `coalesce(d."metadata"::jsonb -> '${key}', v."metadata"::jsonb -> '${key}') IS NOT NULL AND `;
}
