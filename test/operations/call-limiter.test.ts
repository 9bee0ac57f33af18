import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '#lib/db/client.ts';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import { type CallLimiter, createCallLimiter, type Refusal } from '#lib/operations/call-limiter.ts';
import { ceilingOf, type LimitsPatch, limitsOf } from '#lib/workflow/limits.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';

/** A few seconds before the end of a month, UTC. */
const START = Date.UTC(2026, 10, 30, 23, 59, 0);
const KEY = { scope: 'key', subject: 'key a' } as const;
const OTHER = { scope: 'key', subject: 'key b' } as const;

describe('which calls are let in', () => {
  let database: EmptyDatabase;
  let db: Database;
  let organizationId: string;
  let limiters: CallLimiter[] = [];
  let now = START;
  let made = 0;

  beforeAll(async () => {
    database = await DATABASES[0]!.create();
    db = await openDatabase(database.url);
    organizationId = (await repository(db, { type: 'system' }).members.defaultOrganization()).id;
  });

  beforeEach(() => {
    now = START;
  });

  afterAll(async () => {
    await Promise.all(limiters.map((one) => one.close()));
    await db.close();
    await database.remove();
  });

  function limiter(): CallLimiter {
    const one = createCallLimiter({ db, log: pino({ level: 'silent' }), now: () => now });
    limiters = [...limiters, one];
    return one;
  }

  const project = (limits: LimitsPatch, ceiling = {}) => ({
    id: `project-${made++}`,
    organizationId,
    limits: limitsOf(limits),
    ceiling: ceilingOf(ceiling),
  });

  const take = async (one: CallLimiter, ...args: Parameters<CallLimiter['take']>): Promise<Refusal | null> =>
    one.take(...args);

  it('a refused call is let in when it was told, and not a millisecond before', async () => {
    const one = limiter();
    const live = project({ key: { perMinute: 7, burst: 3 } });
    for (let call = 0; call < 3; call++) expect(await take(one, live, KEY, false)).toBeNull();
    for (let again = 0; again < 5; again++) {
      const refusal = (await take(one, live, KEY, false))!;
      expect(refusal).toMatchObject({ of: 'key', limit: 'perMinute', allowed: 7 });
      expect(await take(one, live, OTHER, false), 'another key').toBeNull();
      now += refusal.retryAfterMs - 1;
      expect(await take(one, live, KEY, false)).not.toBeNull();
      now += 1;
      expect(await take(one, live, KEY, false)).toBeNull();
    }
  });

  it('a refusal uses up nothing of what others share', async () => {
    const one = limiter();
    const live = project({ key: { perMinute: 1, burst: 1 }, project: { perMinute: 1, burst: 2 } });
    expect(await take(one, live, KEY, false)).toBeNull();
    for (let call = 0; call < 50; call++) expect(await take(one, live, KEY, false)).not.toBeNull();
    expect(await take(one, live, OTHER, false)).toBeNull();
    expect(await take(one, live, { ...KEY, subject: 'key c' }, false)).toMatchObject({ of: 'project' });
  });

  it('days and months end at midnight, UTC', async () => {
    now = Date.UTC(2026, 10, 29, 23, 59, 59);
    const one = limiter();
    const live = project({ key: { perDay: 1, perMonth: 2 } });
    expect(await take(one, live, KEY, false)).toBeNull();
    expect(await take(one, live, KEY, false)).toMatchObject({ limit: 'perDay', retryAfterMs: 1000 });
    expect(await take(one, live, KEY, true), 'reading').toBeNull();
    now += 1000;
    expect(await take(one, live, KEY, false)).toBeNull();
    expect(await take(one, live, KEY, false)).toMatchObject({
      limit: 'perMonth',
      retryAfterMs: 86_400_000,
    });
    await one.flush();
    now += 86_400_000;
    expect(await take(one, live, KEY, false)).toBeNull();
    await one.flush();
    const { callUsage } = repository(db, { type: 'system' });
    const rows = await callUsage.read({
      projects: [live.id],
      organizations: [],
      periods: ['2026-11-29', '2026-11-30', '2026-12-01', '2026-11', '2026-12'],
    });
    const own = rows.filter(({ subject }) => subject === 'key a');
    expect(Object.fromEntries(own.map(({ period, count }) => [period, count]))).toEqual({
      '2026-11-29': 1,
      '2026-11-30': 1,
      '2026-12-01': 1,
      '2026-11': 2,
      '2026-12': 1,
    });
  });

  it('callers without a key are counted together, and their addresses are not stored', async () => {
    const one = limiter();
    const live = project({ address: { perMinute: 1, burst: 1 } });
    const at = (address: string) => ({ scope: 'address', subject: `address ${address}` }) as const;
    expect(await take(one, live, at('192.0.2.1'), false)).toBeNull();
    expect(await take(one, live, at('192.0.2.1'), false)).toMatchObject({ of: 'address' });
    expect(await take(one, live, at('192.0.2.2'), false)).toBeNull();
    await one.flush();
    const { callUsage } = repository(db, { type: 'system' });
    const rows = await callUsage.read({ projects: [live.id], organizations: [], periods: ['2026-11'] });
    expect(rows.map(({ subject, count }) => [subject, count]).sort()).toEqual([
      ['', 2],
      ['public', 2],
    ]);
  });

  it('a database that does not answer keeps nobody out, and gets the counts later', async () => {
    const broken = await openDatabase((await DATABASES[0]!.create()).url);
    const one = createCallLimiter({ db: broken, log: pino({ level: 'silent' }), now: () => now });
    await broken.close();
    const live = project({ key: { perDay: 2 } });
    expect(await take(one, live, KEY, false)).toBeNull();
    expect(await take(one, live, KEY, false)).toBeNull();
    expect(await take(one, live, KEY, false)).toMatchObject({ limit: 'perDay' });
    await one.close();
  });
});
