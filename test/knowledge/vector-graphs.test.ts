import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { BLOCK_CHUNKS } from '#lib/db/vector-blocks.ts';
import { graphStatement } from '#lib/db/vector-graphs-postgres.ts';
import { createCosineSearch } from '#lib/knowledge/vectors/cosine-search.ts';
import { createNearestSearch } from '#lib/knowledge/vectors/nearest.ts';
import type { Near } from '#lib/knowledge/vectors/vector-table.ts';
import { makeTeam, systemOf, type Team } from '#test/db/team.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { addPassages } from '#test/support/passages.ts';
import { startPglite } from '#test/support/pglite.ts';

const DIMENSIONS = 48;
const MOST = 20;
/** A base of the test has fewer passages than one in life. */
const LEAST = 400;

/** Always the same directions, each of length 1. */
function vectorsOf(seed: number, count: number, dimensions: number): Float32Array {
  let state = seed;
  const values = Float32Array.from({ length: count * dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  for (let from = 0; from < values.length; from += dimensions) {
    const one = values.subarray(from, from + dimensions);
    const length = Math.hypot(...one);
    for (let at = 0; at < dimensions; at++) one[at] = one[at]! / length;
  }
  return values;
}

/** A base with an index that serves, and what is asked of it. */
async function baseIn(
  database: Database,
  team: Team,
  name: string,
  { dimensions = DIMENSIONS, least = LEAST } = {},
) {
  const { projectId, organizationId, repo } = team;
  const { vectorBlocks } = systemOf(database);
  const { id: baseId } = await repo.knowledge.create(projectId, { name });
  const { id: indexId } = await database.prisma.vectorIndex.create({
    data: { organizationId, projectId, baseId, config: '{}', state: 'serving' },
  });
  const told: string[] = [];
  const failed: unknown[] = [];
  const cosine = createCosineSearch({ database, maxBytes: 2 ** 26 });
  const onIncomplete = (id: string) => told.push(id);
  const onError = (error: unknown) => failed.push(error);
  const nearest = createNearestSearch({ database, cosine, least, onIncomplete, onError });
  const signal = new AbortController().signal;
  const revision = async () => (await repo.passages.base(projectId, baseId)).revision;
  const both = async (vector: Float32Array, only: string[] | null = null) => {
    const query = { indexId, revision: await revision(), vector, most: MOST, only };
    return { exact: await cosine.search(query), found: await nearest.search(query) };
  };
  return {
    ...{ baseId, indexId, told, failed, both, revision },
    close: () => cosine.close(),
    link: (versionId?: string) =>
      vectorBlocks.link(indexId, { least, signal, ...(versionId && { versionId }) }),
    touch: () => vectorBlocks.touch(baseId),
    /** A document that is searched, with its vectors; answers its version. */
    async put(document: string, size: number, seed: number): Promise<string> {
      const chunks = Array.from({ length: size }, (_, n) => ({ headings: [], text: `${seed} ${n}` }));
      const at = { projectId, baseId };
      const { versionId } = await addPassages(database, repo, at, { name: document }, chunks);
      await this.vectors(versionId, size, seed);
      return versionId;
    },
    async vectors(versionId: string, size: number, seed: number): Promise<void> {
      for (let start = 0; start < size; start += BLOCK_CHUNKS) {
        const count = Math.min(BLOCK_CHUNKS, size - start);
        const data = new Uint8Array(vectorsOf(seed + start, count, dimensions).slice().buffer);
        await vectorBlocks.put(indexId, dimensions, { versionId, start, count, data, hash: `${seed}` });
      }
    },
  };
}

const keyOf = ({ versionId, ordinal }: Near) => `${versionId} ${ordinal}`;

/** The share of what is right that was found; with the same scores. */
function recall(exact: readonly Near[], found: readonly Near[]): number {
  const scores = new Map(exact.map((one) => [keyOf(one), one.score]));
  const hits = found.filter((one) => scores.has(keyOf(one)));
  for (const hit of hits) expect(hit.score).toBeCloseTo(scores.get(keyOf(hit))!, 4);
  return hits.length / exact.length;
}

describe('the graph of vectors that pgvector keeps', () => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let base: Awaited<ReturnType<typeof baseIn>>;
  let client: pg.Client;
  const versions: string[] = [];

  const rows = async (sql: string, values: unknown[] = []) =>
    (await client.query<Record<string, unknown>>(sql, values)).rows;
  const graphs = async () =>
    (await rows(`SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE 'hnsw\\_%'`)).map((row) =>
      String(row['relname']),
    );

  beforeAll(async () => {
    empty = await startPglite();
    database = await openDatabase(empty.url);
    client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    team = await makeTeam(database, 'team');
    base = await baseIn(database, team, 'large');
    for (const [place, size] of [300, 150, 100, 40].entries()) {
      versions.push(await base.put(`document ${place}`, size, 1 + place));
    }
    await base.touch();
  }, 60_000);
  afterAll(async () => {
    await base?.close();
    await client?.end();
    await database?.close();
    await empty?.remove();
  });

  it('is not there before it is asked for, and nothing is lost by that', async () => {
    expect(database.withoutGraphs).toBeNull();
    expect(await base.link(versions[0])).toBe(false);
    expect(await graphs()).toEqual([]);
    const { exact, found } = await base.both(vectorsOf(99, 1, DIMENSIONS));
    expect(found).toEqual(exact);
    // The look-up asked for it.
    expect(base.told).toEqual([base.indexId]);
  });

  it('finds nearly all that is nearest, in its order', async () => {
    expect(await base.link()).toBe(true);
    expect(await base.link()).toBe(false);
    await base.touch();
    let sum = 0;
    const searches = 20;
    for (let seed = 0; seed < searches; seed++) {
      const { exact, found } = await base.both(vectorsOf(1000 + seed, 1, DIMENSIONS));
      expect(found).toHaveLength(MOST);
      expect(found).toEqual(found.toSorted((a, b) => b.score - a.score));
      sum += recall(exact, found);
    }
    expect(sum / searches).toBeGreaterThanOrEqual(0.95);
    expect(base.failed).toEqual([]);
    expect(base.told).toHaveLength(1);
  });

  it('is what the statement goes through', async () => {
    const query = vectorsOf(5, 1, DIMENSIONS);
    await client.query('BEGIN');
    await client.query('SET LOCAL enable_sort = off');
    for (const filtered of [false, true]) {
      const statement = graphStatement(base.indexId, DIMENSIONS, filtered);
      const values = [`[${query.join(',')}]`, MOST, ...(filtered ? [versions] : [])];
      const plan = JSON.stringify(await rows(`EXPLAIN ${statement}`, values));
      expect(plan).toContain(`Index Scan using hnsw_${base.indexId.replaceAll('-', '')}`);
    }
    await client.query('ROLLBACK');
  });

  it('respects a filter, and says when it found too few', async () => {
    const query = vectorsOf(4711, 1, DIMENSIONS);
    for (const only of [[versions[1]!, versions[3]!], [versions[3]!], []]) {
      const { exact, found } = await base.both(query, only);
      expect(found.map(keyOf)).toEqual(exact.map(keyOf));
      expect(found.every(({ versionId }) => only.includes(versionId))).toBe(true);
    }
    const at = { indexId: base.indexId, vector: query, only: null };
    expect(await systemOf(database).vectorBlocks.near({ ...at, most: 5000 })).toBeNull();
  });

  it('never finds what was replaced, nor what is not searched yet', async () => {
    const query = vectorsOf(2, 1, DIMENSIONS);
    expect((await base.both(query)).found[0]).toMatchObject({ versionId: versions[1], ordinal: 0 });
    const replaced = versions[1]!;
    const newer = await base.put('document 1', 120, 77);
    await base.touch();
    const left = await rows('SELECT 1 FROM patchbay_vectors.passage WHERE "versionId" = $1', [replaced]);
    expect(left).toEqual([]);
    // The new one is not in the graph yet: exactly, then.
    const before = await base.both(query);
    expect(before.found).toEqual(before.exact);
    expect(base.told).toHaveLength(2);
    expect(await base.link(newer)).toBe(true);
    await base.touch();
    const { exact, found } = await base.both(vectorsOf(77, 1, DIMENSIONS));
    expect(found[0]).toMatchObject({ versionId: newer, ordinal: 0 });
    expect(recall(exact, found)).toBeGreaterThanOrEqual(0.9);
    expect(base.told).toHaveLength(2);
    // In the graph, and not live.
    await database.prisma.documentVersion.update({ where: { id: newer }, data: { state: 'embedding' } });
    const at = { indexId: base.indexId, vector: vectorsOf(77, 1, DIMENSIONS), most: MOST, only: null };
    const hidden = await systemOf(database).vectorBlocks.near(at);
    expect(hidden).toHaveLength(MOST);
    expect(hidden!.some(({ versionId }) => versionId === newer)).toBe(false);
    await database.prisma.documentVersion.update({ where: { id: newer }, data: { state: 'live' } });
    versions[1] = newer;
  });

  it('takes in a block that was made anew', async () => {
    const vector = vectorsOf(500, 1, DIMENSIONS);
    await base.vectors(versions[3]!, 40, 500);
    expect(await base.link()).toBe(true);
    const { vectorBlocks } = systemOf(database);
    const found = (await vectorBlocks.near({ indexId: base.indexId, vector, most: MOST, only: null }))!;
    expect(found[0]).toMatchObject({ versionId: versions[3], ordinal: 0 });
    expect(found[0]!.score).toBeCloseTo(1, 4);
  });

  it('of long vectors is of half the precision, with the scores of the whole', async () => {
    const long = await baseIn(database, team, 'long', { dimensions: 2100, least: 30 });
    await long.put('one', 40, 3);
    const { vectorBlocks } = systemOf(database);
    expect(await long.link()).toBe(true);
    await long.touch();
    const vector = vectorsOf(3, 1, 2100);
    const { exact } = await long.both(vector);
    const found = await vectorBlocks.near({ indexId: long.indexId, vector, most: MOST, only: null });
    expect(recall(exact, found!)).toBeGreaterThanOrEqual(0.9);
    await database.prisma.vectorIndex.update({ where: { id: long.indexId }, data: { dimensions: 4001 } });
    expect(await vectorBlocks.graphState(long.indexId)).toBeNull();
    await long.close();
  });

  it('that breaks breaks no look-up', async () => {
    await base.touch();
    await client.query('ALTER TABLE patchbay_vectors.passage RENAME TO gone');
    const { exact, found } = await base.both(vectorsOf(8, 1, DIMENSIONS));
    expect(found).toEqual(exact);
    expect(base.failed).toHaveLength(1);
    await client.query('ALTER TABLE patchbay_vectors.gone RENAME TO passage');
  });

  it('goes with its base', async () => {
    expect(await graphs()).toHaveLength(2);
    await database.prisma.knowledgeBase.deleteMany({});
    expect(await rows('SELECT 1 FROM patchbay_vectors.passage LIMIT 1')).toEqual([]);
    expect(await rows('SELECT 1 FROM patchbay_vectors.block LIMIT 1')).toEqual([]);
    await database.close();
    database = await openDatabase(empty.url);
    expect(await graphs()).toEqual([]);
    expect(database.withoutGraphs).toBeNull();
  });

  it('is left out, with a reason, where its tables cannot be made', async () => {
    await client.query('DROP SCHEMA patchbay_vectors CASCADE');
    await client.query('CREATE SCHEMA patchbay_vectors');
    const refused = await openDatabase(empty.url);
    expect(refused.withoutGraphs).toMatch(/cannot be used: .*patchbay_vectors/);
    expect(refused.vectorGraphs).toBeNull();
    await refused.close();
  });
});

describe.each(DATABASES)('$name without pgvector', ({ name, create }) => {
  it('searches exactly', async () => {
    const empty = await create();
    const database = await openDatabase(empty.url);
    const base = await baseIn(database, await makeTeam(database, 'team'), 'plain', { least: 30 });
    await base.put('one', 40, 1);
    const { exact, found } = await base.both(vectorsOf(9, 1, DIMENSIONS));
    // A server of the test's own may have the extension: then a graph is asked for, and not there.
    expect(found).toEqual(exact);
    expect(exact).toHaveLength(MOST);
    if (database.vectorGraphs === null) {
      expect(database.withoutGraphs).toEqual(name === 'SQLite' ? null : expect.stringContaining('pgvector'));
      expect(await base.link()).toBe(false);
      expect(base.told).toEqual([]);
    }
    await base.close();
    await database.close();
    await empty.remove();
  });
});
