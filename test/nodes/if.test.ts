import { describe, expect, test } from 'vitest';
import { branch } from '#lib/nodes/if.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { runKind } from './run-kind.ts';

async function way(
  left: JsonValue | undefined,
  operator: string,
  right: JsonValue = '',
): Promise<string | undefined> {
  const config = { when: 'all', conditions: [{ left, operator, right }], expression: '' };
  return (await runKind(branch, config)).handle;
}

const cases: [JsonValue, string, JsonValue, boolean][] = [
  [5, 'equals', '5', true],
  ['5', 'equals', 5, true],
  [5, 'equals', '5.0', true],
  [5, 'equals', 'five', false],
  [0, 'equals', '', false],
  [true, 'equals', 'true', true],
  [null, 'equals', 'null', true],
  ['a', 'equals', 'A', false],
  [{ a: 1, b: 2 }, 'equals', { b: 2, a: 1 }, true],
  [[1, 2], 'equals', [2, 1], false],
  ['a', 'not_equals', 'b', true],
  [120, 'greater', '100', true],
  ['9', 'greater', '10', false],
  ['b', 'greater', 'a', true],
  ['2026-11-21', 'greater', '2026-02-01', true],
  [null, 'greater', '0', false],
  [null, 'less', '0', false],
  [null, 'less_or_equal', '0', false],
  [100, 'greater_or_equal', '100', true],
  [100, 'less_or_equal', '100', true],
  [99, 'less', '100', true],
  ['hello', 'contains', 'ell', true],
  [[1, 2], 'contains', '2', true],
  [{ a: 1 }, 'contains', 'a', true],
  [{ a: 1 }, 'contains', 'toString', false],
  ['hello', 'not_contains', 'x', true],
  ['hello', 'starts_with', 'he', true],
  ['hello', 'ends_with', 'lo', true],
  [null, 'is_empty', '', true],
  ['  ', 'is_empty', '', true],
  [[], 'is_empty', '', true],
  [{}, 'is_empty', '', true],
  [0, 'is_empty', '', false],
  [false, 'is_not_empty', '', true],
  ['no', 'is_true', '', false],
  ['False', 'is_true', '', false],
  ['yes', 'is_true', '', true],
  [0, 'is_false', '', true],
  // Made so that comparing them one by one, or letter by letter, would hold the process for minutes.
  [Array.from({ length: 100_000 }, () => 1), 'contains', `${' '.repeat(500_000)}1`, false],
  [
    Array.from({ length: 20_000 }, (_, id) => ({ id })),
    'contains',
    Array.from({ length: 20_000 }, () => 1),
    false,
  ],
  ['a'.repeat(900_000), 'contains', `${'a'.repeat(200_000)}b${'a'.repeat(100_000)}`, false],
];

describe('conditions', () => {
  const named = cases.map((given) => [JSON.stringify(given).slice(0, 100), ...given] as const);
  test.each(named)('%s', async (_, left, operator, right, holds) => {
    expect(await way(left, operator, right)).toBe(String(holds));
  });

  test('a value that is missing counts as null', async () => {
    expect(await way(undefined, 'is_empty')).toBe('true');
  });

  test.each([
    ['all', 'false'],
    ['any', 'true'],
  ])('%s of them', async (when, handle) => {
    const conditions = [
      { left: 1, operator: 'equals', right: '1' },
      { left: 1, operator: 'equals', right: '2' },
    ];
    const done = await runKind(branch, { when, conditions, expression: '' });
    expect(done).toMatchObject({ handle, value: handle === 'true' });
  });

  test.each<[JsonValue, string]>([
    [true, 'true'],
    [0, 'false'],
    ['false', 'false'],
    [{}, 'true'],
  ])('an expression that is %j goes %s', async (expression, handle) => {
    expect((await runKind(branch, { when: 'expression', conditions: [], expression })).handle).toBe(handle);
  });
});

test('the handles say why', () => {
  const config = branch.config.parse({
    when: 'any',
    conditions: [
      { left: '{{ steps.fetch.body.price }}', operator: 'greater', right: '100' },
      { left: '{{ input.name }}', operator: 'is_empty' },
    ],
  });
  expect(branch.handles(config)).toEqual([
    { id: 'true', label: 'price > 100 or name is empty' },
    { id: 'false', label: 'otherwise' },
  ]);
});

test.each([
  [{ when: 'all' }, 'if_no_condition'],
  [{ when: 'expression', expression: 'price > 100' }, 'if_no_expression'],
])('%j has the problem %s', (given, code) => {
  expect(branch.check?.(branch.config.parse(given))).toMatchObject([{ code, severity: 'error' }]);
});

test('a new one names no argument, and says that its value is missing', () => {
  const config = branch.config.parse(branch.initial);
  expect(JSON.stringify(config)).not.toContain('{{');
  expect(branch.check?.(config)).toMatchObject([
    { code: 'if_no_value', severity: 'warning', field: ['conditions', 0, 'left'] },
  ]);
});
