import type { Logger } from 'pino';

/** Work that goes on after its caller got an answer. */
export interface Background {
  /** Takes a piece of work; `stop` is called when the process can wait no longer. A rejection is logged. */
  add(work: Promise<unknown>, stop: () => void): void;
  /** Resolves when all is done; after `graceMs` it stops what is left and waits for that. */
  drain(graceMs: number): Promise<void>;
}

export function createBackground(log: Logger): Background {
  const under = new Map<Promise<unknown>, () => void>();
  return {
    add(work, stop) {
      const settled = work
        .catch((error: unknown) => log.error({ err: error }, 'background work failed unexpectedly'))
        .finally(() => under.delete(settled));
      under.set(settled, stop);
    },
    async drain(graceMs) {
      const timer = setTimeout(() => {
        for (const stop of under.values()) stop();
      }, graceMs);
      while (under.size > 0) await Promise.all(under.keys());
      clearTimeout(timer);
    },
  };
}
