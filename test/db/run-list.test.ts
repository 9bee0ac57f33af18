import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { RunQuery } from '#lib/db/runs.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, runOf, systemOf, type Team } from './team.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

/** Ids tell what the test asks for. */
const idOf = (number: number) => `${String(number).padStart(8, 'a')}-0000-4000-8000-000000000000`;

describe.each(DATABASES)('the list of runs on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
    const failed = { code: 'HTTP_STATUS', message: 'The "orders" service said 50% \\ no' };
    await systemOf(database).runs.insertBatch([
      runOf(team, { id: idOf(1), startedAt: NOON, durationMs: 30, client: 'claude-code 2.1' }),
      runOf(team, { id: idOf(2), startedAt: NOON + MINUTE, durationMs: 10, client: 'claude-code 2.2' }),
      runOf(team, { id: idOf(3), startedAt: NOON + 2 * MINUTE, durationMs: 30, client: 'curl/8.5.0' }),
      runOf(team, { id: idOf(4), startedAt: NOON + 2 * MINUTE, durationMs: 20, client: null }),
      runOf(team, {
        id: idOf(5),
        startedAt: NOON + 3 * MINUTE,
        status: 'failed',
        durationMs: 5,
        error: failed,
      }),
      runOf(team, { id: idOf(6), startedAt: NOON + 4 * MINUTE, status: 'running', durationMs: null }),
    ]);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  /** Numbers of the runs, in the order of the answer, read page by page. */
  async function listed(query: RunQuery, limit = 50): Promise<number[]> {
    const found: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await team.repo.runs.list(team.projectId, {
        ...query,
        limit,
        ...(cursor !== null && { cursor }),
      });
      found.push(...page.items.map(({ id }) => Number(/\d+/.exec(id.split('-')[0]!)![0])));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  it.each([
    { what: 'of a client in whichever version', query: { client: 'claude-code' }, runs: [2, 1] },
    { what: 'of a client known by its User-Agent', query: { client: 'curl' }, runs: [3] },
    { what: 'of clients without a name', query: { client: null }, runs: [4] },
    { what: 'from a moment on', query: { from: new Date(NOON + 2 * MINUTE) }, runs: [6, 5, 4, 3] },
    { what: 'before a moment', query: { to: new Date(NOON + 2 * MINUTE) }, runs: [2, 1] },
    { what: 'by the beginning of an id', query: { text: 'AAAAAAA5' }, runs: [5] },
    { what: 'by a part of the error, in whatever case', query: { text: 'the "ORDERS"' }, runs: [5] },
    { what: 'by a backslash in the error', query: { text: '50% \\ no' }, runs: [5] },
    { what: 'by an error that none has', query: { text: 'orders" service \\ said' }, runs: [] },
  ] satisfies { what: string; query: RunQuery; runs: number[] }[])(
    'is filtered $what',
    async ({ query, runs }) => {
      expect(await listed(query)).toEqual(runs);
    },
  );

  it.each([
    { sort: 'newest', runs: [6, 5, 4, 3, 2, 1] },
    { sort: 'oldest', runs: [1, 2, 3, 4, 5, 6] },
    { sort: 'slowest', runs: [3, 1, 4, 2, 5] },
    { sort: 'fastest', runs: [5, 2, 4, 1, 3] },
  ] as const)('is sorted: $sort; no run is missed or doubled where a page ends', async ({ sort, runs }) => {
    expect(await listed({ sort }, 50)).toEqual(runs);
    for (const limit of [1, 2, 3]) expect(await listed({ sort }, limit)).toEqual(runs);
  });

  it('refuses a cursor that is none', async () => {
    for (const cursor of ['', 'x', Buffer.from('NaN id').toString('base64url')]) {
      await expect(team.repo.runs.list(team.projectId, { cursor })).rejects.toMatchObject({
        code: 'bad_request',
      });
    }
  });
});
