import type { RunOptions, RunState } from './run.ts';

/**
 * Stores the states of one run, one after the other, so that an older one never overwrites a newer one. Whoever asks
 * while one is being stored shares the next.
 */
export class StoredStates {
  private readonly checkpoint: NonNullable<RunOptions['checkpoint']>;
  private readonly state: () => RunState | null;
  private last: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  /** `state` gives what is to be stored, at the time it is; null when nothing is any more. */
  constructor(checkpoint: NonNullable<RunOptions['checkpoint']>, state: () => RunState | null) {
    this.checkpoint = checkpoint;
    this.state = state;
  }

  /** Resolves when a state is stored that says all that was so when this was called. */
  store(): Promise<void> {
    this.next ??= this.last.then(() => {
      this.next = null;
      const state = this.state();
      const stored = state ? this.checkpoint(state) : Promise.resolve();
      // One that could not be stored does not keep the next from it.
      this.last = stored.catch(() => {});
      return stored;
    });
    return this.next;
  }
}
