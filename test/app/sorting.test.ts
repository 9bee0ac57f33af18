import { describe, expect, it } from 'vitest';
import { readSort, sorted, sortText } from '#app/ui/sorting.ts';

const rows = [
  { name: 'tool 10', size: 5, at: null },
  { name: 'Tool 2', size: 5, at: '2026-01-02' },
  { name: 'atlas', size: 80, at: '2026-01-03' },
];
const values = {
  name: (row: (typeof rows)[number]) => row.name,
  size: (row: (typeof rows)[number]) => row.size,
  at: (row: (typeof rows)[number]) => row.at,
};
const names = (by: keyof typeof values, down: boolean) =>
  sorted(rows, { by, down }, values).map(({ name }) => name);

describe('lists', () => {
  it('are sorted by words and by numbers; what has no value is last either way', () => {
    expect(names('name', false)).toEqual(['atlas', 'Tool 2', 'tool 10']);
    expect(names('name', true)).toEqual(['tool 10', 'Tool 2', 'atlas']);
    expect(names('size', false)).toEqual(['tool 10', 'Tool 2', 'atlas']);
    expect(names('size', true)).toEqual(['atlas', 'tool 10', 'Tool 2']);
    expect(names('at', false)).toEqual(['Tool 2', 'atlas', 'tool 10']);
    expect(names('at', true)).toEqual(['atlas', 'Tool 2', 'tool 10']);
  });

  it('keep their order in the address', () => {
    const usual = { by: 'name', down: false } as const;
    const columns = ['name', 'size'] as const;
    expect(readSort('-size', columns, usual)).toEqual({ by: 'size', down: true });
    expect(readSort(sortText({ by: 'size', down: false }), columns, usual)).toEqual({
      by: 'size',
      down: false,
    });
    for (const other of [null, '', '-', 'colour', '--size']) {
      expect(readSort(other, columns, usual)).toEqual(usual);
    }
  });
});
