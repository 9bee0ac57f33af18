import { describe, expect, it, test } from 'vitest';
import { indexOfText, lastIndexOfText, splitText } from '#lib/workflow/find-text.ts';
import { pick, seeded } from './random.ts';
import { value } from './scopes.ts';

/** Texts of two letters, as long as the short ones and longer: full of places that almost match. */
function pairs(): { text: string; sought: string; from: number }[] {
  const random = seeded(7);
  const letters = (most: number) =>
    Array.from({ length: Math.floor(random() * most) }, () => pick(random, ['a', 'a', 'a', 'b'])).join('');
  return Array.from({ length: 500 }, () => {
    const unit = letters(40);
    const text = `${letters(30)}${unit.repeat(5)}${letters(30)}`;
    const at = Math.floor(random() * text.length);
    const sought = pick(random, [unit, unit.repeat(2), text.slice(at, at + 40), letters(60)]);
    return { text, sought, from: Math.floor(random() * 250) - 10 };
  });
}

describe('finds what JavaScript finds', () => {
  it('forwards, backwards and everywhere', () => {
    let long = 0;
    for (const { text, sought, from } of pairs()) {
      if (sought.length > 32 && text.includes(sought)) long += 1;
      const native = [
        text.indexOf(sought),
        text.indexOf(sought, from),
        text.lastIndexOf(sought),
        text.lastIndexOf(sought, from),
        text.split(sought),
        text.split(sought, 2),
      ];
      const own = [
        indexOfText(text, sought),
        indexOfText(text, sought, from),
        lastIndexOfText(text, sought),
        lastIndexOfText(text, sought, from),
        splitText(text, sought),
        splitText(text, sought, 2),
      ];
      expect(own, `${text} / ${sought} / ${from}`).toEqual(native);
    }
    expect(long).toBeGreaterThan(100);
  });
});

describe('texts made to be searched for long', () => {
  const text = 'a'.repeat(1_000_000);
  const middle = `${'a'.repeat(300_000)}b${'a'.repeat(100_000)}`;
  const input = { text, middle, last: `${'a'.repeat(400_000)}b` };

  // Each of these held the process for 20 to 80 seconds.
  test.each([
    ['input.text.includes(input.middle)', false],
    ['input.text.indexOf(input.middle)', -1],
    ['input.text.lastIndexOf(input.last)', -1],
    ['input.text.split(input.middle).length', 1],
    ['input.text.replaceAll(input.middle, "").length', 1_000_000],
  ])('%s', (expression, expected) => {
    expect(value(expression, { input })).toBe(expected);
  });
});
