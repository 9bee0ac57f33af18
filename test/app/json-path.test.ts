import { describe, expect, it } from 'vitest';
import { expressionPath, isWithin, moved, valueAt, withValueAt } from '#app/form/json-path.ts';

describe('a path into a value', () => {
  it('reads members and items, and nothing that is not its own', () => {
    const value = { items: [{ id: 7 }] };
    expect(valueAt(value, ['items', 0, 'id'])).toBe(7);
    expect(valueAt(value, ['items', 1, 'id'])).toBeUndefined();
    expect(valueAt(value, ['constructor'])).toBeUndefined();
  });

  it('changes one place and shares the rest', () => {
    const value = { left: { kept: true }, right: [1, 2] };
    const next = withValueAt(value, ['right', 1], 3);
    expect(next).toEqual({ left: { kept: true }, right: [1, 3] });
    expect((next as typeof value).left).toBe(value.left);
    expect(value.right).toEqual([1, 2]);
  });

  it('makes what is missing on the way, and removes with undefined', () => {
    expect(withValueAt({}, ['body', 'fields', 'a'], 'x')).toEqual({ body: { fields: { a: 'x' } } });
    expect(withValueAt({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 });
    expect(withValueAt({ list: [1, 2, 3] }, ['list', 1], undefined)).toEqual({ list: [1, 3] });
  });

  it('is written as an expression reads it', () => {
    expect(expressionPath('steps.fetch', ['body', 'items', 0, 'x-id'])).toBe(
      'steps.fetch.body.items[0]["x-id"]',
    );
  });

  it('knows what is inside of it', () => {
    expect(isWithin(['headers', 'X-Id'], ['headers'])).toBe(true);
    expect(isWithin(['header'], ['headers'])).toBe(false);
  });
});

it('moves an item of a list', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
});
