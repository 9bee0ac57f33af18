import { createHash } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Events } from '#lib/db/events.ts';

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
  /** That try was none that failed: takes it back. Others that were noted stay. */
  undo(name: string): void;
}

/** What the other processes are told: names as hashes, for they hold addresses of people. */
type News = { failed: string[] } | { cleared: string } | { undone: string };

/**
 * 10 tries in 15 minutes for every name. Each process counts in its memory, what it saw itself and what the others tell
 * by an event: together they let through no more than ten, and a few milliseconds' worth where tries hit several at
 * the same moment.
 */
export function createAttempts(
  events: Pick<Events, 'publish' | 'subscribe'>,
  now: () => number = Date.now,
): Attempts {
  const failures = new Map<string, number[]>();
  /** What this process itself sends comes back to it, too. */
  let telling = false;

  const recent = (name: string): number[] =>
    (failures.get(name) ?? []).filter((at) => at > now() - WINDOW_MS);

  events.subscribe('attempts', (payload) => {
    if (telling) return;
    const news = payload as News;
    if ('failed' in news) note(news.failed);
    else if ('undone' in news) failures.get(news.undone)?.pop();
    else failures.delete(news.cleared);
  });

  function tell(news: News): void {
    telling = true;
    void events.publish('attempts', news);
    telling = false;
  }

  function note(names: readonly string[]): void {
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
  }

  return {
    check(names) {
      for (const name of names.map(hashOf)) {
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
      const hashes = names.map(hashOf);
      note(hashes);
      tell({ failed: hashes });
    },
    clear(name) {
      const hash = hashOf(name);
      if (!failures.delete(hash)) return;
      tell({ cleared: hash });
    },
    undo(name) {
      const hash = hashOf(name);
      failures.get(hash)?.pop();
      tell({ undone: hash });
    },
  };
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 22);
}
