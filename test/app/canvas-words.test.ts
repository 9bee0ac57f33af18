import { expect, test } from 'vitest';
import { draftWords } from '#app/canvas/system/draft-words.ts';

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
