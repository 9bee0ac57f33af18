import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAt } from '#lib/gateway/cut-text.ts';
import { resultPart, textsOf } from '#lib/gateway/result-part.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

const first = (text: string, room: number) => text.slice(0, cutAt(text, 0, room));

describe('a text is cut', () => {
  it('after a paragraph, else a line, else a sentence, else a word, as long as half of the room is used', () => {
    expect(first('One one. Two\ntwo.\n\nThree three. Four four.', 30)).toBe('One one. Two\ntwo.\n\n');
    expect(first('One.\n\nTwo two two. Three\nthree. Four four. Five.', 40)).toBe(
      'One.\n\nTwo two two. Three\n',
    );
    expect(first('One one one one. Two two (two.) Three three', 36)).toBe('One one one one. Two two (two.) ');
    expect(first('one two three four', 12)).toBe('one two ');
    expect(first('一二三四。五六七八九十', 8)).toBe('一二三四。');
    expect(first('abcdefghijkl', 5)).toBe('abcde');
  });

  it('not at all when it fits', () => {
    expect(first('One. Two.', 9)).toBe('One. Two.');
    expect(cutAt('One. Two.', 5, 4)).toBe(9);
  });

  it('never inside of a surrogate pair', () => {
    expect(first('ab😀😀😀', 5)).toBe('ab😀');
    expect(first('ab😀😀😀', 6)).toBe('ab😀😀');
  });

  it('of JSON after an element, the outermost there is', () => {
    const rows = JSON.stringify([{ a: 1, b: 'x, y' }, { a: 2, b: ', "' }, { a: 3 }, { a: 4 }]);
    expect(first(rows, 42)).toBe('[{"a":1,"b":"x, y"},{"a":2,"b":", \\""},');
    // Inside of one element that is larger than the room.
    expect(first('{"rows":["aaa","bbb","ccc","ddd"]}', 20)).toBe('{"rows":["aaa",');
    // A text that is larger than the room is cut as a text.
    expect(first('["one two three four five six"]', 16)).toBe('["one two three ');
  });
});

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.lorem({ mode: 'sentences', maxCount: 40 }),
  fc.json({ maxDepth: 4 }),
  fc
    .array(fc.record({ id: fc.nat(), name: fc.string() }), { maxLength: 80 })
    .map((rows) => JSON.stringify(rows)),
);
const item = fc.oneof(
  texts.map((text) => ({ type: 'text', text })),
  texts.map((text) => ({ type: 'resource', resource: { uri: 'a://b', mimeType: 'text/markdown', text } })),
  fc.constant({ type: 'image', data: 'AAAA', mimeType: 'image/png' }),
);

describe('the parts of an answer', () => {
  it('joined are the whole, none is larger than the budget or cuts a character', () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 6 }),
        fc.integer({ min: 602, max: 2500 }),
        (content, budget) => {
          const whole = joined(...content);
          let read = '';
          for (let from = 0, parts = 0; ; parts++) {
            const part = resultPart(content, from, budget);
            const text = joined(...part.content);
            read += text;
            expect(part.total).toBe(whole.length);
            expect(text.length).toBeLessThanOrEqual(budget);
            expect(isWhole(whole, part.end)).toBe(true);
            if (part.end === part.total) break;
            expect(part.end).toBe(from + text.length);
            expect(part.end).toBeGreaterThan(from);
            expect(text.length).toBeLessThanOrEqual(budget - 600);
            expect(parts).toBeLessThan(whole.length + 1);
            from = part.end;
          }
          expect(read).toBe(whole);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('have links and files in the first only', () => {
    const content: JsonObject[] = [
      { type: 'text', text: 'a'.repeat(1000) },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'text', text: 'b'.repeat(1000) },
    ];
    const one = resultPart(content, 0, 1700);
    expect(one.content.map(({ type }) => type)).toEqual(['text', 'image']);
    const two = resultPart(content, one.end, 1700);
    expect([one.end, two.content]).toEqual([1000, [content[2]]]);
  });
});

function joined(...content: JsonObject[]): string {
  return textsOf(content)
    .map(({ text }) => text)
    .join('');
}

function isWhole(text: string, at: number): boolean {
  return !/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
