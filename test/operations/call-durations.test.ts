import { describe, expect, it } from 'vitest';
import { durationClass, percentile } from '#lib/operations/call-durations.ts';
import { nameOfClient } from '#lib/operations/client-name.ts';

function durations(...all: number[]): Map<number, number> {
  const classes = new Map<number, number>();
  for (const ms of all) classes.set(durationClass(ms), (classes.get(durationClass(ms)) ?? 0) + 1);
  return classes;
}

describe('classes of durations', () => {
  it('are four for each doubling, from 1 ms on', () => {
    expect([0, 0.4, 0.99].map(durationClass)).toEqual([0, 0, 0]);
    expect([1, 1.18, 1.2, 2, 1000, 1024].map(durationClass)).toEqual([1, 1, 2, 5, 40, 41]);
  });

  it('have a last one, and one for what is no duration', () => {
    expect(durationClass(1e12)).toBe(durationClass(2 ** 24));
    expect([-5, Number.NaN].map(durationClass)).toEqual([0, 0]);
  });
});

describe('a percentile', () => {
  it('is not known of nothing', () => {
    expect(percentile(new Map(), 0.5)).toBeNull();
  });

  it('lies in the class of the one call there was', () => {
    const only = percentile(durations(100), 0.95)!;
    expect(durationClass(only)).toBe(durationClass(100));
  });

  it('is at most 9 % off, for whatever durations', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (const shape of [() => 1 + 500 * random(), () => 2 ** (20 * random()), () => 40 + random()]) {
      const all = Array.from({ length: 999 }, shape).sort((a, b) => a - b);
      for (const share of [0.5, 0.95, 0.99]) {
        const exact = all[Math.ceil(share * all.length) - 1]!;
        const told = percentile(durations(...all), share)!;
        expect(Math.abs(told / exact - 1)).toBeLessThan(0.0906);
      }
    }
  });

  it('tells a few slow calls from many quick ones', () => {
    const mixed = durations(
      ...Array.from({ length: 90 }, () => 10),
      ...Array.from({ length: 10 }, () => 4000),
    );
    expect(percentile(mixed, 0.5)).toBeCloseTo(10, -0.5);
    expect(durationClass(percentile(mixed, 0.95)!)).toBe(durationClass(4000));
  });
});

describe('the name of a client', () => {
  it.each([
    ['claude-code 2.1.3', 'claude-code'],
    ['Claude Desktop v1', 'Claude Desktop'],
    ['curl/8.5.0', 'curl'],
    ['Mozilla/5.0 (X11; Linux) Firefox/130', 'Mozilla'],
    ['inspector undefined', 'inspector'],
    ['My client', 'My client'],
    ['a\nb 1', 'a b'],
    ['  ', 'unnamed'],
    [null, 'unnamed'],
  ])('of %j is %j', (said, name) => {
    expect(nameOfClient(said)).toBe(name);
  });

  it('is short', () => {
    expect(nameOfClient('x'.repeat(500)).length).toBe(80);
  });
});
