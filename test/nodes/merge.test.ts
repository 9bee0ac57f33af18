import { expect, test } from 'vitest';
import { merge } from '#lib/nodes/merge.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { runKind, stepError } from './run-kind.ts';

/** What comes of values that came in, by step. */
async function merged(mode: string, given: Record<string, JsonValue>): Promise<JsonValue> {
  const incoming = Object.entries(given).map(([key, value]) => ({ key, handle: 'out', value }));
  return (await runKind(merge, merge.config.parse({ mode }), { incoming })).value;
}

test('all: by step', async () => {
  expect(await merged('all', { a: 1, b: [2], c: null })).toEqual({ a: 1, b: [2], c: null });
});

test('first: the value of the way that came', async () => {
  expect(await merged('first', { b: { x: 1 } })).toEqual({ x: 1 });
  expect(merge.join?.(merge.config.parse({ mode: 'first' }))).toBe('first');
  for (const mode of ['all', 'combine']) expect(merge.join?.(merge.config.parse({ mode }))).toBe('all');
});

test('combine: objects into one, later members winning; lists into one; nothing counts for neither', async () => {
  expect(await merged('combine', { a: { x: 1, y: 1 }, b: null, c: { y: 2, z: 3 } })).toEqual({
    x: 1,
    y: 2,
    z: 3,
  });
  expect(await merged('combine', { a: [1], b: [], c: [[2], 3] })).toEqual([1, [2], 3]);
  expect(await merged('combine', { a: null })).toBeNull();
});

test('combine: a member cannot become a prototype', async () => {
  const value = (await merged('combine', { a: JSON.parse('{"__proto__":{"polluted":1},"b":2}') })) as object;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.keys(value)).toEqual(['__proto__', 'b']);
});

test.each<[Record<string, JsonValue>, string]>([
  [{ a: { x: 1 }, b: [1] }, '"a" gave an object, "b" gave a list'],
  [{ a: [1], b: 'x' }, '"a" gave a list, "b" gave a text'],
  [{ a: 1 }, '"a" gave a number'],
  [{ a: true }, '"a" gave a truth value'],
])('combine: %j is refused, with what came', async (given, words) => {
  const error = await stepError(merged('combine', given));
  expect(error.code).toBe('NOT_COMBINABLE');
  expect(error.message).toContain(words);
});
