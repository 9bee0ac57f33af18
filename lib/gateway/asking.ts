import type { Question, Waiting } from '#lib/engine/question.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { type Askable, askable, type OngoingCall } from './ongoing-call.ts';
import type { RunNews } from './run-news.ts';
import type { Session } from './sessions.ts';

/** A question whose answers do not fit is put this often. */
const MAX_TIMES = 5;

/** The questions of one run that are with a 2025 client: requests on the stream of its call. */
export class Asking {
  readonly #call: OngoingCall;
  readonly #session: Session;
  readonly #news: RunNews;
  /** By key of the question. */
  readonly #put = new Map<string, { id: string; expiresAt: number; times: number }>();

  constructor(call: OngoingCall, session: Session, news: RunNews) {
    this.#call = call;
    this.#session = session;
    this.#news = news;
  }

  /**
   * Puts what is not with the client yet, and takes back what needs no answer any more. Returns what is with the client
   * now: of what the run waits for, that is not answered yet, all this client can be asked.
   */
  ask(run: ToolRun, answered: ReadonlySet<string>): Askable[] {
    const { complaints, putOff } = this.#news;
    const { caller, reply } = this.#call.exchange;
    const ids = new Map<string, string>();
    const open = (run.waiting ?? []).filter(
      ({ key }) => !answered.has(key) && !putOff.has(key) && !this.#isGivenUp(key),
    );
    const pending = askable(this.#call, open, {
      complaints,
      idOf: ({ key, question }: Waiting) => {
        const put = { runId: run.runId, key, expiresAt: expiryOf(question) };
        const id = caller.requestIds.issue(put, this.#session);
        ids.set(key, id);
        return id;
      },
    });
    this.#withdraw((key) => !pending.some((one) => one.key === key));
    return pending.filter(({ key, question, request }) => {
      const expiresAt = expiryOf(question);
      const before = this.#put.get(key);
      if (before?.expiresAt === expiresAt && !complaints.has(key)) return true;
      const id = ids.get(key) ?? key;
      complaints.delete(key);
      this.#put.set(key, { id, expiresAt, times: (before?.times ?? 0) + 1 });
      return reply.request(id, request.method, request.params);
    });
  }

  /** Takes everything back that is still with the client. */
  close(): void {
    this.#withdraw(() => true);
  }

  #isGivenUp(key: string): boolean {
    return this.#news.complaints.has(key) && (this.#put.get(key)?.times ?? 0) >= MAX_TIMES;
  }

  #withdraw(which: (key: string) => boolean): void {
    for (const [key, { id, expiresAt }] of this.#put) {
      if (!which(key)) continue;
      this.#put.delete(key);
      if (this.#news.taken.get(key) === expiresAt) continue;
      const reason = 'The question needs no answer any more.';
      this.#call.exchange.reply.notify('notifications/cancelled', { requestId: id, reason });
    }
  }
}

/** When a question expires; ms since the epoch. */
export function expiryOf(question: Question): number {
  return 'expiresAt' in question ? question.expiresAt : 0;
}
