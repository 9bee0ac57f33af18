import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { store } from '#lib/nodes/store.ts';
import { storeFor } from '#lib/operations/store-capability.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from '../db/team.ts';
import { runKind, stepError } from './run-kind.ts';

describe.each(DATABASES)('the store on $name', ({ name, create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, `store-${name.toLowerCase()}`);
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  async function act(action: JsonObject, within: Pick<Team, 'organizationId' | 'projectId'> = team) {
    const { value } = await runKind(store, { action }, { store: storeFor(database, within) });
    expect(compileSchema(store.outputSchema(store.config.parse({ action })))(value)).toBeNull();
    return value;
  }

  /** As if the time of an entry were over. */
  async function expire(key: string): Promise<void> {
    await database.prisma.storeEntry.updateMany({ where: { key }, data: { expiresAt: new Date(1000) } });
  }

  it('keeps what was set, whatever it is, until it is removed', async () => {
    const value: JsonValue = { list: [1, null, 'a\0b\ud800'], text: 'ä' };
    expect(await act({ type: 'get', key: 'a' })).toBeNull();
    expect(await act({ type: 'get', key: 'a', default: { none: true } })).toEqual({ none: true });
    expect(await act({ type: 'set', key: 'a', value })).toEqual(value);
    expect(await act({ type: 'get', key: 'a', default: 1 })).toEqual(value);
    await act({ type: 'set', key: 'a', value: 2 });
    expect(await act({ type: 'get', key: 'a' })).toBe(2);
    expect(await act({ type: 'remove', key: 'a' })).toBe(true);
    expect(await act({ type: 'remove', key: 'a' })).toBe(false);
    expect(await act({ type: 'get', key: 'a' })).toBeNull();
  });

  it('counts in one step: 50 at the same time give 50', async () => {
    const sums = await Promise.all(
      Array.from({ length: 50 }, () => act({ type: 'increment', key: 'visits', by: 1 })),
    );
    expect(sums.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    expect(await act({ type: 'increment', key: 'visits', by: -0.5 })).toBe(49.5);
    expect(await act({ type: 'get', key: 'visits' })).toBe(49.5);
  });

  it('says that nothing can be added to what is no number', async () => {
    await act({ type: 'set', key: 'word', value: '7' });
    expect(await stepError(act({ type: 'increment', key: 'word' }))).toMatchObject({ code: 'NOT_A_NUMBER' });
  });

  it('does not see what is past its time, and begins to count again', async () => {
    await act({ type: 'set', key: 'brief:1', value: 1, ttl: 60 });
    await act({ type: 'increment', key: 'brief:2', by: 5, ttl: 60 });
    expect(await act({ type: 'list', prefix: 'brief:' })).toHaveLength(2);
    await expire('brief:1');
    await expire('brief:2');
    expect(await act({ type: 'get', key: 'brief:1' })).toBeNull();
    expect(await act({ type: 'list', prefix: 'brief:' })).toEqual([]);
    expect(await act({ type: 'remove', key: 'brief:1' })).toBe(false);
    expect(await act({ type: 'increment', key: 'brief:2', ttl: 60 })).toBe(1);
  });

  it('the time of a count runs from the first', async () => {
    const ends = async () =>
      (await database.prisma.storeEntry.findFirstOrThrow({ where: { key: 'window' } })).expiresAt;
    await act({ type: 'increment', key: 'window', ttl: 60 });
    const first = await ends();
    await act({ type: 'increment', key: 'window', ttl: 600 });
    expect(await ends()).toEqual(first);
    // A value that is set anew has a time anew, or none.
    await act({ type: 'set', key: 'window', value: 1 });
    expect(await ends()).toBeNull();
  });

  it('lists by the beginning of the key, in its order, and takes no sign for a wildcard', async () => {
    for (const key of ['u:b', 'u:B', 'u:ä', 'U:a', 'u%x', 'u_x']) await act({ type: 'set', key, value: key });
    const keys = async (prefix: string, limit = 100) =>
      ((await act({ type: 'list', prefix, limit })) as { key: string }[]).map(({ key }) => key);
    expect(await keys('u:')).toEqual(['u:B', 'u:b', 'u:ä']);
    expect(await keys('u%')).toEqual(['u%x']);
    expect(await keys('u_')).toEqual(['u_x']);
    expect(await keys('u:', 2)).toEqual(['u:B', 'u:b']);
  });

  it('deletes what is past its time when the house is kept', async () => {
    await act({ type: 'set', key: 'old', value: 1, ttl: 60 });
    await act({ type: 'set', key: 'young', value: 1, ttl: 60 });
    await expire('old');
    expect(await systemOf(database).store.prune()).toBeGreaterThan(0);
    const left = await database.prisma.storeEntry.findMany({ where: { key: { in: ['old', 'young'] } } });
    expect(left.map(({ key }) => key)).toEqual(['young']);
    await expect(team.repo.store.prune()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses keys and values that are too large, and a key that is empty', async () => {
    const long = await stepError(act({ type: 'set', key: 'k'.repeat(257), value: 1 }));
    expect(long.code).toBe('BAD_KEY');
    const large = await stepError(act({ type: 'set', key: 'k', value: 'ä'.repeat(33_000) }));
    expect(large.code).toBe('TOO_LARGE');
    expect((await stepError(act({ type: 'get', key: 'a\0' }))).code).toBe('BAD_KEY');
    const empty_ = await stepError(act({ type: 'get', key: '' }));
    expect(empty_).toMatchObject({ code: 'BAD_KEY', details: { field: ['action', 'key'] } });
  });

  it('holds no more than it may, and makes room by what is past its time', async () => {
    const full = await makeTeam(database, `full-${name.toLowerCase()}`);
    const { projectId, organizationId } = full;
    await database.prisma.storeEntry.createMany({
      data: Array.from({ length: 10_000 }, (_, index) => ({
        projectId,
        organizationId,
        key: `k${index}`,
        value: '1',
      })),
    });
    const more = await stepError(act({ type: 'set', key: 'more', value: 1 }, full));
    expect(more).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining('10000 entries') });
    // What is there can still be changed.
    expect(await act({ type: 'increment', key: 'k7' }, full)).toBe(2);
    await expire('k8');
    expect(await act({ type: 'set', key: 'more', value: 1 }, full)).toBe(1);
  });

  it('is of one project', async () => {
    const other = await makeTeam(database, `other-${name.toLowerCase()}`);
    await act({ type: 'set', key: 'mine', value: 'secret' });
    expect(await act({ type: 'get', key: 'mine' }, other)).toBeNull();
    expect(await act({ type: 'list', prefix: '' }, other)).toEqual([]);
    await act({ type: 'set', key: 'mine', value: 'theirs' }, other);
    expect(await act({ type: 'get', key: 'mine' })).toBe('secret');
    await expect(other.repo.store.set(team.projectId, 'mine', 1)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
