import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { BLOCK_CHUNKS } from '#lib/db/vector-blocks.ts';
import { createCosineSearch } from '#lib/knowledge/vectors/cosine-search.ts';
import { fused } from '#lib/knowledge/vectors/fuse.ts';
import { type Near, Nearest, VectorTable } from '#lib/knowledge/vectors/vector-table.ts';
import { makeTeam, systemOf, type Team } from '#test/db/team.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { addPassages } from '#test/support/passages.ts';

/** Always the same numbers. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

function vectorsOf(seed: number, count: number, dimensions: number): Float32Array {
  const random = randomOf(seed);
  return Float32Array.from({ length: count * dimensions }, random);
}

interface Rows {
  versionId: string;
  start: number;
  data: Float32Array;
}

/** What is right: every product, one after the other. */
function slowly(rows: readonly Rows[], query: Float32Array, most: number): Near[] {
  const all: Near[] = [];
  for (const { versionId, start, data } of rows) {
    for (let row = 0; row * query.length < data.length; row++) {
      let score = 0;
      for (let at = 0; at < query.length; at++) score += data[row * query.length + at]! * query[at]!;
      all.push({ versionId, ordinal: start + row, score });
    }
  }
  return all.sort((a, b) => b.score - a.score).slice(0, most);
}

const placesOf = (found: readonly Near[]) => found.map(({ versionId, ordinal }) => `${versionId} ${ordinal}`);

describe('a table of vectors', () => {
  it.each([3, 16, 100, 256, 1536])('of %i values finds what is nearest, exactly', (dimensions) => {
    const table = new VectorTable(64 * 2 ** 20);
    const rows = Array.from({ length: 12 }, (_, version) => ({
      versionId: `v${version}`,
      start: version * 10,
      data: vectorsOf(version + 1, 90 + version, dimensions),
    }));
    for (const some of rows) table.add('one', dimensions, some);
    table.add('other', dimensions, { versionId: 'w', start: 0, data: vectorsOf(99, 50, dimensions) });
    const query = vectorsOf(1234, 1, dimensions);
    const search = (only: string[] | null) => {
      const found = new Nearest(20);
      table.search('one', query, found, only && new Set(only));
      return found.sorted();
    };
    expect(placesOf(search(null))).toEqual(placesOf(slowly(rows, query, 20)));
    for (const [place, { score }] of search(null).entries()) {
      expect(score).toBeCloseTo(slowly(rows, query, 20)[place]!.score, 3);
    }
    const some = rows.filter(({ versionId }) => versionId === 'v3' || versionId === 'v7');
    expect(placesOf(search(['v3', 'v7', 'w']))).toEqual(placesOf(slowly(some, query, 20)));
    // Taken out one by one, and then so many that the rest moves together.
    const bytes = table.bytes;
    for (const count of [1, 5, 9]) {
      const gone = rows.slice(0, count).map(({ versionId }) => versionId);
      table.drop('one', gone);
      expect(placesOf(search(null))).toEqual(placesOf(slowly(rows.slice(count), query, 20)));
    }
    table.add('one', dimensions, rows[0]!);
    expect(placesOf(search(null))).toEqual(placesOf(slowly([rows[0]!, ...rows.slice(9)], query, 20)));
    table.drop('one', null);
    expect(search(null)).toEqual([]);
    expect(table.bytes).toBeLessThan(bytes + 1);
    for (const one of rows) table.add('one', dimensions, one);
    expect(table.bytes).toBe(bytes);
  });

  it('puts lists together by reciprocal rank', () => {
    expect(
      fused([
        ['a', 'b', 'c'],
        ['c', 'd'],
      ]),
    ).toEqual(['c', 'a', 'b', 'd']);
    expect(fused([[], ['x', 'y']])).toEqual(['x', 'y']);
    expect(fused([])).toEqual([]);
  });
});

