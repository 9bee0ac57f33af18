import { expect, it } from 'vitest';
import { jsonTextPlace, withinJsonText } from '#app/form/json-text-place.ts';

const text = '{\n  "a": [1, { "b": "x {{ steps.q[\\"k\\"] }}" }],\n  "c": null\n}';

function at(path: (string | number)[]): string | null {
  const place = jsonTextPlace(text, path);
  return place && text.slice(place.from, place.to);
}

it('finds a value in its text', () => {
  expect(at(['a', 0])).toBe('1');
  expect(at(['a', 1, 'b'])).toBe('x {{ steps.q[\\"k\\"] }}');
  expect(at(['c'])).toBe('null');
  expect(at([])).toBe(text);
  expect(at(['a', 2])).toBeNull();
  expect(at(['gone'])).toBeNull();
});

it('finds a range of a text whose quotes are escaped', () => {
  const value = 'x {{ steps.q["k"] }}';
  const start = value.indexOf('["k"]');
  const place = withinJsonText(text, jsonTextPlace(text, ['a', 1, 'b'])!, { start, end: start + 5 });
  expect(text.slice(place.from, place.to)).toBe('[\\"k\\"]');
});
