import { describe, expect, test } from 'vitest';
import { wait } from '#lib/nodes/wait.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type KindWorld, runKind, stepError } from './run-kind.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 30);

/** Runs it at NOW, and what it slept. */
async function waited(given: JsonObject, world: KindWorld = {}) {
  const slept: number[] = [];
  const clock = {
    now: () => NOW,
    sleep: async (ms: number) => {
      slept.push(ms);
    },
  };
  const result = await runKind(wait, { ...wait.config.parse({}), ...given }, { ...clock, ...world });
  return { ...result, slept };
}

test.each<[JsonObject, number]>([
  [{ amount: 10, unit: 'seconds' }, 10_000],
  [{ amount: '0.5', unit: 'seconds' }, 500],
  [{ mode: 'until', until: '2026-11-21T09:30:20Z' }, 20_000],
  [{ mode: 'until', until: '2026-11-21 10:30:05+0100' }, 5000],
  [{ mode: 'until', until: '2026-11-21T09:30:05' }, 5000],
  [{ mode: 'until', until: NOW + 7 }, 7],
])('%j is slept through when the run may take as long', async (given, ms) => {
  const { slept, value, suspend } = await waited(given);
  expect(slept).toEqual([ms]);
  expect(value).toEqual({ until: new Date(NOW + ms).toISOString() });
  expect(suspend).toBeUndefined();
});

test.each<[JsonObject, number]>([
  [{ amount: 2, unit: 'minutes' }, NOW + 120_000],
  [{ amount: 3, unit: 'days' }, NOW + 3 * 86_400_000],
  [{ amount: 59.5, unit: 'seconds' }, NOW + 59_500],
  [{ mode: 'until', until: '2026-12-01' }, Date.UTC(2026, 11, 1)],
])('%j stops the run until then', async (given, until) => {
  const { slept, suspend } = await waited(given);
  expect(slept).toEqual([]);
  expect(suspend).toEqual({ type: 'time', until });
});

test('goes on when the time has come', async () => {
  const asked = { type: 'time' as const, until: NOW - 5 };
  const { slept, value, suspend } = await waited({ amount: 3, unit: 'days' }, { asked, answer: {} });
  expect([slept, suspend]).toEqual([[], undefined]);
  expect(value).toEqual({ until: new Date(NOW - 5).toISOString() });
});

test('a time that is over is not waited for', async () => {
  expect((await waited({ mode: 'until', until: '2020-01-01' })).slept).toEqual([]);
  expect((await waited({ amount: 0 })).slept).toEqual([]);
});

describe('refuses', () => {
  test.each<[JsonObject, string]>([
    [{ amount: 367, unit: 'days' }, 'WAIT_TOO_LONG'],
    [{ amount: 1e300, unit: 'days' }, 'WAIT_TOO_LONG'],
    [{ mode: 'until', until: '3000-01-01' }, 'WAIT_TOO_LONG'],
    [{ mode: 'until', until: 'tomorrow' }, 'BAD_TIME'],
    [{ mode: 'until', until: null }, 'BAD_TIME'],
    [{ mode: 'until', until: 1e300 }, 'BAD_TIME'],
  ])('%j: %s', async (given, code) => {
    expect((await stepError(waited(given))).code).toBe(code);
  });

  test.each(['', 'tomorrow', '21.11.2026'])('the time %j before it runs', (until) => {
    const config = wait.config.parse({ mode: 'until', until });
    expect(wait.check?.(config)).toMatchObject([{ code: 'wait_no_time', field: ['until'] }]);
  });

  test('no time that is one, or that an expression gives', () => {
    for (const until of ['2026-11-21T09:30:00Z', '{{ input.due }}']) {
      expect(wait.check?.(wait.config.parse({ mode: 'until', until }))).toEqual([]);
    }
  });
});

test('says on its card what it waits for', () => {
  const card = (given: JsonObject) => wait.describe(wait.config.parse(given));
  expect(card({})).toBe('10 seconds');
  expect(card({ amount: '{{ input.days }}', unit: 'days' })).toBe('days days');
  expect(card({ mode: 'until', until: '{{ input.due }}' })).toBe('until due');
});
