import { AppError } from '#lib/db/app-error.ts';
import { answerRun } from '#lib/operations/answer-run.ts';
import { heldRun } from '#lib/operations/resume-run.ts';
import { openOf } from '#lib/operations/run-state.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { takeAnswer, takeError } from './client-answer.ts';
import { Fault } from './errors.ts';
import type { Caller } from './exchange.ts';
import { CLIENT_ANSWERED, type ClientAnswered } from './run-news.ts';

/**
 * Takes what a 2025 client answers to a request of this server's, in whichever process the request was made: the answer
 * is stored with the run, and whoever holds the stream of the call hears of it. An answer to nothing that this session
 * was asked, or one that comes too late, is dropped. Throws Fault -32602 for one that does not fit: it is asked again.
 */
export async function takeResponse(caller: Caller, message: JsonObject): Promise<void> {
  const { app, project, principal, session, requestIds } = caller;
  const put = session && typeof message['id'] === 'string' ? requestIds.open(message['id'], session) : null;
  if (!session || !put) return;
  const { runId, key, expiresAt } = put;
  const run = await heldRun(app, principal, project.id, runId).catch(nullWhenGone);
  if (run?.status !== 'suspended' || Object.hasOwn(run.answers, key)) return;
  const question = openOf(run).find((one) => one.key === key)?.question;
  if (!question || !('expiresAt' in question) || question.expiresAt !== expiresAt) return;
  const { error, result } = message;
  const by = { type: 'client', name: session.client } as const;
  const taken = isJsonObject(error) ? takeError(question, error) : takeAnswer(question, result ?? null, by);
  const tell = (news: Pick<ClientAnswered, 'outcome' | 'complaint'>) =>
    app.events.publish(CLIENT_ANSWERED, { runId, key, expiresAt, ...news });
  if (taken === 'put-off') {
    tell({ outcome: 'put-off' });
  } else if (taken === 'opened') {
    // The call waits for what is done on the page. A page of the team's is not asked about in this era.
    tell({ outcome: 'opened' });
  } else if ('complaint' in taken) {
    const complaint = taken.complaint.slice(0, 500);
    tell({ outcome: 'unfit', complaint });
    throw new Fault('bad_answer', complaint);
  } else {
    await answerRun(app, { runId, answers: { [key]: taken.answer }, by }).catch(nullWhenGone);
    tell({ outcome: 'taken' });
  }
}

/** Too late, somebody else's, or given before: nothing follows from it. */
function nullWhenGone(error: unknown): null {
  if (error instanceof AppError && ['not_found', 'conflict', 'gone', 'bad_request'].includes(error.code)) {
    return null;
  }
  throw error;
}
