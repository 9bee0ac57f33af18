import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { idOf } from './check.ts';
import type { PrismaClient } from './gen/sqlite/client.ts';
import { transaction } from './unavailable.ts';
import {
  GRAPH_PASSAGES,
  type GraphNear,
  type GraphQuery,
  type GraphState,
  type LinkOptions,
  type VectorGraphs,
} from './vector-graphs.ts';

/** The first one that goes on searching until enough of what it finds passes a filter. */
const OLDEST_PGVECTOR = [0, 8] as const;
/** What pgvector makes a graph of; longer ones are halved (16 bits for each value), in the graph alone. */
const LONGEST_VECTOR = 2000;
const LONGEST_HALVED = 4000;
/** Candidates that are kept in a search: more find better, and take longer. */
const CANDIDATES = 200;
/** A filter that lets through no more than that: they are compared one by one. */
const FEW = 5000;
/** Values that are written as text in one go. */
const VALUES_A_TURN = 64_000;
const BLOCKS_AT_ONCE = 100;

/** Any number that nobody else uses for an advisory lock in this database. */
const PREPARE_LOCK = 7_226_302;

/**
 * In a schema of its own, as the model of the database knows nothing of it and no migration may need the extension.
 * Rows go with the block of vectors that they were made of, however it goes.
 */
const TABLES = `
  CREATE SCHEMA "patchbay_vectors";
  CREATE TABLE "patchbay_vectors"."block" (
    "indexId" TEXT NOT NULL, "versionId" TEXT NOT NULL, "start" INTEGER NOT NULL, "count" INTEGER NOT NULL,
    PRIMARY KEY ("indexId", "versionId", "start"),
    FOREIGN KEY ("indexId", "versionId", "start") REFERENCES "vector_block" ("indexId", "versionId", "start")
      ON DELETE CASCADE ON UPDATE CASCADE);
  CREATE TABLE "patchbay_vectors"."passage" (
    "indexId" TEXT NOT NULL, "versionId" TEXT NOT NULL, "start" INTEGER NOT NULL, "ordinal" INTEGER NOT NULL,
    "embedding" vector NOT NULL,
    PRIMARY KEY ("indexId", "versionId", "start", "ordinal"),
    FOREIGN KEY ("indexId", "versionId", "start") REFERENCES "patchbay_vectors"."block"
      ON DELETE CASCADE ON UPDATE CASCADE)`;

