import { describe, expect, test } from 'vitest';
import { list } from '#lib/nodes/list.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { runKind, stepError } from './run-kind.ts';

const orders: JsonValue = [
  { id: 1, city: 'Bern', price: 30, customer: { name: 'Ada' } },
  { id: 2, city: 'Ulm', price: '9', customer: { name: 'Bo' } },
  { id: 3, city: 'Bern', price: 120, customer: { name: 'ada' } },
  { id: 4, city: 'Rom', price: null },
];

async function applied(operations: object[], given: JsonValue = orders): Promise<JsonValue> {
  const { value } = await runKind(list, { list: given, operations }, { sleep: async () => {} });
  // Whatever it leaves is what it says it leaves.
  const config = list.config.parse({ list: '{{ input.items }}', operations });
  expect(compileSchema(list.outputSchema(config))(value)).toBeNull();
  return value;
}

const ids = (value: JsonValue) => (value as { id: number }[]).map(({ id }) => id);

describe('list', () => {
  test('keeps items for which all conditions hold, by a path within each', async () => {
    const conditions = [
      { path: 'city', operator: 'equals', value: 'Bern' },
      { path: 'price', operator: 'greater', value: '50' },
    ];
    expect(ids(await applied([{ type: 'filter', when: 'all', conditions }]))).toEqual([3]);
    expect(ids(await applied([{ type: 'filter', when: 'any', conditions }]))).toEqual([1, 3]);
    const named = [{ path: 'customer.name', operator: 'is_empty', value: '' }];
    expect(ids(await applied([{ type: 'filter', when: 'all', conditions: named }]))).toEqual([4]);
  });

  test('sorts numbers as numbers, texts by code units, what is missing last in both directions', async () => {
    const by = (path: string, direction: string) => [{ type: 'sort', by: [{ path, direction }] }];
    expect(ids(await applied(by('price', 'ascending')))).toEqual([2, 1, 3, 4]);
    expect(ids(await applied(by('price', 'descending')))).toEqual([3, 1, 2, 4]);
    expect(ids(await applied(by('customer.name', 'ascending')))).toEqual([1, 2, 3, 4]);
    expect(await applied(by('', 'ascending'), ['b', 10, 'ä', 'B', 9, 'a'])).toEqual([
      9,
      10,
      'B',
      'a',
      'b',
      'ä',
    ]);
  });

  test('sorts by a second field where the first is equal, and keeps the order where both are', async () => {
    const sort = {
      type: 'sort',
      by: [
        { path: 'city', direction: 'ascending' },
        { path: 'price', direction: 'descending' },
      ],
    };
    expect(ids(await applied([sort]))).toEqual([3, 1, 4, 2]);
    const same = [{ type: 'sort', by: [{ path: 'none', direction: 'descending' }] }];
    expect(ids(await applied(same))).toEqual([1, 2, 3, 4]);
  });

  test('cuts, picks and reverses, in the order that was written', async () => {
    const value = await applied([
      { type: 'reverse' },
      { type: 'skip', count: 1 },
      { type: 'limit', count: 2 },
      { type: 'pick', fields: { id: '', who: 'customer.name' } },
    ]);
    expect(value).toEqual([
      { id: 3, who: 'ada' },
      { id: 2, who: 'Bo' },
    ]);
  });

  test('removes duplicates: the first stays, and equal JSON is equal', async () => {
    expect(ids(await applied([{ type: 'unique', path: 'city' }]))).toEqual([1, 2, 4]);
    const same: JsonValue = [{ a: 1, b: 2 }, { b: 2, a: 1 }, 1, '1'];
    expect(await applied([{ type: 'unique', path: '' }], same)).toEqual([{ a: 1, b: 2 }, 1, '1']);
  });

  test('groups, with totals of each group', async () => {
    const value = await applied([
      { type: 'group', path: 'city', measures: [{ name: 'sold', of: 'sum', path: 'price' }] },
    ]);
    expect(value).toMatchObject([
      { key: 'Bern', count: 2, totals: { sold: 150 }, items: [{ id: 1 }, { id: 3 }] },
      { key: 'Ulm', count: 1, totals: { sold: 9 } },
      { key: 'Rom', count: 1, totals: { sold: 0 } },
    ]);
  });

  test('adds up; of nothing there is a count and a sum only', async () => {
    const measures = ['count', 'sum', 'average', 'min', 'max'].map((of) => ({ name: of, of, path: 'price' }));
    const aggregate = [{ type: 'aggregate', measures }];
    expect(await applied(aggregate)).toEqual({ count: 4, sum: 159, average: 53, min: 9, max: 120 });
    expect(await applied(aggregate, [])).toEqual({ count: 0, sum: 0, average: null, min: null, max: null });
  });

  test('says which value cannot be added up', async () => {
    const measures = [{ name: 'x', of: 'sum', path: 'city' }];
    const error = await stepError(applied([{ type: 'aggregate', measures }]));
    expect(error).toMatchObject({
      code: 'NOT_A_NUMBER',
      message: expect.stringContaining('"city" of an item is "Bern"'),
    });
  });

  test('reads names with dots and indexes, and nothing that is inherited', async () => {
    const items: JsonValue = [{ 'unit price': 1, tags: ['x', 'y'] }];
    const pick = {
      type: 'pick',
      fields: { a: '["unit price"]', b: 'tags[1]', c: 'toString', d: 'tags.length' },
    };
    expect(await applied([pick], items)).toEqual([{ a: 1, b: 'y', c: null, d: null }]);
    expect(list.config.safeParse({ list: 'x', operations: [{ type: 'unique', path: 'a..b' }] }).success).toBe(
      false,
    );
  });

  test('refuses what is no list, a list too long, and totals before the end', async () => {
    expect(await stepError(applied([], { a: 1 }))).toMatchObject({ code: 'NOT_A_LIST' });
    const long = Array.from({ length: 100_001 }, () => 0);
    expect(await stepError(applied([], long))).toMatchObject({ code: 'TOO_LARGE' });
    const operations = [{ type: 'aggregate', measures: [{ name: 'n', of: 'count' }] }, { type: 'reverse' }];
    const problems = list.check!(list.config.parse({ list: 'x', operations }));
    expect(problems).toMatchObject([{ code: 'list_aggregate_last', field: ['operations', 0] }]);
  });

  test('a long list lets others have their turn, and ends with its signal', async () => {
    const long = Array.from({ length: 100_000 }, (_, id) => ({ id: id % 1000 }));
    const operations = [{ type: 'reverse' }, { type: 'unique', path: 'id' }];
    const turns: number[] = [];
    const { value } = await runKind(
      list,
      { list: long, operations },
      { sleep: async () => void turns.push(1) },
    );
    expect(value).toHaveLength(1000);
    expect(turns).toHaveLength(2);
    const sleep = () => Promise.reject(new Error('aborted'));
    await expect(runKind(list, { list: long, operations }, { sleep })).rejects.toThrow('aborted');
  });
});
