import { expect, test } from 'vitest';
import { draftWords } from '#app/canvas/system/draft-words.ts';
import { matchScore } from '#app/canvas/system/match-score.ts';
import { shapeOf } from '#app/canvas/system/shape.ts';
import { kinds } from '#lib/nodes/index.ts';

test.each([
  [null, null, null, 'Draft, never published'],
  [3, 3, 2, 'Draft, 2 changes since v3'],
  [3, 5, 1, 'Draft, 1 change since v3'],
  [3, 3, 0, 'Live v3, no changes'],
  [null, 3, 0, 'v3, not live'],
  [null, 3, 4, 'Draft, 4 changes since v3, not live'],
])('live %s, latest %s, %s changes: %s', (liveVersion, latestVersion, changes, words) => {
  expect(draftWords({ liveVersion, latestVersion, changes })).toBe(words);
});

test('a search finds names by their beginning first, then words, then what is said about them', () => {
  expect(matchScore('Set values', 'set')).toBe(1);
  expect(matchScore('HTTP request', 'request')).toBe(0.8);
  expect(matchScore('JavaScript', 'script')).toBe(0.6);
  expect(matchScore('Knowledge look-up', 'passages', ['Searches documents for passages'])).toBe(0.3);
  expect(matchScore('Knowledge look-up', 'set', ['Searches documents for passages'])).toBe(0);
});

test.each([
  ['loop', 'for-each'],
  ['iterate', 'for-each'],
  ['sleep', 'wait'],
  ['delay', 'wait'],
  ['postgres', 'sql'],
  ['database', 'sql'],
  ['csv', 'parse'],
  ['xml', 'parse'],
  ['confirm', 'approve'],
  ['human', 'ask-user'],
  ['sub-workflow', 'run-workflow'],
  ['sub workflow', 'run-workflow'],
  ['openai', 'ai-model'],
  ['claude', 'ai-model'],
  ['gpt', 'ai-model'],
  ['llm', 'ai-model'],
  ['cache', 'store'],
  ['filter', 'list'],
  ['sort', 'list'],
  ['map', 'set'],
  ['api', 'http'],
  ['switch', 'switch'],
])('who types "%s" is offered %s first', (typed, type) => {
  const offered = [...kinds.values()].map((kind) => ({
    type: kind.type,
    score: matchScore(kind.title, typed, [kind.type, kind.summary, ...(kind.keywords ?? [])]),
  }));
  // Sorting is stable: of equals the first of the palette wins.
  expect(offered.sort((a, b) => b.score - a.score)[0]?.type).toBe(type);
});

test('the shape of a schema names types at its leaves', () => {
  expect(
    shapeOf({
      type: 'object',
      properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } }, any: {} },
    }),
  ).toEqual({ id: 'integer', tags: ['string'], any: null });
});