/** Makes ready what graphs need. Answers why there can be none, for the log; null when all is there. */
export async function prepareGraphs(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      `SELECT coalesce(installed_version, default_version) AS version FROM pg_available_extensions WHERE name = 'vector'`,
    );
    const version = rows[0]?.version;
    if (version === undefined) return 'The server does not have the extension "vector" (pgvector).';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === OLDEST_PGVECTOR[0] && minor < OLDEST_PGVECTOR[1]) {
      return `The extension "vector" is ${version}, and has to be ${OLDEST_PGVECTOR.join('.')} or newer.`;
    }
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    await client.query('CREATE EXTENSION IF NOT EXISTS vector');
    const { rows: present } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('patchbay_vectors.passage') IS NOT NULL AS there`,
    );
    if (!present[0]!.there) await client.query(TABLES);
    await client.query(`SELECT "embedding" <=> '[1]' FROM "patchbay_vectors"."passage" LIMIT 0`);
    await sweep(client);
    await client.query('COMMIT');
    return null;
  } catch (error) {
    // What was begun ends with the connection.
    return `The extension "vector" cannot be used: ${(error as Error).message}.`;
  } finally {
    await client.end();
  }
}

/** The statement of a search in the graph. $1: the vector, $2: how many, $3 with `filtered`: versions. */
export function graphStatement(indexId: string, dimensions: number, filtered: boolean): string {
  const type = graphType(dimensions);
  return `${rowsOf(indexId, filtered)} ORDER BY p."embedding"::${type} <=> $1::${type} LIMIT $2::int`;
}

/** `VectorGraphs` by HNSW of pgvector. */
export function vectorGraphs(prisma: PrismaClient, url: string): VectorGraphs {
  async function state(indexId: string): Promise<GraphState | null> {
    const id = idOf(indexId, 'index of vectors');
    const index = await prisma.vectorIndex.findUnique({ where: { id } });
    if (!index || (index.dimensions ?? 0) > LONGEST_HALVED) return null;
    const counted = (table: string) =>
      `(SELECT coalesce(sum(b."count"), 0)::int FROM ${table} b
        JOIN "document_version" v ON v."id" = b."versionId" AND v."state" = 'live' WHERE b."indexId" = $1)`;
    const [row] = await prisma.$queryRawUnsafe<Omit<GraphState, 'built'>[]>(
      `SELECT ${counted('"vector_block"')} AS "vectors", ${counted('"patchbay_vectors"."block"')} AS "linked",
         (SELECT coalesce(sum("chunkCount"), 0)::int FROM "document_version"
          WHERE "baseId" = $2 AND "state" = 'live') AS "passages"`,
      id,
      index.baseId,
    );
    return { ...row!, built: await isBuilt(id) };
  }

  async function isBuilt(indexId: string): Promise<boolean> {
    const rows = await prisma.$queryRawUnsafe<object[]>(
      'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid',
      `patchbay_vectors.${nameOf(indexId)}`,
    );
    return rows.length > 0;
  }

  /** Without a graph a new version waits until there is one. */
  async function isDue(
    indexId: string,
    { versionId, least = GRAPH_PASSAGES }: LinkOptions,
  ): Promise<boolean> {
    if (versionId !== undefined) return isBuilt(indexId);
    return ((await state(indexId))?.vectors ?? 0) >= least;
  }

  return {
    state,

    async near({ indexId, vector, most, only }: GraphQuery) {
      const id = idOf(indexId, 'index of vectors');
      const words = wordsOf(vector);
      const versions = only === null ? [] : [[...only]];
      if (only !== null) {
        const [row] = await prisma.$queryRawUnsafe<{ count: number }[]>(
          `SELECT coalesce(sum("count"), 0)::int AS "count" FROM "patchbay_vectors"."block"
           WHERE "indexId" = $1 AND "versionId" = ANY ($2::text[])`,
          id,
          ...versions,
        );
        if (row!.count <= FEW) {
          const statement = `${rowsOf(id, true)} ORDER BY "score" DESC LIMIT $2::int`;
          return sorted(await prisma.$queryRawUnsafe<GraphNear[]>(statement, words, most, ...versions));
        }
      }
      const found = await transaction(prisma, async (tx) => {
        // Whatever else the planner could do would have to sort.
        await tx.$executeRawUnsafe(
          `SELECT set_config('hnsw.ef_search', '${CANDIDATES}', true), set_config('enable_sort', 'off', true),
             set_config('hnsw.iterative_scan', 'relaxed_order', true)`,
        );
        const statement = graphStatement(id, vector.length, only !== null);
        return tx.$queryRawUnsafe<GraphNear[]>(statement, words, most, ...versions);
      });
      return found.length < most ? null : sorted(found);
    },

    async link(given, options) {
      const indexId = idOf(given, 'index of vectors');
      const { versionId, signal } = options;
      if (!(await isDue(indexId, options))) return 0;
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
      client.on('error', () => {});
      const stop = () => void client.end();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await client.connect();
        if (versionId === undefined && !(await locked(client, indexId))) return 0;
        let linked = 0;
        for (;;) {
          signal.throwIfAborted();
          const blocks = await lacking(client, indexId, versionId);
          if (blocks.length === 0) break;
          for (const block of blocks) {
            signal.throwIfAborted();
            await linkBlock(client, { indexId, ...block });
            linked += 1;
          }
        }
        if (await isBuilt(indexId)) return linked;
        signal.throwIfAborted();
        await sweep(client);
        await build(client, indexId);
        return linked + 1;
      } finally {
        signal.removeEventListener('abort', stop);
        await client.end();
      }
    },
  };
}

/** Until the connection ends: another process may be at it. */
async function locked(client: pg.Client, indexId: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got',
    [`graph:${indexId}`],
  );
  return rows[0]!.got;
}

async function lacking(
  client: pg.Client,
  indexId: string,
  versionId: string | undefined,
): Promise<{ versionId: string; start: number }[]> {
  const { rows } = await client.query<{ versionId: string; start: number }>(
    `SELECT b."versionId", b."start" FROM "vector_block" b
     LEFT JOIN "patchbay_vectors"."block" g
       ON g."indexId" = b."indexId" AND g."versionId" = b."versionId" AND g."start" = b."start"
     WHERE b."indexId" = $1 AND ($2::text IS NULL OR b."versionId" = $2) AND g."indexId" IS NULL LIMIT $3`,
    [indexId, versionId ?? null, BLOCKS_AT_ONCE],
  );
  return rows;
}

/** The whole block, or nothing of it. */
async function linkBlock(
  client: pg.Client,
  { indexId, versionId, start }: { indexId: string; versionId: string; start: number },
): Promise<void> {
  const key = [indexId, versionId, start];
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ count: number; data: Buffer }>(
      `SELECT "count", "data" FROM "vector_block"
       WHERE "indexId" = $1 AND "versionId" = $2 AND "start" = $3 FOR KEY SHARE`,
      key,
    );
    const [block] = rows;
    const { rowCount } = block
      ? await client.query(
          'INSERT INTO "patchbay_vectors"."block" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
          [...key, block.count],
        )
      : { rowCount: 0 };
    if (block && rowCount === 1) {
      const values = new Float32Array(new Uint8Array(block.data).buffer);
      const width = values.length / block.count;
      const some = Math.max(1, Math.floor(VALUES_A_TURN / width));
      for (let from = 0; Number.isInteger(width) && from < block.count; from += some) {
        const ordinals: number[] = [];
        const vectors: string[] = [];
        for (let row = from; row < Math.min(block.count, from + some); row++) {
          ordinals.push(start + row);
          vectors.push(wordsOf(values.subarray(row * width, (row + 1) * width)));
        }
        await client.query(
          `INSERT INTO "patchbay_vectors"."passage"
           SELECT $1, $2, $3, r."ordinal", r."words"::vector
           FROM unnest($4::int[], $5::text[]) AS r ("ordinal", "words")`,
          [...key, ordinals, vectors],
        );
        await nextTurn();
      }
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** While it is made, blocks come and go. */
async function build(client: pg.Client, indexId: string): Promise<void> {
  const id = idOf(indexId, 'index of vectors');
  const { rows } = await client.query<{ dimensions: number | null }>(
    'SELECT "dimensions" FROM "vector_index" WHERE "id" = $1',
    [id],
  );
  const dimensions = rows[0]?.dimensions;
  if (!dimensions) return;
  const type = graphType(dimensions);
  // One that was not finished, and serves nobody.
  await client.query(`DROP INDEX IF EXISTS "patchbay_vectors"."${nameOf(id)}"`);
  await client.query(
    `CREATE INDEX CONCURRENTLY "${nameOf(id)}" ON "patchbay_vectors"."passage"
     USING hnsw (("embedding"::${type}) ${type.replace(/\(.*/, '')}_cosine_ops) WHERE "indexId" = '${id}'`,
  );
}

/** Graphs of indexes that are gone: without rows, but there. */
async function sweep(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'patchbay_vectors' AND c.relkind = 'i' AND c.relname ~ '^hnsw_[0-9a-f]{32}$'
       AND NOT EXISTS (SELECT 1 FROM "vector_index" i WHERE 'hnsw_' || replace(i."id", '-', '') = c.relname)`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX IF EXISTS "patchbay_vectors"."${name}"`);
}

/**
 * The passages of an index that are searched, with their cosine to $1. Whether they are is asked of each that is found,
 * as a join would have the planner look at all of them. The id stands in the text, as only then the graph, which is of
 * one index, is known to do.
 */
function rowsOf(indexId: string, filtered: boolean): string {
  return `SELECT p."versionId", p."ordinal", 1 - (p."embedding" <=> $1::vector) AS "score"
    FROM "patchbay_vectors"."passage" p
    WHERE p."indexId" = '${idOf(indexId, 'index of vectors')}' ${filtered ? 'AND p."versionId" = ANY ($3::text[])' : ''}
      AND (SELECT v."state" FROM "document_version" v WHERE v."id" = p."versionId") = 'live'`;
}

function graphType(dimensions: number): string {
  return dimensions > LONGEST_VECTOR ? `halfvec(${dimensions})` : `vector(${dimensions})`;
}

function nameOf(id: string): string {
  return `hnsw_${id.replaceAll('-', '')}`;
}

function wordsOf(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

/** In the order of the exact search. */
function sorted(found: readonly GraphNear[]): GraphNear[] {
  return found.toSorted(
    (a, b) => b.score - a.score || (a.versionId < b.versionId ? -1 : 1) || a.ordinal - b.ordinal,
  );
}
