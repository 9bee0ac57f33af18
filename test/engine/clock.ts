import type { Capabilities } from '#lib/engine/capabilities.ts';

export interface TestClock extends Pick<Capabilities, 'now' | 'random' | 'sleep'> {
  /** Lets ms pass: wakes whoever's time has come, in order, and lets each do what it does next. */
  advance(ms: number): Promise<void>;
  /** ms until each sleeper that is still asleep, in the order they lay down. */
  asleep(): number[];
}

/** Time that stands still until told, and chance that always says one half. */
export function testClock(start = 1_000_000): TestClock {
  let time = start;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => time,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: time + ms, wake: resolve };
        if (signal.aborted) return reject(signal.reason);
        sleepers.add(sleeper);
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    asleep: () => [...sleepers].map(({ at }) => at - time),
    async advance(ms) {
      const until = time + ms;
      await settled();
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > until) break;
        time = next.at;
        sleepers.delete(next);
        next.wake();
        await settled();
      }
      time = until;
    },
  };
}

/** When everything that can happen without time passing has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
