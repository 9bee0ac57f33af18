import { describe, expect, it } from 'vitest';
import { fileIn } from '#app/form/file-line.tsx';
import { jsonColumns, jsonMatches, jsonRows, summary } from '#app/form/json-rows.ts';
import { parseJson } from '#app/form/json-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

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

describe('a search in a value', () => {
  const value: JsonValue = {
    id: 7,
    lines: [{ item: 'Cable' }, { item: 'jack', cable: { size: 1 } }],
    note: 'no CABLE',
  };

  it('finds names and values, whatever their case', () => {
    expect(jsonMatches(value, 'cable', 10).map((path) => path.join('.'))).toEqual([
      'lines.0.item',
      'lines.1.cable',
      'note',
    ]);
    expect(jsonMatches(value, '7', 10)).toEqual([['id']]);
    expect(jsonMatches(value, 'cable', 1)).toHaveLength(1);
  });

  it('shows what it found, and what is on the way to it', () => {
    const folded = { ...open, isOpen: () => false };
    const rows = jsonRows(value, { ...folded, only: jsonMatches(value, 'cable', 10) });
    expect(rows.map(({ path }) => path.join('.'))).toEqual([
      '',
      'lines',
      'lines.0',
      'lines.0.item',
      'lines.1',
      'lines.1.cable',
      'note',
    ]);
    const unfolded = jsonRows(value, { ...open, only: [['lines', 1, 'cable']] });
    expect(unfolded.at(-1)?.path).toEqual(['lines', 1, 'cable', 'size']);
  });
});

it('tells a file from data', () => {
  const file = {
    file: '0b54c1c0-9d5f-4b9e-8a57-7d4f6f9a1f10',
    name: 'a.pdf',
    mimeType: 'application/pdf',
    bytes: 9,
  };
  expect(fileIn(file)).toEqual(file);
  expect(fileIn({ ...file, file: '../etc' })).toBeNull();
  expect(fileIn({ name: 'a.pdf' })).toBeNull();
  expect(fileIn('a.pdf')).toBeNull();
});
