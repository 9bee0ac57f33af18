import type { StepError } from './errors.ts';

/** No pause between attempts is longer, ms; unless the other side asked for it. */
const LONGEST_PAUSE = 60_000;

/**
 * ms to wait after the `attempt`-th failed try: doubling from `backoffMs`, at half to full length by chance so
 * that many runs do not come back at once, and never sooner than the other side asked (`Retry-After`).
 */
export function pauseBefore(
  attempt: number,
  backoffMs: number,
  error: StepError,
  random: () => number,
): number {
  const full = Math.min(backoffMs * 2 ** (attempt - 1), LONGEST_PAUSE);
  return Math.max(Math.round(full * (0.5 + random() / 2)), error.retryAfterMs ?? 0);
}
