import { AppError } from '#lib/db/app-error.ts';

/** So many of a kind in a time, by name; in the memory of this process. */
export interface Rate {
  /** Counts one. Throws `too_many` with `retryAfterMs` when it is one too many. */
  take(name: string): void;
}

/** More names than this are not remembered: the oldest go first, so that memory stays bounded under a flood. */
const MOST_NAMES = 50_000;

/** `limit` in every `windowMs`, for each name. */
export function createRate(limit: number, windowMs: number, now: () => number = Date.now): Rate {
  const windows = new Map<string, { since: number; count: number }>();

  return {
    take(name) {
      let window = windows.get(name);
      if (!window || now() - window.since >= windowMs) {
        window = { since: now(), count: 0 };
        windows.delete(name);
        windows.set(name, window);
        if (windows.size > MOST_NAMES) windows.delete(windows.keys().next().value!);
      }
      window.count += 1;
      if (window.count <= limit) return;
      const retryAfterMs = Math.max(0, window.since + windowMs - now());
      throw new AppError('too_many', 'Too many requests. Try again in a moment.', { retryAfterMs });
    },
  };
}
