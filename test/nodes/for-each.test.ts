import { expect, test } from 'vitest';
import { forEach } from '#lib/nodes/for-each.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { runKind, stepError } from './run-kind.ts';

/** What it asks the engine to go through. */
async function each(list: JsonValue | undefined, more: JsonObject = {}) {
  return (await runKind(forEach, { ...forEach.config.parse({ list: '{{ x }}' }), list, ...more })).each;
}

test.each<[JsonValue, JsonValue[]]>([
  [
    [3, 'a', null],
    [3, 'a', null],
  ],
  [[], []],
  [
    { b: 1, a: [2] },
    [
      { key: 'b', value: 1 },
      { key: 'a', value: [2] },
    ],
  ],
  [{}, []],
  [3, [0, 1, 2]],
  ['2', [0, 1]],
  [0, []],
])('%j is gone through as %j', async (list, items) => {
  expect(await each(list)).toEqual({ items, concurrency: 1, onError: 'stop' });
});

test('hands on how', async () => {
  expect(await each([1], { concurrency: 5, onError: 'collect' })).toMatchObject({
    concurrency: 5,
    onError: 'collect',
  });
});

test.each<[JsonValue | undefined, string]>([
  [undefined, 'there is nothing'],
  [null, 'there is nothing'],
  ['[1, 2]', 'there is "[1, 2]"'],
  ['', 'there is ""'],
  [true, 'there is true'],
  [1.5, 'there is 1.5'],
  [-1, 'there is -1'],
])('%j is no list', async (list, words) => {
  const error = await stepError(each(list));
  expect(error).toMatchObject({ code: 'NOT_A_LIST', details: { field: ['list'] } });
  expect(error.message).toContain(words);
});

test.each<[JsonValue, JsonObject, number]>([
  [Array.from({ length: 11 }, () => 1), { limit: 10 }, 11],
  [1e15, {}, 1e15],
  [10_001, { limit: 10_000 }, 10_001],
])('more items than it takes are refused before the first', async (list, more, count) => {
  const error = await stepError(each(list, more));
  expect(error).toMatchObject({ code: 'TOO_MANY_ITEMS', details: { count } });
  expect(error.message).toContain(`There are ${count} items`);
});

test.each([{ concurrency: 0 }, { concurrency: 21 }, { limit: 10_001 }, { onError: 'ignore' }, { list: '' }])(
  'refuses the config %j',
  (given) => {
    expect(forEach.config.safeParse({ list: '{{ x }}', ...given }).success).toBe(false);
  },
);

test('wants an expression or a number', () => {
  const codes = (list: string) => forEach.check?.(forEach.config.parse({ list }))?.map(({ code }) => code);
  expect(codes('{{ input.rows }}')).toEqual([]);
  expect(codes('10')).toEqual([]);
  expect(codes('input.rows')).toEqual(['for_each_no_expression']);
});
