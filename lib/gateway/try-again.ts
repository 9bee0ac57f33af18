import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/db/app-error.ts';

const TRIES = 8;
const PAUSE_MS = 500;

/**
 * Does what must not get lost because the database did not answer for a moment: tries it eight times, half a second
 * apart. What it does must be good to do twice. Throws as `work`.
 */
export async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const passes = error instanceof AppError && error.code === 'unavailable';
      if (!passes || tries === TRIES) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
