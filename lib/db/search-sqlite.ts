import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Candidate, ChunkHit, Match, SearchStatements } from './search.ts';
import type { Condition } from './search-filter.ts';

/** SQLite keeps the order of a cross join; by itself it begins with the documents of the base. */
const IN_THIS_ORDER = 'CROSS JOIN';

/** `SearchStatements` for SQLite. Lists travel as JSON, and long ones come back as one text. */
export function searchStatements(prisma: PrismaClient): SearchStatements {
  return {
    counts: (baseId, terms) =>
      terms.length === 0
        ? prisma.$queryRawUnsafe(
            `SELECT "term", "chunks" FROM "knowledge_term" WHERE "baseId" = ? AND "term" >= ' ' AND "term" < '!'`,
            baseId,
          )
        : prisma.$queryRawUnsafe(
            `SELECT "term", "chunks" FROM "knowledge_term"
             WHERE "baseId" = ? AND "term" IN (SELECT value FROM json_each(?))`,
            baseId,
            JSON.stringify(terms),
          ),

    async range(baseId, { from, to, shortest, longest, most }) {
      const [row] = await prisma.$queryRawUnsafe<{ entries: string | null }[]>(
        `SELECT group_concat("term" || ' ' || "chunks", ',') AS "entries" FROM
           (SELECT "term", "chunks" FROM "knowledge_term"
            WHERE "baseId" = ? AND "term" >= ? AND "term" < ? AND length("term") BETWEEN ? AND ? LIMIT ?)`,
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
      const rows = await prisma.$queryRawUnsafe<{ ids: string | null }[]>(
        matches
          .map(
            () =>
              'SELECT (SELECT group_concat(rowid) FROM (SELECT rowid FROM chunk_search WHERE chunk_search MATCH ? LIMIT ?)) AS "ids"',
          )
          .join(' UNION ALL '),
        ...matches.flatMap((match) => [matchText(match), most]),
      );
      return rows.map(({ ids }) => numbersOf(ids));
    },

    async allowed(baseId, filter) {
      const values: (string | number)[] = [baseId];
      const conditions = filter.map((condition) => conditionOf(condition, values));
      const [row] = await prisma.$queryRawUnsafe<{ ids: string | null }[]>(
        `SELECT group_concat(c."id") AS "ids" FROM "document" d
         JOIN "document_version" v ON v."id" = d."liveVersionId"
         LEFT JOIN "knowledge_source" s ON s."id" = d."sourceId"
         JOIN "chunk" c ON c."versionId" = v."id"
         WHERE d."baseId" = ? ${conditions.map((condition) => `AND ${condition}`).join(' ')}`,
        ...values,
      );
      return numbersOf(row?.ids ?? null);
    },

    async versions(baseId, filter) {
      const values: (string | number)[] = [baseId];
      const conditions = filter.map((condition) => conditionOf(condition, values));
      const rows = await prisma.$queryRawUnsafe<{ id: string }[]>(
        `SELECT v."id" FROM "document" d
         JOIN "document_version" v ON v."id" = d."liveVersionId"
         LEFT JOIN "knowledge_source" s ON s."id" = d."sourceId"
         WHERE d."baseId" = ? ${conditions.map((condition) => `AND ${condition}`).join(' ')}`,
        ...values,
      );
      return rows.map(({ id }) => id);
    },

    candidates: (baseId, ids) =>
      prisma.$queryRawUnsafe<Candidate[]>(
        `SELECT c."id", c."versionId", c."ordinal", c."headingTerms", c."terms", c."length", d."name" AS "document"
         FROM json_each(?) i
         ${IN_THIS_ORDER} "chunk" c ON c."id" = i.value
         ${IN_THIS_ORDER} "document_version" v ON v."id" = c."versionId"
         ${IN_THIS_ORDER} "document" d ON d."id" = v."documentId" AND d."liveVersionId" = v."id"
         WHERE d."baseId" = ?`,
        JSON.stringify(ids),
        baseId,
      ),

    texts: (ids) =>
      prisma.$queryRawUnsafe<(Omit<ChunkHit, 'headings'> & { id: number; headings: string })[]>(
        `SELECT c."id", c."versionId", c."ordinal", c."page", c."headings", c."text", c."fingerprint",
           d."id" AS "documentId", d."name" AS "document", d."path", d."uri", v."title", '' AS "snippet", 0 AS "score"
         FROM json_each(?) i
         ${IN_THIS_ORDER} "chunk" c ON c."id" = i.value
         ${IN_THIS_ORDER} "document_version" v ON v."id" = c."versionId"
         ${IN_THIS_ORDER} "document" d ON d."id" = v."documentId"`,
        JSON.stringify(ids),
      ),
  };
}

/** A quoted word is only ever a word; the operators stand outside the quotes. */
function matchText(match: Match): string {
  return match
    .map((any) => `(${any.map((word) => `"${word.replaceAll('"', '')}"`).join(' OR ')})`)
    .join(' AND ');
}

function numbersOf(list: string | null): number[] {
  return list === null ? [] : list.split(',').map(Number);
}

/** What a filter looks at, as rows of json_each: a value, or the values of an array. */
function valuesOf({ property, key }: Condition): string {
  const expression = {
    name: `json_quote(d."name")`,
    document: `json_array(d."id", d."name")`,
    source: `json_array(s."id", s."name")`,
    metadata: `coalesce(d."metadata" -> '$."${key}"', v."metadata" -> '$."${key}"')`,
  }[property];
  return `json_each(CASE json_type(${expression}) WHEN 'array' THEN ${expression} ELSE json_array(json(${expression})) END)`;
}

function conditionOf(condition: Condition, values: (string | number)[]): string {
  const tests: string[] = [];
  if (condition.any !== null) {
    values.push(JSON.stringify(condition.any));
    // As JSON, so that 1, "1" and true differ.
    tests.push(`CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null'
      ELSE json_quote(e.value) END IN (SELECT value FROM json_each(?))`);
  }
  for (const { operator, value } of condition.bounds) {
    values.push(value);
    const types = typeof value === 'number' ? `('integer', 'real')` : `('text')`;
    tests.push(`e.type IN ${types} AND e.value ${operator} ?`);
  }
  const present = condition.property === 'metadata' ? presence(condition.key) : '';
  return `${present}EXISTS (SELECT 1 FROM ${valuesOf(condition)} e WHERE ${tests.join(' AND ')})`;
}

/** What is not there is not null. */
function presence(key: string): string {
  return `coalesce(d."metadata" -> '$."${key}"', v."metadata" -> '$."${key}"') IS NOT NULL AND `;
}
