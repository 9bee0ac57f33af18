import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { isTask } from '#lib/db/is-task.ts';
import { credentialOf, type Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type Answering, giveAnswers } from './answer-run.ts';
import type { App } from './app.ts';
import { cancelWaiting } from './cancel-run.ts';
import { endRun } from './continue-run.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import { heldRun } from './resume-run.ts';
import { startBackgroundRun } from './start-background-run.ts';

/** Tasks of one key, or of all callers without one, that have not ended. */
const MOST_TASKS = 1000;

export interface TaskCall {
  project: LiveProject;
  workflow: LiveWorkflow;
  /** Already checked against the contract. */
  args: JsonObject;
  /** Name and version the caller gave itself. */
  client: string | null;
}

/**
 * Starts a call as a task: a run in the background that only its caller asks about. Durable when it resolves. Throws
 * as `startBackgroundRun`, and `too_many` when the caller has too many that have not ended.
 */
export async function startTask(app: App, principal: Principal, call: TaskCall): Promise<HeldRun> {
  const { project, workflow, args, client } = call;
  await checkRoom(app, principal, project.id);
  const request = { project, workflow, input: args, cause: 'call', client } as const;
  const { runId } = await startBackgroundRun(app, principal, request);
  return taskRun(app, principal, project.id, runId);
}

/** The task, when it is this caller's. Throws `not_found`; also for runs that are no tasks. */
export async function taskRun(
  app: App,
  principal: Principal,
  projectId: string,
  id: string,
): Promise<HeldRun> {
  const run = await heldRun(app, principal, projectId, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
  if (run && isTask(run)) return run;
  throw new AppError('not_found', 'There is no such task, or none of yours, or it is no longer kept.');
}

/**
 * A call that waits goes on by itself from now on, with these answers. Durable when it resolves. Throws `too_many`
 * when the caller has too many tasks that have not ended.
 */
export async function becomeTask(
  app: App,
  principal: Principal,
  run: { projectId: string; runId: string },
  given: { answers: JsonObject; by: Answering },
): Promise<HeldRun> {
  const { projectId, runId } = run;
  await checkRoom(app, principal, projectId);
  await repository(app.db, { type: 'system' }).runs.becomeTask(runId);
  const task = await taskRun(app, principal, projectId, runId);
  await answerTask(app, task, given);
  return task;
}

/** Answers questions of a task, which goes on by itself. What somebody else has answered meanwhile is not changed. */
export async function answerTask(
  app: App,
  task: HeldRun,
  { answers, by }: { answers: JsonObject; by: Answering },
): Promise<void> {
  const keys = Object.keys(answers);
  if (keys.length === 0) return;
  try {
    await giveAnswers(app, task, { answers, by, next: new Date() });
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'conflict' && error.code !== 'gone')) throw error;
    // One that comes too late takes none of the others with it.
    if (keys.length === 1) return;
    for (const key of keys) await answerTask(app, task, { answers: { [key]: answers[key]! }, by });
  }
  app.events.publish('run.answered', { runId: task.id });
}

/** Asks a task to stop; it does soon, whichever process carries it. Nothing happens to one that has ended. */
export async function cancelTask(app: App, { id, status }: HeldRun): Promise<void> {
  if (status !== 'running' && status !== 'queued' && status !== 'suspended') return;
  // For the case that this process ends before the run does.
  await cancelWaiting(app, id);
  const stop = new AbortController();
  const ended = endRun(app, id, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  app.background.add(ended, () => stop.abort());
}

async function checkRoom(app: App, principal: Principal, projectId: string): Promise<void> {
  const keyId = credentialOf(principal);
  const count = await repository(app.db, { type: 'system' }).runs.countTasks(projectId, keyId);
  if (count < MOST_TASKS) return;
  throw new AppError('too_many', `${MOST_TASKS} of your tasks have not ended yet: cancel some, or wait.`, {
    retryAfterMs: 60_000,
  });
}
