import type { Capabilities } from './capabilities.ts';

/** The machine's own time and randomness. Everything else in the engine reads them from here or from a test's. */
export const systemClock: Pick<Capabilities, 'now' | 'random' | 'sleep'> = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      function stop(): void {
        clearTimeout(timer);
        reject(signal.reason);
      }
      signal.addEventListener('abort', stop, { once: true });
    }),
};
