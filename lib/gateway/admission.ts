import { AppError } from '#lib/db/app-error.ts';
import { CALLS_AT_ONCE } from '#lib/operations/call-limits.ts';

/** How many calls run at once; as many again, times `queue`, may wait. */
export interface AdmissionLimits {
  perCaller: number;
  perProject: number;
  perProcess: number;
  /** Waiting calls allowed for each running one. */
  queue: number;
  /** ms a call waits at most. */
  maxWaitMs: number;
}

export const DEFAULT_LIMITS: AdmissionLimits = {
  ...CALLS_AT_ONCE,
  queue: 2,
  maxWaitMs: 5000,
};

interface Count {
  running: number;
  waiting: number;
}

interface Waiter {
  caller: string;
  project: string;
  admit(): void;
}

/**
 * Who may run now. A call over a limit waits its turn; one over the limit of waiting, or waiting too long, is
 * refused, so that neither a caller nor a project can use up the process, and no queue grows without end.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #counts = new Map<string, Count>();
  readonly #process: Count = { running: 0, waiting: 0 };
  /** In the order they came. */
  readonly #waiters = new Set<Waiter>();

  constructor(limits: AdmissionLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#process.running;
  }

  /** Takes a place at once, if there is one. */
  tryEnter(caller: string, project: string): boolean {
    if (!this.#hasRoom(caller, project)) return false;
    this.#take(caller, project);
    return true;
  }

  /**
   * Waits for a place and takes it. Throws AppError with `retryAfterMs`: `too_many` when the caller or the project
   * has used up its own, `unavailable` when the process is full or the caller is gone.
   */
  enter(caller: string, project: string, signal: AbortSignal): Promise<void> {
    const refusal = this.#refusal(caller, project);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const stop = (error: unknown) => {
        leave();
        reject(error);
      };
      const aborted = () => stop(new AppError('unavailable', 'The call was cancelled while it waited.'));
      const timer = setTimeout(() => stop(this.#overdue(caller, project)), this.#limits.maxWaitMs);
      const waiter: Waiter = {
        caller,
        project,
        admit: () => {
          leave();
          this.#take(caller, project);
          resolve();
        },
      };
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.#waiters.delete(waiter);
        this.#add(caller, project, 'waiting', -1);
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiters.add(waiter);
      this.#add(caller, project, 'waiting', 1);
    });
  }

  /** Gives a place back. */
  leave(caller: string, project: string): void {
    this.#add(caller, project, 'running', -1);
    if (this.#waiters.size === 0) return;
    for (const waiter of this.#waiters) {
      if (this.#process.running >= this.#limits.perProcess) return;
      if (this.#hasRoom(waiter.caller, waiter.project)) waiter.admit();
    }
  }

  #take(caller: string, project: string): void {
    this.#add(caller, project, 'running', 1);
  }

  #hasRoom(caller: string, project: string): boolean {
    const { perCaller, perProject, perProcess } = this.#limits;
    return (
      this.#process.running < perProcess &&
      (this.#counts.get(project)?.running ?? 0) < perProject &&
      (this.#counts.get(caller)?.running ?? 0) < perCaller
    );
  }

  #refusal(caller: string, project: string): AppError | null {
    const { perCaller, perProject, perProcess, queue } = this.#limits;
    const own =
      (this.#counts.get(caller)?.waiting ?? 0) >= perCaller * queue ||
      (this.#counts.get(project)?.waiting ?? 0) >= perProject * queue;
    if (own) return this.#overdue(caller, project);
    return this.#process.waiting >= perProcess * queue ? this.#overdue(caller, project) : null;
  }

  #overdue(caller: string, project: string): AppError {
    const { perCaller, perProject } = this.#limits;
    const own =
      (this.#counts.get(caller)?.running ?? 0) >= perCaller ||
      (this.#counts.get(project)?.running ?? 0) >= perProject;
    const details = { retryAfterMs: 1000 };
    return own
      ? new AppError('too_many', 'Too many calls at once. Wait for some to finish, then try again.', details)
      : new AppError('unavailable', 'The server is busy. Try again in a moment.', details);
  }

  #add(caller: string, project: string, what: keyof Count, by: 1 | -1): void {
    this.#process[what] += by;
    for (const name of [caller, project]) {
      let count = this.#counts.get(name);
      if (!count) {
        count = { running: 0, waiting: 0 };
        this.#counts.set(name, count);
      }
      count[what] += by;
      if (count.running === 0 && count.waiting === 0) this.#counts.delete(name);
    }
  }
}
