import { describe, expect, it } from 'vitest';
import { axisTicks, labelled } from '#app/charts/scale.ts';
import { share } from '#app/insights/share.ts';

describe('the marks of an axis', () => {
  it.each([
    [100, [0, 50, 100]],
    [101, [0, 50, 100, 150]],
    [7, [0, 2.5, 5, 7.5]],
    [0.3, [0, 0.1, 0.2, 0.3]],
    [12_345, [0, 5000, 10_000, 15_000]],
  ])('up to %d are round', (most, ticks) => {
    expect(axisTicks(most)).toEqual(ticks);
  });

  it('are whole where things are counted', () => {
    expect(axisTicks(0, { whole: true })).toEqual([0, 1]);
    expect(axisTicks(1, { whole: true })).toEqual([0, 1]);
    expect(axisTicks(7, { whole: true })).toEqual([0, 5, 10]);
    for (let most = 0; most < 3000; most += 1) {
      const ticks = axisTicks(most, { whole: true });
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(5);
    }
  });

  it('stand where nothing was', () => {
    expect(axisTicks(0).at(0)).toBe(0);
    expect(axisTicks(0).length).toBeGreaterThan(1);
  });
});

describe('labels under an axis', () => {
  it('leave each other room, and the last place has one', () => {
    expect(labelled(24, 480, 60)).toEqual([2, 5, 8, 11, 14, 17, 20, 23]);
    expect(labelled(3, 600, 60)).toEqual([0, 1, 2]);
    expect(labelled(0, 600, 60)).toEqual([]);
    expect(labelled(5, 0, 60)).toEqual([4]);
  });
});

describe('a share', () => {
  it('is a percentage as people read it', () => {
    expect([share(0, 5), share(0, 0), share(1, 3), share(1, 40), share(1, 2), share(1, 5000)]).toEqual([
      '',
      '',
      '33 %',
      '2.5 %',
      '50 %',
      '< 0.1 %',
    ]);
  });
});
