import { describe, expect, it } from 'vitest';
import { reviewOf } from '#app/canvas/publish/review.ts';
import type { Contract } from '#lib/workflow/contract.ts';

const LIVE: Contract = {
  kind: 'tool',
  name: 'find_order',
  title: 'Find an order',
  description: 'Finds an order by its number. Use it when a customer asks where a parcel is.',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    properties: {
      order: { type: 'integer', minimum: 1, description: 'The number that stands on the invoice.' },
    },
    required: ['order'],
  },
  outputSchema: { type: 'object', properties: { state: { type: 'string' } }, required: ['state'] },
};

describe('what publishing means for clients', () => {
  it('is smooth when nobody breaks and the definition has no fault of weight', () => {
    const titled = { ...LIVE, title: 'Order' };
    const review = reviewOf(titled, LIVE, { project: 'shop', others: ['refund_order'] });
    expect(review).toMatchObject({
      smooth: true,
      breaking: [],
      changes: [{ impact: 'cosmetic', message: 'The title is another' }],
    });
    expect(review.lint.score).toBeGreaterThanOrEqual(95);
  });

  it('is not smooth when it breaks callers', () => {
    const without: Contract = { ...LIVE, outputSchema: null };
    const review = reviewOf(without, LIVE, {});
    expect(review.smooth).toBe(false);
    expect(review.breaking).toEqual([
      { impact: 'breaking', message: 'The answer has no structured content any more' },
    ]);
  });

  it('is not smooth when the definition has a fault of weight, also of the first version', () => {
    const undescribed = reviewOf({ ...LIVE, description: '' }, null, {});
    expect(undescribed.smooth).toBe(false);
    expect(undescribed.changes).toBeNull();
    expect(undescribed.lint.advice[0]).toMatchObject({ code: 'description_missing', points: 40 });
    expect(reviewOf({ ...LIVE, annotations: {} }, null, {}).smooth).toBe(true);
    expect(reviewOf(LIVE, null, { others: ['find_orders'] }).smooth).toBe(false);
  });
});
