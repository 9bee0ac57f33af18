import { AppError } from '#lib/db/app-error.ts';
import { cancelWaiting } from '#lib/operations/cancel-run.ts';
import { heldRun, waitingAgain } from '#lib/operations/resume-run.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { Asking, expiryOf } from './asking.ts';
import { insteadResult } from './call-result.ts';
import { fetchedResult, linkResult, staysAwaited, staysBehind } from './link-result.ts';
import { goOnWithRun, type OngoingCall } from './ongoing-call.ts';
import { RunNews } from './run-news.ts';
import type { Session } from './sessions.ts';

/** A look at the database at least as often, in ms: news may get lost. */
const LOOK_MS = 5000;

/** How far a run is, as far as it is known here. */
interface Stage {
  run: ToolRun;
  /** Keys of its questions that have an answer it did not go on with yet. */
  answered: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

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
  let stage: Stage = { run: first, answered: NONE };
  let awaited = false;
  try {
    while (stage.run.status === 'suspended') {
      const { run, answered } = stage;
      const pending = asking.ask(run, answered);
      if (hold.closing.aborted) return await linkResult(call, run);
      if (pending.length > 0) {
        const due = Math.min(...pending.map(({ question }) => expiryOf(question)));
        if (isAway(call, news) && !awaited) {
          awaited = true;
          await staysAwaited(call, run);
        }
        await news.wait(over, Math.min(LOOK_MS, Math.max(due - Date.now(), 0) + 1));
        if (call.signal.aborted) return await leave(call, run);
        stage = await look(call, run, due);
      } else if (answered.size > 0) {
        stage = { run: await goOnWithRun(call, run.runId), answered: NONE };
      } else {
        return await linkResult(call, run);
      }
    }
    return await fetchedResult(call, stage.run);
  } catch (error) {
    // Answered, but there is no place for it now: a job goes on with it.
    const later = error instanceof AppError && (error.code === 'too_many' || error.code === 'unavailable');
    if (later && !call.signal.aborted) return linkResult(call, stage.run);
    throw error;
  } finally {
    asking.close();
    news.close();
    hold.release();
  }
}

/**
 * Whether the client lost the stream; if not, it is news when it does. It may take the stream up again; but one that was
 * started anew makes the same call.
 */
function isAway({ exchange: { reply } }: OngoingCall, news: RunNews): boolean {
  const { kept } = reply;
  if (!kept) return false;
  kept.onAway = () => news.look();
  return !kept.hasReader;
}

/** What became of the run meanwhile. Goes on with it when time is over, or somebody else went on. */
async function look(call: OngoingCall, { runId }: ToolRun, due: number): Promise<Stage> {
  const { app, principal, project } = call.exchange.caller;
  const held = await heldRun(app, principal, project.id, runId);
  if (held.status !== 'suspended' || Date.now() >= due) {
    return { run: await goOnWithRun(call, runId), answered: NONE };
  }
  return { run: waitingAgain(held), answered: new Set(Object.keys(held.answers)) };
}

/** The client is gone, and may come back for the run; or it said that it does not want the run any more, which ends. */
async function leave(call: OngoingCall, run: ToolRun): Promise<string> {
  const { caller } = call.exchange;
  if (caller.signal.aborted) return staysBehind(call, run);
  await cancelWaiting(caller.app, run.runId);
  return insteadResult(call, 'failed', 'The call was cancelled.', run.runId);
}
