/** Classes of one doubling. */
const PER_DOUBLING = 4;
/** The last class begins at 4.7 hours, and holds all that took longer. */
const LAST = 24 * PER_DOUBLING + 1;

/** How many calls fell into each class of durations. */
export type Durations = ReadonlyMap<number, number>;

/** The class of a duration in ms: 0 for less than one, then four for each doubling. */
export function durationClass(ms: number): number {
  if (!(ms >= 1)) return 0;
  return Math.min(LAST, 1 + Math.floor(Math.log2(ms) * PER_DOUBLING));
}

/** The duration in ms that a share of the calls (0.5, 0.95) did not exceed; null when there were none. */
export function percentile(durations: Durations, share: number): number | null {
  let total = 0;
  for (const count of durations.values()) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let before = 0;
  for (const [bucket, count] of [...durations].sort(([a], [b]) => a - b)) {
    before += count;
    if (before >= rank) return middleOf(bucket);
  }
  return null;
}

/** On the scale of its logarithm: no duration of the class is further away than 9 %. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0.5 : 2 ** ((bucket - 0.5) / PER_DOUBLING);
}
