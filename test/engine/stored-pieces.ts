import type { RunState } from '#lib/engine/run.ts';
import { joinState, StateSplitter } from '#lib/engine/state-pieces.ts';

/** What a database would hold of a run that goes on. */
export class StoredPieces {
  readonly pieces = new Map<number, string>();
  written = 0;
  splitter: StateSplitter;

  constructor(splitter = new StateSplitter()) {
    this.splitter = splitter;
  }

  store(state: RunState): void {
    const { first, whole, added, dropped } = this.splitter.split(state);
    if (whole) this.pieces.clear();
    for (const seq of dropped) this.pieces.delete(seq);
    for (const { seq, text } of [{ seq: 0, text: first }, ...added]) {
      this.pieces.set(seq, text);
      this.written += text.length;
    }
  }

  read(): RunState {
    return joinState(this.pieces);
  }
}
