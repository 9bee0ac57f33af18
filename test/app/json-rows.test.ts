import { expect, it } from 'vitest';
import { jsonColumns, jsonRows, summary } from '#app/form/json-rows.ts';
import { parseJson } from '#app/form/json-text.ts';

const open = { isOpen: () => true, shown: () => 100 };

it('lists a value top down with path and depth', () => {
  const rows = jsonRows({ a: [true], b: 'x' }, open);
  expect(rows.map(({ path, depth, size }) => [path.join('.'), depth, size])).toEqual([
    ['', 0, 2],
    ['a', 1, 1],
    ['a.0', 2, null],
    ['b', 1, null],
  ]);
});

it('leaves out what is folded', () => {
  const rows = jsonRows({ a: { deep: 1 }, b: 2 }, { ...open, isOpen: ({ depth }) => depth === 0 });
  expect(rows.map(({ name }) => name)).toEqual([null, 'a', 'b']);
});

it('shows a long list page by page', () => {
  const rows = jsonRows(
    Array.from({ length: 250 }, (_, index) => index),
    open,
  );
  expect(rows).toHaveLength(102);
  expect(rows.at(-1)).toMatchObject({ more: 150, depth: 1 });
});

it('makes a table of a list of objects only', () => {
  expect(jsonColumns([{ id: 1 }, { id: 2, name: 'x' }])).toEqual(['id', 'name']);
  expect(jsonColumns([{ id: 1 }, 2])).toBeNull();
  expect(jsonColumns([])).toBeNull();
});

it('sums up what is folded', () => {
  expect(summary([1, 2, 3])).toBe('3 items');
  expect(summary({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toBe('{ a, b, c, d, … }');
});

it('says where a text stops being JSON', () => {
  expect(parseJson('{"a": 1}')).toEqual({ value: { a: 1 } });
  expect(parseJson('{"a": x}')).toMatchObject({ at: 6, fault: expect.stringContaining('not JSON yet') });
  expect(parseJson('{"a": ')).toMatchObject({ at: 6 });
});
