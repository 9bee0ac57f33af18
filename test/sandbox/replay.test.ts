import { afterAll, describe, expect, test } from 'vitest';
import { httpAnswer, openSandbox } from './harness.ts';

// What code sees of time and chance comes from its run, so that a recorded run is the same again.

const { sandbox, attempt } = openSandbox();
afterAll(() => sandbox.close());

const start = Date.UTC(2026, 0, 15, 9);
const at = (now: number, more = {}) => ({ now: () => now, seed: 0.25, ...more });

describe('the clock of the code', () => {
  test.each([
    ['Date.now()', start],
    ['new Date()', '2026-01-15T09:00:00.000Z'],
    ['new Date(2020, 0).getFullYear()', 2020],
    ['new Date("2020-02-03").toISOString()', '2020-02-03T00:00:00.000Z'],
    ['Date().slice(0, 15)', 'Thu Jan 15 2026'],
    ['Date.parse("2020-01-01") === Date.UTC(2020, 0)', true],
    ['new Date().constructor === Date && new Date() instanceof Date', true],
    ['new (class extends Date { year() { return this.getFullYear() } })().year()', 2026],
    ['[Date.name, Date.length]', ['Date', 7]],
    ['new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format()', '1/15/2026'],
    ['new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(0)', '1/1/1970'],
    ['new Intl.DateTimeFormat("en", { timeZone: "UTC" }).formatToParts()[4].value', '2026'],
  ])('%s', async (source, value) => {
    expect(await attempt(`return ${source}`, at(start))).toEqual({ value });
  });

  test('stands while the code computes, and goes on when it has slept or an answer came', async () => {
    const times = [start, start + 70, start + 90];
    const world = {
      now: () => times.shift()!,
      seed: 0,
      http: async ({ url }: { url: string }) => {
        if (url.endsWith('/missing')) throw new Error('nobody');
        return httpAnswer('ok');
      },
    };
    const source = `
      const seen = [Date.now()];
      for (let i = 0; i < 1e5; i += 1);
      seen.push(Date.now());
      await sleep(20);
      seen.push(Date.now());
      const answer = await http.fetch('https://api.test/');
      seen.push(Date.now());
      await http.fetch('https://api.test/missing').catch(() => {});
      seen.push(Date.now());
      await Promise.all([sleep(5), sleep(5)]);
      return [...seen.map((time) => time - ${start}), Date.now() - ${start}, 'now' in answer];`;
    expect(await attempt(source, world)).toEqual({ value: [0, 0, 20, 70, 90, 95, false] });
  });

  test('goes on for code that looks at it until it has, by as much in each run', async () => {
    const source =
      'let n = 0; const until = Date.now() + 5; while (Date.now() < until) n += 1; return [n, Date.now()]';
    const first = await attempt(source, at(start));
    expect(first).toEqual({ value: [4998, start + 5] });
    expect(await attempt(source, at(start))).toEqual(first);
  });

  test('is the only one: no way leads to the time of the machine', async () => {
    const source = `
      const ways = [
        () => new Date().constructor.now(),
        () => Number(new (Object.getPrototypeOf(new Date()).constructor)()),
        () => Number(Reflect.construct(Date, [])),
        () => Date.prototype.getTime.call(Reflect.construct(Date, [], Object)),
        () => Date.prototype.constructor.now(),
        () => Number(new (Date.bind())()),
        () => Date.parse(Date()),
        () => (typeof Temporal === 'undefined' ? ${start} : Temporal.Now.instant().epochMilliseconds),
        () => (typeof performance === 'undefined' ? ${start} : performance.timeOrigin),
      ];
      return ways.map((way) => way());`;
    expect(await attempt(source, at(start))).toEqual({ value: Array(9).fill(start) });
  });

  test('is the machine’s when nobody gives one (positive control)', async () => {
    const before = Date.now();
    const outcome = await attempt('return Date.now()');
    const { value } = outcome as { value: number };
    expect(value).toBeGreaterThanOrEqual(before);
    expect(value).toBeLessThanOrEqual(Date.now());
  });
});

describe('chance', () => {
  const source = 'return [Math.random(), Math.random(), Math.random()]';

  test('is the same for the same seed, and another for another', async () => {
    const first = await attempt(source, at(start));
    expect(await attempt(source, at(start))).toEqual(first);
    expect(await attempt(source, at(start, { seed: 0.250001 }))).not.toEqual(first);
    expect(await attempt(source)).not.toEqual(await attempt(source));
  });

  test('is spread evenly over [0, 1)', async () => {
    const counting = `
      const tenths = Array(10).fill(0);
      for (let i = 0; i < 10000; i += 1) tenths[Math.floor(Math.random() * 10)] += 1;
      return tenths;`;
    const { value } = (await attempt(counting, at(start))) as { value: number[] };
    expect(value).toHaveLength(10);
    expect(Math.min(...value)).toBeGreaterThan(850);
    expect(Math.max(...value)).toBeLessThan(1150);
  });

  test('code may still put its own in the place of both', async () => {
    const own = 'Math.random = () => 0.5; Date.now = () => 7; return [Math.random(), Date.now()]';
    expect(await attempt(own, at(start))).toEqual({ value: [0.5, 7] });
  });
});
