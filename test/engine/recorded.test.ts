import { describe, expect, test } from 'vitest';
import { jsonSize } from '#lib/engine/json-size.ts';
import { recorded } from '#lib/engine/recorded.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

describe('recorded', () => {
  test('a small value without secrets is itself', () => {
    const value = { a: [1, { b: 'x' }] };
    expect(recorded(value)).toBe(value);
  });

  test('blanks what is named like a secret, at any depth', () => {
    expect(
      recorded({
        headers: { Authorization: 'Bearer x', 'X-API-Key': 'k' },
        list: [{ password: 'p', token_count: 3 }],
      }),
    ).toEqual({
      headers: { Authorization: '[redacted]', 'X-API-Key': '[redacted]' },
      list: [{ password: '[redacted]', token_count: 3 }],
    });
  });

  test.each<[string, JsonValue]>([
    ['a long text', 'x'.repeat(10_000_000)],
    ['a long list', Array.from({ length: 100_000 }, () => 'abc')],
    [
      'a wide object',
      Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, index])),
    ],
    [
      'long texts with a secret',
      { password: 'p', texts: Array.from({ length: 60 }, () => 'y'.repeat(5000)) },
    ],
  ])('cuts %s, and says so', (_, value) => {
    const cut = recorded(value) as { $truncated: boolean; preview: JsonValue };
    expect(cut.$truncated).toBe(true);
    expect(JSON.stringify(cut).length).toBeLessThan(64 * 1024);
    expect(JSON.stringify(cut).length).toBeGreaterThan(150);
    expect(JSON.stringify(cut)).not.toContain('"p"');
  });

  test.each([10_000, 100_000])('a value nested %i levels deep is cut rather than walked', (levels) => {
    const deep = JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as JsonValue;
    expect(recorded(deep)).toMatchObject({ $truncated: true });
  });
});

test.each<JsonValue>([
  null,
  true,
  12.5,
  'plain',
  'größer',
  '𝄞',
  [1, 'a', []],
  { a: { b: [null] }, cc: 'é' },
  {},
])('the size of %j is that of its JSON in UTF-8', (value) => {
  expect(Math.abs(jsonSize(value, 1_000_000) - Buffer.byteLength(JSON.stringify(value)))).toBeLessThanOrEqual(
    1,
  );
});
