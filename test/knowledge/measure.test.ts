import { describe, expect, it, test } from 'vitest';
import { type Found, measure, metricsOf } from '#lib/knowledge/measure.ts';

const passage = (documentId: string, more: Partial<Found> = {}): Found => ({
  documentId,
  title: `Title ${documentId}`,
  headings: [],
  text: '',
  ...more,
});
const found = (...ids: string[]) => ids.map((id) => passage(id));
const expected = (...ids: string[]) => ids.map((id) => ({ documents: [id] }));

describe('one question', () => {
  test.each([
    // Right at once; of one place, so the order is the best there is.
    [found('a', 'b'), expected('a'), 1, 1],
    // Third: 1 / log2(4) of the best, 1 / log2(2).
    [found('b', 'c', 'a'), expected('a'), 3, 0.5],
    // Nothing right, nothing found.
    [found('b', 'c'), expected('a'), null, 0],
    [[], expected('a'), null, 0],
    // Two places, at 1 and 3: (1 + 0.5) / (1 + 1 / log2(3)).
    [found('a', 'c', 'b'), expected('a', 'b'), 1, 1.5 / (1 + 1 / Math.log2(3))],
    // Another passage of a place that counts already adds nothing.
    [found('a', 'a', 'b'), expected('a', 'b'), 1, 1.5 / (1 + 1 / Math.log2(3))],
    // Eleventh: it has a rank, and is nothing to nDCG@10.
    [found(...'bcdefghijk', 'a'), expected('a'), 11, 0],
    // The second of two places in the second row: 1/log2(3) of what both would give.
    [found('x', 'b'), expected('a', 'b'), 2, 1 / Math.log2(3) / (1 + 1 / Math.log2(3))],
  ])('case %#', (hits, places, rank, ndcg) => {
    const measured = measure(hits, places);
    expect(measured.rank).toBe(rank);
    expect(measured.ndcg).toBeCloseTo(ndcg, 10);
  });

  it('is right by document, by section, or by words whose white space and case may differ', () => {
    const hits = [
      passage('a', { headings: ['Guide', 'Other'], text: 'Money is paid back.' }),
      passage('a', { headings: ['Guide', 'Returns'], text: 'Money is paid\n  back within 14 DAYS.' }),
    ];
    const rank = (place: object) => measure(hits, [{ documents: ['a'], ...place }]).rank;
    expect(rank({})).toBe(1);
    expect(rank({ heading: 'returns' })).toBe(2);
    expect(rank({ heading: 'Title a' })).toBe(1);
    expect(rank({ heading: 'Return' })).toBeNull();
    const small = passage('a', { text: 'Before.\n\n## Opening  hours\n\nAt nine. # Not this' });
    expect(measure([small], [{ documents: ['a'], heading: 'opening hours' }]).rank).toBe(1);
    expect(measure([small], [{ documents: ['a'], heading: 'Not this' }]).rank).toBeNull();
    expect(rank({ quote: 'paid back within 14 days' })).toBe(2);
    expect(rank({ quote: 'paid back within 30 days' })).toBeNull();
    expect(rank({ heading: 'Other', quote: '14 days' })).toBeNull();
    expect(rank({ documents: ['b'] })).toBeNull();
    expect(rank({ documents: ['b', 'a'] })).toBe(1);
    expect(rank({ documents: [] })).toBeNull();
  });

  it('is right by a document that says nearly the same', () => {
    const hits = [passage('copy', { also: [{ documentId: 'a' }] })];
    expect(measure(hits, expected('a')).rank).toBe(1);
  });
});

it('of several questions the means are taken', () => {
  const ranks = [1, 2, 4, 7, null];
  const metrics = metricsOf(ranks.map((rank) => ({ rank, ndcg: rank === null ? 0 : 1 / rank })));
  expect(metrics.questions).toBe(5);
  expect(metrics.recall).toEqual({ 1: 0.2, 3: 0.4, 5: 0.6, 10: 0.8 });
  // (1 + 1/2 + 1/4 + 1/7) / 5
  expect(metrics.mrr).toBeCloseTo(0.378571, 6);
  expect(metricsOf([])).toEqual({ questions: 0, recall: { 1: 0, 3: 0, 5: 0, 10: 0 }, mrr: 0, ndcg: 0 });
});
