import { describe, expect, it } from 'vitest';
import { nextTime, nextTimes } from '#lib/operations/cron.ts';

const berlin = (cron: string, from: string, count = 4) =>
  nextTimes({ cron, timeZone: 'Europe/Berlin' }, new Date(from), count).map((time) => time.toISOString());

const faultOf = (cron: string, timeZone = 'UTC') => {
  try {
    nextTime({ cron, timeZone }, new Date('2026-11-21T12:00:00Z'));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the times of a schedule', () => {
  it('are those of the clock on the wall of its time zone', () => {
    expect(berlin('0 9 * * MON-FRI', '2026-11-20T12:00:00Z', 2)).toEqual([
      '2026-11-23T08:00:00.000Z',
      '2026-11-24T08:00:00.000Z',
    ]);
    expect(berlin('0 9 * * *', '2026-07-01T12:00:00Z', 1)).toEqual(['2026-07-02T07:00:00.000Z']);
  });

  it('come at the first moment after a gap when the clock skips them', () => {
    // On 29 March 2026 two o'clock is followed by three o'clock.
    expect(berlin('30 2 * * *', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('come once when the clock shows them twice', () => {
    // On 25 October 2026 three o'clock is followed by two o'clock.
    expect(berlin('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('every half hour go on evenly through both changes', () => {
    for (const [from, count] of [
      ['2026-03-29T00:10:00Z', 6],
      ['2026-10-24T23:50:00Z', 8],
    ] as const) {
      const times = berlin('*/30 * * * *', from, count).map((time) => Date.parse(time));
      expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual(
        Array.from({ length: count - 1 }, () => 1_800_000),
      );
    }
  });

  it('are refused with what is wrong with them', () => {
    expect(faultOf('0 9 * * *')).toBeNull();
    expect(faultOf('0 0 9 * * *')).toContain('has seconds');
    expect(faultOf('9 * *')).toContain('five fields');
    expect(faultOf('@reboot')).toContain('five fields');
    expect(faultOf('? * * * *')).toContain('five fields');
    expect(faultOf('2026-12-24T00:00:00')).toContain('five fields');
    expect(faultOf('61 * * * *')).toBe('cron: "61 * * * *" cannot be read: Invalid value for minute: 61');
    expect(faultOf('0 0 30 2 *')).toContain('a day that does not come');
    expect(faultOf('0 9 * * *', 'Nowhere/None')).toContain('timeZone: "Nowhere/None" is not known');
    expect(faultOf('0 9 * * *', '+02:00')).toContain('not known');
  });
});
