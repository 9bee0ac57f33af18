import { describe, expect, test } from 'vitest';
import { choose } from '#lib/nodes/switch.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { runKind } from './run-kind.ts';

const parsed = (given: JsonObject) => choose.config.parse(given);

async function way(value: JsonValue, cases: JsonObject[]): Promise<unknown> {
  const config = parsed({ mode: 'value', value: 'x', cases });
  const done = await runKind(choose, { ...config, value });
  return [done.handle, done.value];
}

const cases: JsonObject[] = [
  { id: 'paid', name: 'Paid', operator: 'equals', right: 'paid' },
  { id: 'late', operator: 'greater', right: '30' },
  { id: 'far', operator: 'greater', right: '10' },
  { id: 'none', operator: 'is_empty' },
];

describe('one value', () => {
  test.each<[JsonValue, string, string]>([
    ['paid', 'paid', 'Paid'],
    [40, 'late', 'late'],
    [20, 'far', 'far'],
    [null, 'none', 'none'],
    [1, 'otherwise', 'otherwise'],
  ])('%j goes the first way that fits: %s', async (value, id, name) => {
    expect(await way(value, cases)).toEqual([id, { case: id, name }]);
  });
});

test('a condition for each case', async () => {
  const config = parsed({
    mode: 'conditions',
    conditions: [
      { id: 'a', left: 'x', operator: 'greater', right: '100' },
      { id: 'b', left: 'x', operator: 'is_true' },
    ],
  });
  const given = (a: JsonValue, b: JsonValue) => ({
    ...config,
    conditions: config.conditions.map((one, index) => ({ ...one, left: index === 0 ? a : b })),
  });
  expect((await runKind(choose, given(101, true))).handle).toBe('a');
  expect((await runKind(choose, given(99, true))).handle).toBe('b');
  expect((await runKind(choose, given(99, false))).handle).toBe('otherwise');
});

test('has a way out for each case of its mode, named or described', () => {
  const config = parsed({
    mode: 'value',
    value: '{{ input.days }}',
    cases,
    conditions: [{ id: 'unused', left: 'x' }],
  });
  expect(choose.handles(config)).toEqual([
    { id: 'paid', label: 'Paid' },
    { id: 'late', label: '> 30' },
    { id: 'far', label: '> 10' },
    { id: 'none', label: 'is empty' },
    { id: 'otherwise', label: 'otherwise' },
  ]);
  expect(choose.describe(config)).toBe('days');
  expect(choose.outputSchema(config)).toMatchObject({
    properties: { case: { enum: ['paid', 'late', 'far', 'none', 'otherwise'] } },
  });
});

test.each<[JsonObject, [string, string][]]>([
  [{ value: '{{ input.a }}', cases }, []],
  [{ value: '{{ input.a }}', cases: [] }, [['switch_no_case', 'error']]],
  [{ mode: 'conditions', cases }, [['switch_no_case', 'error']]],
  [{ value: ' ', cases }, [['switch_no_value', 'warning']]],
  [{ value: '1', cases: [{ id: 'a' }, { id: 'a' }] }, [['switch_case_id', 'error']]],
  [{ value: '1', cases: [{ id: 'otherwise' }] }, [['switch_case_id', 'error']]],
  [{ value: '1', cases: [{ id: 'error' }] }, [['switch_case_id', 'error']]],
])('%j has the problems %j', (given, expected) => {
  const problems = choose.check?.(parsed(given)) ?? [];
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual(expected);
});

test.each([[[{ id: '' }]], [[{ id: 'a b' }]], [[{}]], [[{ id: '__proto__' }]]])(
  'refuses the cases %j',
  (given) => {
    expect(choose.config.safeParse({ cases: given }).success).toBe(false);
  },
);
