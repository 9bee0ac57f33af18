const WINDOW_MS = 60_000;
const KILLS = 3;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

interface Trouble {
  /** When its last kills were. */
  kills: number[];
  refusedUntil: number;
  pauseMs: number;
}

/**
 * Refuses code that keeps killing its process: three kills within a minute stop it for a minute, and each further
 * time for twice as long, up to a quarter of an hour. Times are ms of any clock that does not jump.
 */
export class Breaker {
  #troubles = new Map<string, Trouble>();

  /** ms until code with this key may run again; 0 when it may run now. */
  waitMs(key: string, now: number): number {
    return Math.max(0, (this.#troubles.get(key)?.refusedUntil ?? 0) - now);
  }

  /** The code with this key killed its process, or made it necessary. */
  killed(key: string, now: number): void {
    this.#forgetOld(now);
    const trouble = this.#troubles.get(key) ?? { kills: [], refusedUntil: 0, pauseMs: FIRST_PAUSE_MS };
    trouble.kills = [...trouble.kills.filter((at) => at > now - WINDOW_MS), now];
    if (trouble.kills.length >= KILLS) {
      trouble.kills = [];
      trouble.refusedUntil = now + trouble.pauseMs;
      trouble.pauseMs = Math.min(2 * trouble.pauseMs, LONGEST_PAUSE_MS);
    }
    this.#troubles.set(key, trouble);
  }

  /** Code that has been good for the longest pause starts anew. */
  #forgetOld(now: number): void {
    for (const [key, trouble] of this.#troubles) {
      const last = Math.max(trouble.refusedUntil, trouble.kills.at(-1) ?? 0);
      if (now - last > LONGEST_PAUSE_MS) this.#troubles.delete(key);
    }
  }
}
