import { describe, expect, it } from 'vitest';
import { bytes, count, duration, fullTime, number, relativeTime } from '#app/ui/quantity.ts';

describe('quantities', () => {
  it('have their units', () => {
    expect([84.4, 999, 1300, 12_000, 59_960, 125_000].map(duration)).toEqual([
      '84 ms',
      '999 ms',
      '1.3 s',
      '12 s',
      '1 min',
      '2 min 5 s',
    ]);
    expect([0, 1023, 1536, 20 * 1024 * 1024].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KB', '20 MB']);
    expect(number(1_234_567)).toBe('1,234,567');
    expect([count(1, 'problem'), count(1200, 'problem'), count(2, 'entry', 'entries')]).toEqual([
      '1 problem',
      '1,200 problems',
      '2 entries',
    ]);
  });

  it('of time are relative', () => {
    const now = Date.UTC(2026, 10, 21, 12);
    expect(relativeTime(now - 3000, now)).toBe('just now');
    expect(relativeTime(now - 5 * 60_000, now)).toBe('5 minutes ago');
    expect(relativeTime(now - 26 * 3_600_000, now)).toBe('yesterday');
    expect(relativeTime(now + 2 * 86_400_000, now)).toBe('in 2 days');
    expect(fullTime(now)).toBe(fullTime(new Date(now).toISOString()));
    expect(fullTime(now)).toContain('2026');
  });
});
