import { AppError } from '#lib/db/app-error.ts';
import { cancelWaiting } from '#lib/operations/cancel-run.ts';
import { heldRun, waitingAgain } from '#lib/operations/resume-run.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { endedResult, failedResult } from './call-result.ts';
import { linkResult, staysBehind } from './link-result.ts';
import { type Askable, askable, goOnWithRun, type OngoingCall } from './ongoing-call.ts';
import { RunNews } from './run-news.ts';
import type { Session } from './sessions.ts';

/** A look at the database at least as often, in ms: news may get lost. */
const LOOK_MS = 5000;
/** A question whose answers do not fit is put this often. */
const MAX_TIMES = 5;

/**
 * How a run is gone on with in 2025: questions go to the client as requests on the stream of its call, which stays open.
 * The answers come with other requests, to any process, and are stored (`takeResponse`); the process that holds the
 * stream hears of them and goes on. What cannot be asked here, or is put off, becomes a text with links.
 */
export async function askOverStream(call: OngoingCall, session: Session, first: ToolRun): Promise<string> {
  const { caller } = call.exchange;
  const hold = caller.holds.tryEnter(caller.admissionKey);
  if (!hold) return linkResult(call, first);
  const news = new RunNews(caller.app, first.runId);
  const asking = new Asking(call, session, news);
  const over = AbortSignal.any([call.signal, hold.closing]);
  let run = first;
  try {
    while (run.status === 'suspended') {
      const asked = asking.ask(run);
      if (asked.length === 0 || hold.closing.aborted) return await linkResult(call, run);
      const due = Math.min(
        ...asked.map(({ question }) => ('expiresAt' in question ? question.expiresAt : 0)),
      );
      await news.wait(over, Math.min(LOOK_MS, Math.max(due - Date.now(), 0) + 1));
      if (call.signal.aborted)
        return await (caller.signal.aborted ? staysBehind(call, run) : takenBack(call, run));
      if (!hold.closing.aborted) run = await look(call, { run, asked, news, due });
    }
    return await endedResult(call, run);
  } catch (error) {
    // Answered, but there is no place for it now: a job goes on with it.
    const later = error instanceof AppError && (error.code === 'too_many' || error.code === 'unavailable');
    if (later && !call.signal.aborted) return linkResult(call, run);
    throw error;
  } finally {
    asking.withdraw(() => true);
    news.close();
    hold.release();
  }
}

/** The client said that it no longer wants the run, which ends; what it did is taken back. */
async function takenBack({ exchange }: OngoingCall, { runId }: ToolRun): Promise<string> {
  await cancelWaiting(exchange.caller.app, runId);
  return failedResult(exchange, 'The call was cancelled.', runId);
}

/** Goes on when everything that was asked is answered, or time is over, or somebody else went on. */
async function look(
  call: OngoingCall,
  { run, asked, news, due }: { run: ToolRun; asked: readonly Askable[]; news: RunNews; due: number },
): Promise<ToolRun> {
  const { app, principal, project } = call.exchange.caller;
  const held = await heldRun(app, principal, project.id, run.runId);
  const pending = asked.filter(({ key }) => !Object.hasOwn(held.answers, key) && !news.putOff.has(key));
  const goesOn = held.status !== 'suspended' || pending.length === 0 || Date.now() >= due;
  return goesOn ? goOnWithRun(call, run.runId) : waitingAgain(held);
}

/** The questions that are with the client. */
class Asking {
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

  /** Puts what is not with the client yet, takes back what is no longer asked. Answers what is with the client. */
  ask(run: ToolRun): Askable[] {
    const { complaints, putOff, taken } = this.#news;
    for (const key of taken) this.#put.delete(key);
    taken.clear();
    const { caller, reply } = this.#call.exchange;
    const ids = new Map<string, string>();
    const wanted = (run.waiting ?? []).filter(({ key }) => !putOff.has(key) && !this.#givenUp(key));
    const asked = askable(this.#call, wanted, {
      complaints,
      idOf: ({ key, question }) => {
        const expiresAt = 'expiresAt' in question ? question.expiresAt : 0;
        const id = caller.requestIds.issue({ runId: run.runId, key, expiresAt }, this.#session);
        ids.set(key, id);
        return id;
      },
    });
    this.withdraw((key) => !asked.some((one) => one.key === key));
    return asked.filter(({ key, question, request }) => {
      const expiresAt = 'expiresAt' in question ? question.expiresAt : 0;
      const before = this.#put.get(key);
      if (before?.expiresAt === expiresAt && !complaints.has(key)) return true;
      const id = ids.get(key)!;
      complaints.delete(key);
      if (!reply.request(id, request.method, request.params)) return false;
      this.#put.set(key, { id, expiresAt, times: (before?.times ?? 0) + 1 });
      return true;
    });
  }

  #givenUp(key: string): boolean {
    return this.#news.complaints.has(key) && (this.#put.get(key)?.times ?? 0) >= MAX_TIMES;
  }

  /** Tells the client that some questions need no answer any more. */
  withdraw(which: (key: string) => boolean): void {
    for (const key of this.#news.taken) this.#put.delete(key);
    for (const [key, { id }] of this.#put) {
      if (!which(key)) continue;
      this.#put.delete(key);
      this.#call.exchange.reply.notify('notifications/cancelled', {
        requestId: id,
        reason: 'The question needs no answer any more.',
      });
    }
  }
}
