import { describe, expect, it } from 'vitest';
import { type RankedWord, rankChunks, rarity } from '#lib/knowledge/rank.ts';
import { mergeDuplicates } from '#lib/knowledge/rank-duplicates.ts';
import { editDistance } from '#lib/knowledge/rank-spelling.ts';

const BASE = { chunks: 100, length: 1000 };
const word = (term: string, chunks = 5, extra = false): RankedWord => ({
  terms: new Map([[term, 1]]),
  chunks,
  extra,
});
const chunk = (document: string, terms: string, headingTerms = '') => ({
  ...{ document, ordinal: 0, terms, headingTerms },
  length: terms.split(' ').length,
});
const order = (words: RankedWord[], chunks: ReturnType<typeof chunk>[]) =>
  rankChunks(words, chunks, BASE).map(({ chunk: { document } }) => document);

describe('the order of passages', () => {
  it('puts rare words before common ones', () => {
    const chunks = [chunk('common', 'day x y z'), chunk('rare', 'refund x y z')];

    expect(order([word('day', 60), word('refund', 2)], chunks)).toEqual(['rare', 'common']);
    expect(rarity(100, 100)).toBeGreaterThan(0);
  });

  it('puts all words before one many times', () => {
    const chunks = [chunk('many', 'refund refund refund refund'), chunk('both', 'refund a b day')];

    expect(order([word('refund'), word('day')], chunks)).toEqual(['both', 'many']);
  });

  it('puts a heading before the text, a short text before a long one', () => {
    const long = `refund ${'x '.repeat(40)}`.trim();

    expect(
      order(
        [word('refund')],
        [chunk('long', long), chunk('text', 'refund a b c d e'), chunk('heading', 'a b c d e', 'refund')],
      ),
    ).toEqual(['heading', 'text', 'long']);
  });

  it('puts words side by side before words apart', () => {
    const chunks = [chunk('apart', 'refund x y z w policy'), chunk('beside', 'x y z refund policy w')];

    expect(order([word('refund'), word('policy')], chunks)).toEqual(['beside', 'apart']);
  });

  it('counts what stands for a word for less, and what nobody needs to have as more', () => {
    const meant = { terms: new Map([['refund', 0.5]]), chunks: 5, extra: false };
    const [itself] = rankChunks([word('refund')], [chunk('a', 'refund')], BASE);
    const [instead] = rankChunks([meant], [chunk('a', 'refund')], BASE);
    const [extra] = rankChunks([word('refund'), word('x', 5, true)], [chunk('a', 'refund x')], BASE);

    expect(instead!.score).toBeLessThan(itself!.score);
    expect(extra!.score).toBeGreaterThan(itself!.score);
  });

  it('gives scores from 0 to 1, of which words that are missing take their share', () => {
    const texts = [chunk('a', 'refund policy', 'refund policy'), chunk('b', 'refund'), chunk('c', 'nothing')];
    const scores = rankChunks([word('refund'), word('policy')], texts, BASE).map(({ score }) => score);

    expect(scores).toHaveLength(2);
    expect(scores[0]).toBeGreaterThan(0.6);
    expect(scores[0]).toBeLessThanOrEqual(1);
    expect(scores[1]).toBeLessThan(0.4);
    expect(rankChunks([], texts, BASE)).toEqual([]);
  });

  it('is the same however the passages come', () => {
    const same = ['c', 'a', 'b'].map((document) => chunk(document, 'refund'));

    expect(order([word('refund')], same)).toEqual(['a', 'b', 'c']);
  });
});

describe('spelling', () => {
  it.each([
    ['refund', 'refund', 0],
    ['refnud', 'refund', 1],
    ['refun', 'refund', 1],
    ['rxfund', 'refund', 1],
    ['refundd', 'refund', 1],
    ['rxfnud', 'refund', 2],
    ['abc', 'xyz', 3],
    ['a', 'abcd', 3],
  ])('%s and %s', (one, other, distance) => {
    expect(editDistance(one, other, 2)).toBe(distance);
    expect(editDistance(other, one, 2)).toBe(distance);
  });
});

describe('duplicates', () => {
  const long =
    'The station has to be mounted ten metres above ground where nothing taller stands near it at all.';
  const hit = (documentId: string, text: string, fingerprint: string | null = '00000000000000ff') => ({
    ...{ documentId, document: `${documentId}.md`, text, fingerprint },
  });

  it('are told of by the best of them', () => {
    const merged = mergeDuplicates([
      hit('a', long),
      hit('b', long),
      hit('c', `${long} Really.`),
      hit('a', long),
    ]);

    expect(merged.map(({ documentId }) => documentId)).toEqual(['a']);
    expect(merged[0]!.also).toEqual([
      { document: 'b.md', documentId: 'b' },
      { document: 'c.md', documentId: 'c' },
    ]);
  });

  it('are none that differ in a number, in much of the text, or in what they stand under', () => {
    const numbers = [hit('a', `${long} It costs 100.`), hit('b', `${long} It costs 200.`)];
    const texts = [hit('a', long), hit('b', 'Something else, by chance with the same fingerprint.')];
    const places = [hit('a', 'See above.'), hit('b', 'See above.', 'ffffffffffffff00')];

    for (const hits of [numbers, texts, places]) {
      expect(mergeDuplicates(hits)).toEqual(hits);
    }
  });
});
