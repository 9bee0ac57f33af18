import { AppError } from '#lib/db/app-error.ts';
import type { Decision } from '#lib/db/approvals.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { type Answering, checkAnswer } from './check-answer.ts';
import { endOf } from './open-questions.ts';
import { openOf } from './run-state.ts';

export type { Answering } from './check-answer.ts';

export interface GiveAnswers {
  /** By the keys of the open questions. */
  answers: JsonObject;
  by: Answering;
  /** When the run goes on by itself; null when whoever answers sees to that. */
  next: Date | null;
}

/** A run that changes while one answers. */
const TRIES = 10;
/** Whoever asked for the answer goes on with the run; when it is not there any more, a job does. */
const SAFETY_MS = 15_000;

/**
 * Stores answers without going on, and says so (`run.answered { runId }`): whoever waits for them goes on. Throws as
 * `giveAnswers`.
 */
export async function answerRun(
  app: App,
  { runId, answers, by }: { runId: string; answers: JsonObject; by: Answering },
): Promise<void> {
  const run = await repository(app.db, { type: 'system' }).runs.held(null, runId);
  if (!run) throw new AppError('not_found', 'There is no such run.');
  await giveAnswers(app, run, { answers, by, next: new Date(Date.now() + SAFETY_MS) });
  app.events.publish('run.answered', { runId });
}

/**
 * Stores answers of a run that waits, durably, together with the decisions they hold. Each question is answered once:
 * throws AppError `conflict` for the second answer, `gone` for one that comes too late or to what the run does not
 * wait for, `invalid` with `faults` when it does not fit, `forbidden` when somebody else has to decide.
 */
export async function giveAnswers(app: App, run: HeldRun, request: GiveAnswers): Promise<void> {
  const { answers, by, next } = request;
  const { runs, approvals } = repository(app.db, { type: 'system' });
  let current: HeldRun | null = run;
  for (let count = 0; count < TRIES; count += 1) {
    if (!current) throw new AppError('not_found', 'There is no such run.');
    const { merged, decisions } = merge(current, answers, by);
    const decided = Object.keys(decisions).length > 0;
    const stored = decided
      ? await approvals.decideFor({ looked: current, answers: merged, next }, decisions)
      : await runs.answer(current, merged, next);
    if (stored) {
      if (next) app.events.publish(JOB_ADDED, null);
      if (decided) app.events.publish('approval.changed', { projectId: run.projectId, runId: run.id });
      return;
    }
    current = await runs.held(null, run.id);
  }
  throw new AppError('unavailable', 'The run changes all the time; try again in a moment.', {
    retryAfterMs: 1000,
  });
}

/** The answers of a run with these among them. Throws AppError, see `giveAnswers`. */
export function merge(
  run: HeldRun,
  answers: JsonObject,
  by: Answering,
): { merged: JsonObject; decisions: Record<string, Decision> } {
  if (run.status !== 'suspended' && run.status !== 'running') {
    throw new AppError('gone', 'This run does not wait for an answer any more.');
  }
  const now = Date.now();
  const merged = { ...run.answers };
  const decisions: Record<string, Decision> = {};
  const open = new Map(openOf(run).map((one) => [one.key, one.question]));
  for (const [key, given] of Object.entries(answers)) {
    const question = open.get(key);
    if (!question)
      throw new AppError('gone', `The run does not wait for "${key.slice(0, 200)}", or no longer.`);
    if (Object.hasOwn(merged, key)) throw new AppError('conflict', 'This was answered already.');
    if (endOf(question) <= now) throw new AppError('gone', 'The time to answer is over.');
    const { answer, decision } = checkAnswer(question, given as JsonValue, by, now);
    merged[key] = answer;
    if (decision) decisions[key] = decision;
  }
  return { merged, decisions };
}
