import { DATABASE_CHANGED } from '#lib/db/events.ts';
import type { App } from '#lib/operations/app.ts';

/** A client answered a request: a ClientAnswered. */
export const CLIENT_ANSWERED = 'client.answered';

export interface ClientAnswered {
  runId: string;
  /** Of the question, see PutQuestion. */
  key: string;
  expiresAt: number;
  outcome: 'taken' | 'opened' | 'put-off' | 'unfit';
  /** What does not fit. */
  complaint?: string;
}

/** What somebody who waits for the answers to a run's questions hears of them, in this process and from others. */
export class RunNews {
  /** Questions that the client answered, or whose page it opened: when each would have expired, by key. */
  readonly taken = new Map<string, number>();
  /** By the key of the question; whoever asks again takes it out. */
  readonly complaints = new Map<string, string>();
  /** Questions that the person does not want to answer now. */
  readonly putOff = new Set<string>();
  readonly #ends: (() => void)[];
  #wake: () => void = () => {};
  #unread = false;

  constructor(app: App, runId: string) {
    const look = () => this.look();
    const own = (payload: unknown) => {
      if ((payload as { runId?: string }).runId === runId) look();
    };
    this.#ends = [
      app.events.subscribe('run.answered', own),
      app.events.subscribe('approval.changed', own),
      // There may be news that were missed.
      app.events.subscribe(DATABASE_CHANGED, look),
      app.events.subscribe(CLIENT_ANSWERED, (payload) => {
        const { runId: of, key, expiresAt, outcome, complaint } = payload as unknown as ClientAnswered;
        if (of !== runId) return;
        if (outcome === 'taken' || outcome === 'opened') this.taken.set(key, expiresAt);
        else if (outcome === 'put-off') this.putOff.add(key);
        else this.complaints.set(key, complaint ?? '');
        look();
      }),
    ];
  }

  /** Resolves when there is news, at once when there was some since the last time, after `timeoutMs`, or on abort. */
  wait(signal: AbortSignal, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => {};
        this.#unread = false;
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
      if (this.#unread || signal.aborted) done();
    });
  }

  /** It is time to look, for whatever reason. */
  look(): void {
    this.#unread = true;
    this.#wake();
  }

  close(): void {
    for (const end of this.#ends) end();
  }
}
