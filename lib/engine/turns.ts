import { GO_MS } from './limits.ts';

/** Something that may have steps to run. */
export interface Task {
  /** Runs what is ready. Returns early when the time of one go is over, and is then called again. */
  drain(): void;
}

/**
 * The turns of one run on the event loop: who has something to do, in goes of 50 ms with a turn for others between
 * them. Only time spent running steps counts, also that of a thousand turns of promises.
 */
export class Turns {
  private readonly agenda: Task[] = [];
  private readonly goOn: () => void;
  /** When the present go is over, by the machine's own clock; and ms left of it between two parts of it. */
  private goUntil = 0;
  private goLeft = GO_MS;
  private yielding = false;

  /** `goOn` is called when it is this run's turn again. */
  constructor(goOn: () => void) {
    this.goOn = goOn;
  }

  /** Puts a task at the end of the list. */
  queue(task: Task): void {
    this.agenda.push(task);
  }

  /** Runs one task after the other while `goes` says so. True when there is none left, false when others come first. */
  take(goes: () => boolean): boolean {
    if (this.yielding) return false;
    this.goUntil = performance.now() + this.goLeft;
    while (goes()) {
      const task = this.agenda.shift();
      if (!task) break;
      task.drain();
      if (this.yielding) return false;
    }
    this.goLeft = this.goUntil - performance.now();
    return true;
  }

  /** True when the go is over: the task is called again after others had their turn. */
  areOver(task: Task): boolean {
    if (performance.now() < this.goUntil) return false;
    this.yielding = true;
    this.agenda.unshift(task);
    setImmediate(() => {
      this.yielding = false;
      this.goLeft = GO_MS;
      this.goOn();
    });
    return true;
  }
}
