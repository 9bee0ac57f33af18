import { AppError } from '#lib/db/app-error.ts';

const WINDOW_MS = 15 * 60_000;
const LIMIT = 10;
/** More names than this are not remembered: the oldest go first, so that memory stays bounded under a flood. */
const MOST_NAMES = 50_000;

/** Counts failed tries per account, per address, or whatever else has a name. */
export interface Attempts {
  /** Throws `too_many` with `retryAfterMs` while any of the names has used up its tries. */
  check(names: readonly string[]): void;
  /** Notes one failed try for each name. */
  failed(names: readonly string[]): void;
  /** The account proved itself. */
  clear(name: string): void;
}

/** 10 tries in 15 minutes for every name, in the memory of this process. */
export function createAttempts(now: () => number = Date.now): Attempts {
  const failures = new Map<string, number[]>();

  const recent = (name: string): number[] =>
    (failures.get(name) ?? []).filter((at) => at > now() - WINDOW_MS);

  return {
    check(names) {
      for (const name of names) {
        const times = recent(name);
        if (times.length < LIMIT) continue;
        const retryAfterMs = times[0]! + WINDOW_MS - now();
        const minutes = Math.ceil(retryAfterMs / 60_000);
        throw new AppError(
          'too_many',
          `Too many tries. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
          { retryAfterMs },
        );
      }
    },
    failed(names) {
      for (const name of names) {
        const times = [...recent(name), now()].slice(-LIMIT);
        failures.delete(name);
        failures.set(name, times);
      }
      while (failures.size > MOST_NAMES) {
        const oldest = failures.keys().next();
        if (oldest.done) break;
        failures.delete(oldest.value);
      }
    },
    clear(name) {
      failures.delete(name);
    },
  };
}
