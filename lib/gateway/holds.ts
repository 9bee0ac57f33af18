const MAX_PER_CALLER = 100;
const MAX_PER_PROCESS = 1000;

/** A call that keeps its stream open while a question of its run is with the client. */
export interface Hold {
  /** Aborts when the process is about to end. */
  closing: AbortSignal;
  release(): void;
}

/** Calls that wait for a client. They hold no place among the running ones; a stream each is what they cost. */
export class Holds {
  readonly #perCaller = new Map<string, number>();
  readonly #closing = new AbortController();
  #all = 0;

  /** Null when there are too many already. */
  tryEnter(caller: string): Hold | null {
    const own = this.#perCaller.get(caller) ?? 0;
    if (this.#closing.signal.aborted || own >= MAX_PER_CALLER || this.#all >= MAX_PER_PROCESS) return null;
    this.#add(caller, 1);
    let held = true;
    return {
      closing: this.#closing.signal,
      release: () => {
        if (held) this.#add(caller, -1);
        held = false;
      },
    };
  }

  close(): void {
    this.#closing.abort(new Error('The process is about to end.'));
  }

  #add(caller: string, by: 1 | -1): void {
    this.#all += by;
    const own = (this.#perCaller.get(caller) ?? 0) + by;
    if (own === 0) this.#perCaller.delete(caller);
    else this.#perCaller.set(caller, own);
  }
}