describe.each(DATABASES)('the search by vectors on $name', ({ create }) => {
  const dimensions = 24;
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  /** A base with an index that serves, and documents of so many passages. */
  async function baseWith(name: string, sizes: readonly number[]) {
    const { projectId, organizationId, repo } = team;
    const { id: baseId } = await repo.knowledge.create(projectId, { name });
    const { id: indexId } = await database.prisma.vectorIndex.create({
      data: { organizationId, projectId, baseId, config: '{}', state: 'serving' },
    });
    const rows: Rows[] = [];
    const put = async (document: string, size: number, seed: number) => {
      const chunks = Array.from({ length: size }, (_, n) => ({
        headings: [],
        text: `${document} ${seed} ${n}`,
      }));
      const { versionId } = await addPassages(
        database,
        repo,
        { projectId, baseId },
        { name: document },
        chunks,
      );
      for (let start = 0; start < size; start += BLOCK_CHUNKS) {
        const count = Math.min(BLOCK_CHUNKS, size - start);
        const data = vectorsOf(seed + start, count, dimensions);
        const bytes = new Uint8Array(new Float32Array(data).buffer);
        await systemOf(database).vectorBlocks.put(indexId, dimensions, {
          versionId,
          start,
          count,
          data: bytes,
          hash: '',
        });
        rows.push({ versionId, start, data });
      }
      return versionId;
    };
    for (const [place, size] of sizes.entries()) await put(`${name} ${place}`, size, place + 1);
    const revision = async () => (await repo.passages.base(projectId, baseId)).revision;
    return { baseId, indexId, rows, put, revision };
  }

  const query = vectorsOf(4711, 1, dimensions);
  const near = { vector: query, most: 30, only: null };

  it('is exact, whatever fits into the memory, and keeps to it', async () => {
    const base = await baseWith('sizes', [600, 3, 200, 1]);
    const right = placesOf(slowly(base.rows, query, 30));
    const at = { ...near, indexId: base.indexId, revision: await base.revision() };
    for (const maxBytes of [2 ** 24, 30_000, 100]) {
      const cosine = createCosineSearch({ database, maxBytes });
      for (let time = 0; time < 2; time++) {
        expect(placesOf(await cosine.search(at)), `${maxBytes}`).toEqual(right);
        expect(cosine.bytes).toBeLessThanOrEqual(maxBytes);
      }
      const [{ versionId }] = base.rows as [Rows];
      const some = base.rows.filter((rows) => rows.versionId === versionId);
      expect(placesOf(await cosine.search({ ...at, only: [versionId] }))).toEqual(
        placesOf(slowly(some, query, 30)),
      );
      expect(await cosine.search({ ...at, only: [] })).toEqual([]);
      await cosine.close();
    }
  });

  it('lets go of the index that was asked for the longest ago', async () => {
    const [first, second] = [await baseWith('first', [100]), await baseWith('second', [100])];
    // Of 100 rows of 32 values, one index fits.
    const cosine = createCosineSearch({ database, maxBytes: 100 * 32 * 4 + 1000 });
    for (const base of [first, second, first]) {
      const found = await cosine.search({ ...near, indexId: base.indexId, revision: await base.revision() });
      expect(placesOf(found)).toEqual(placesOf(slowly(base.rows, query, 30)));
      expect(cosine.bytes).toBe(100 * 32 * 4);
    }
    await cosine.close();
  });

  it('of two processes sees what was replaced, and not what is not searched yet', async () => {
    const base = await baseWith('shared', [20, 20]);
    const processes = [1, 2].map(() => createCosineSearch({ database, maxBytes: 2 ** 24 }));
    const both = async () => {
      const at = { ...near, indexId: base.indexId, revision: await base.revision() };
      const found = await Promise.all(processes.flatMap((cosine) => [cosine.search(at), cosine.search(at)]));
      expect(new Set(found.map((one) => placesOf(one).join())).size).toBe(1);
      return placesOf(found[0]!);
    };
    expect(await both()).toEqual(placesOf(slowly(base.rows, query, 30)));
    const gone = base.rows[0]!.versionId;
    await base.put('shared 0', 25, 77);
    const left = base.rows.filter(({ versionId }) => versionId !== gone);
    expect(left).toHaveLength(2);
    // The version goes live with the first statement, and gets its vectors with the second.
    await systemOf(database).vectorBlocks.touch(base.baseId);
    expect(await both()).toEqual(placesOf(slowly(left, query, 30)));
    await Promise.all(processes.map((cosine) => cosine.close()));
  });

  it('says when vectors are missing', async () => {
    const base = await baseWith('missing', [5]);
    const { projectId, repo } = team;
    await addPassages(database, repo, { projectId, baseId: base.baseId }, { name: 'more' }, [
      { headings: [], text: 'x' },
    ]);
    const told: string[] = [];
    const cosine = createCosineSearch({ database, maxBytes: 2 ** 24, onIncomplete: (id) => told.push(id) });
    const at = { ...near, indexId: base.indexId, revision: await base.revision() };
    expect(await cosine.search(at)).toHaveLength(5);
    expect(told).toEqual([base.indexId]);
    await cosine.search(at);
    expect(told).toHaveLength(1);
    await cosine.close();
  });
});
