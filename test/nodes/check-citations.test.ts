import { describe, expect, it, test } from 'vitest';
import { checkCitations } from '#lib/nodes/check-citations/check.ts';
import { checkedCitations } from '#lib/nodes/check-citations.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { runKind, stepError } from './run-kind.ts';

const sources = [
  {
    number: 1,
    text: 'Money is **paid back**\nwithin 14 days, unless the parcel is damaged.',
    title: 'Returns',
  },
  { number: 2, text: 'Shipping costs 5 EUR. It’s free from 50 EUR on.', title: 'Shipping' },
];

const whys = (text: string) => checkCitations(text, sources).map(({ why }) => why);

describe('a sentence is supported', () => {
  test.each([
    ['a source that is there', 'Money comes back in two weeks [1].'],
    ['a mark after the full stop', 'Money comes back in two weeks. [1]'],
    ['several', 'It may cost something [1, 2] or nothing at all [2].'],
    ['quoted words, whatever their white space, case and marks', 'They say “Paid back within 14 DAYS” [1].'],
    ['quoted words with other apostrophes', 'Then "it\'s free from 50 EUR on" [2].'],
    ['an ellipsis in a quotation', 'It is "paid back … unless the parcel is damaged." [1]'],
    ['a quotation in either of two sources', 'We read "shipping costs 5 EUR" there [1][2].'],
    ['a short name in quotation marks', 'The chapter "Returns" says so [2].'],
    ['a question', 'What happens to my money?'],
    ['a heading', '# What happens to my money'],
    ['what only leads on', 'This is what the handbook says:'],
  ])('by %s', (_, text) => {
    expect(whys(text)).toEqual([null]);
  });

  it('or says why not', () => {
    expect(whys('Money comes back tomorrow.')).toEqual(['it names no source']);
    expect(whys('Money comes back tomorrow [3].')).toEqual(['there is no source [3]']);
    expect(whys('They say "paid back within 30 days" [1].')).toEqual([
      'the words "paid back within 30 days" do not stand in [1]',
    ]);
    // The right words under the wrong number.
    expect(whys('They say "shipping costs 5 EUR" [1].')).toEqual([
      'the words "shipping costs 5 EUR" do not stand in [1]',
    ]);
    // In another order they are other words.
    expect(whys('It is "the parcel is damaged … paid back within" [1].')[0]).toContain('do not stand');
  });
});

it('goes sentence by sentence, and loses nothing of the text', () => {
  const text = 'Money comes back [1]. Shipping is free! [2] Everybody knows that it is so.\n\n- A list [9]\n';
  const sentences = checkCitations(text, sources);
  expect(sentences.map(({ text: sentence }) => sentence).join('')).toBe(text);
  expect(sentences.map(({ citations, supported }) => [citations, supported])).toEqual([
    [[1], true],
    [[2], true],
    [[], false],
    [[9], false],
  ]);
});

it('takes 200,000 characters without a full stop in its stride', () => {
  expect(checkCitations('[1] "'.repeat(40_000), sources).length).toBeGreaterThan(0);
});

describe('the step', () => {
  const text = 'Money comes back [1]. Whatever else is said is made up.';
  const run = (unsupported: string, citations: unknown = sources) =>
    runKind(checkedCitations, { text, citations, unsupported });

  it('marks what is not supported, or leaves it out, and names the sources that were used', async () => {
    const marked = (await run('flag')).value as JsonObject;
    expect(marked).toMatchObject({
      text: `${text} [not in the sources]`,
      supported: false,
      sources: [{ number: 1, title: 'Returns' }],
    });
    expect(await run('drop')).toMatchObject({ value: { text: 'Money comes back [1].' } });
  });

  it('fails where it is to fail', async () => {
    expect(await stepError(run('fail'))).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('"Whatever else is said is made up.": it names no source'),
    });
  });

  it('refuses sources without numbers or texts', async () => {
    await expect(run('flag', [{ number: 1 }])).rejects.toThrow('text');
    await expect(run('flag', 'none')).rejects.toThrow('citations');
  });
});
