import { AppError } from '#lib/db/app-error.ts';
import { type LimitScope, MOST_AT_ONCE } from '#lib/workflow/limits.ts';

/** How many calls run at once, whatever a project allows; as many again, times `queue`, may wait. */
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
  perCaller: MOST_AT_ONCE,
  perProject: MOST_AT_ONCE,
  perProcess: MOST_AT_ONCE,
  queue: 2,
  maxWaitMs: 5000,
};

/** Whose place it is, and how many they may have at once. */
export interface Place {
  caller: string;
  project: string;
  /** Left out: no ceiling for all its projects. */
  organization?: string | undefined;
  perCaller?: number | undefined;
  perProject?: number | undefined;
  perOrganization?: number | undefined;
  /** What the caller is, for the words. */
  scope?: LimitScope;
}

interface Count {
  running: number;
  waiting: number;
}

interface Waiter {
  place: Place;
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
  tryEnter(place: Place): boolean {
    if (this.#full(place) !== null) return false;
    this.#add(place, 'running', 1);
    return true;
  }

  /**
   * Waits for a place and takes it. Throws AppError with `retryAfterMs`: `too_many` when the caller, the project or the
   * organization has used up its own (`details`: which), `unavailable` when the process is full or the caller is gone.
   */
  enter(place: Place, signal: AbortSignal): Promise<void> {
    const refusal = this.#refusal(place);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const stop = (error: unknown) => {
        leave();
        reject(error);
      };
      const aborted = () => stop(new AppError('unavailable', 'The call was cancelled while it waited.'));
      const timer = setTimeout(() => stop(this.#overdue(place)), this.#limits.maxWaitMs);
      const waiter: Waiter = {
        place,
        admit: () => {
          leave();
          this.#add(place, 'running', 1);
          resolve();
        },
      };
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.#waiters.delete(waiter);
        this.#add(place, 'waiting', -1);
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiters.add(waiter);
      this.#add(place, 'waiting', 1);
    });
  }

  /** Gives a place back. */
  leave(place: Place): void {
    this.#add(place, 'running', -1);
    if (this.#waiters.size === 0) return;
    for (const waiter of this.#waiters) {
      if (this.#process.running >= this.#limits.perProcess) return;
      if (this.#full(waiter.place) === null) waiter.admit();
    }
  }

  /** What has no room for one more; null when all have. */
  #full(place: Place): 'caller' | 'project' | 'organization' | 'process' | null {
    const { caller, project, organization } = place;
    if (this.#running(caller) >= this.#perCaller(place)) return 'caller';
    if (this.#running(project) >= this.#perProject(place)) return 'project';
    const { perOrganization = Infinity } = place;
    if (organization !== undefined && this.#running(organization) >= perOrganization) return 'organization';
    return this.#process.running >= this.#limits.perProcess ? 'process' : null;
  }

  #running(name: string): number {
    return this.#counts.get(name)?.running ?? 0;
  }

  #perCaller({ perCaller = Infinity }: Place): number {
    return Math.min(perCaller, this.#limits.perCaller);
  }

  #perProject({ perProject = Infinity }: Place): number {
    return Math.min(perProject, this.#limits.perProject);
  }

  #refusal(place: Place): AppError | null {
    const { perProcess, queue } = this.#limits;
    const waiting = (name: string) => this.#counts.get(name)?.waiting ?? 0;
    const { caller, project, organization } = place;
    const tooMany =
      waiting(caller) >= this.#perCaller(place) * queue ||
      waiting(project) >= this.#perProject(place) * queue ||
      (organization !== undefined && waiting(organization) >= (place.perOrganization ?? Infinity) * queue) ||
      this.#process.waiting >= perProcess * queue;
    return tooMany ? this.#overdue(place) : null;
  }

  #overdue(place: Place): AppError {
    const full = this.#full(place);
    const details = { retryAfterMs: 1000 };
    if (full === null || full === 'process')
      return new AppError('unavailable', 'The server is busy. Try again in a moment.', details);
    const of = full === 'caller' ? (place.scope ?? 'key') : full;
    const allowed = { caller: this.#perCaller(place), project: this.#perProject(place) };
    const most = full === 'organization' ? place.perOrganization : allowed[full];
    return new AppError(
      'too_many',
      `Too many calls at once: ${WHOSE[of]} may have ${most} under way. Wait for some to finish, then try again.`,
      { ...details, limit: { of, name: 'atOnce', allowed: most } },
    );
  }

  #add({ caller, project, organization }: Place, what: keyof Count, by: 1 | -1): void {
    this.#process[what] += by;
    this.#addTo(caller, what, by);
    this.#addTo(project, what, by);
    if (organization !== undefined) this.#addTo(organization, what, by);
  }

  #addTo(name: string, what: keyof Count, by: 1 | -1): void {
    let count = this.#counts.get(name);
    if (!count) {
      count = { running: 0, waiting: 0 };
      this.#counts.set(name, count);
    }
    count[what] += by;
    if (count.running === 0 && count.waiting === 0) this.#counts.delete(name);
  }
}

/** Whose limit it is, in words. */
export const WHOSE: Record<LimitScope, string> = {
  key: 'this key',
  person: 'this person',
  address: 'this address',
  project: 'this project',
  organization: 'the organization of this project',
};
