import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/db/app-error.ts';
import { isTask } from '#lib/db/is-task.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { goOn } from './go-on.ts';
import type { JobHandler } from './job-runner.ts';

/** How often a run is looked at whose last process may be gone. */
const LOOK_MS = 1000;
/** How often a process that goes on with a run is told to stop: it may just be taking it up. */
const TELL_MS = 200;

/** Goes on with a run by a job: now, or at a time. Durable when it resolves. */
export async function continueLater(app: App, runId: string, at?: Date): Promise<void> {
  await repository(app.db, { type: 'system' }).runs.continueLater(runId, at ? { at } : {});
  app.events.publish(JOB_ADDED, null);
}

/**
 * The handler of `CONTINUE_JOB` and of jobs that begin background runs: carries the run as far as it comes. Nothing
 * happens when it is not its time, or another process is at it. A background run that fails in a way that may pass
 * fails the job, which is then tried again and goes on from the failed step; a task is not.
 */
export function continueRun(app: App): JobHandler {
  return async (job, signal) => {
    const { runId, cancel } = job.payload as { runId: string; cancel?: boolean };
    const { runs } = repository(app.db, { type: 'system' });
    const run = await runs.held(null, runId);
    if (!run) return;
    if (job.exhausted) await runs.giveUp(runId);
    if (cancel) return endRun(app, runId, signal);
    // Only its job sees to a background run: a process that went away is waited for until its lease is over.
    if (run.background) await untilFree(app, runId, signal);
    const mayRetry = run.background && !isTask(run) && !job.last;
    const went = await goOn(app, runId, { signal, mayRetry });
    if (went?.again) throw new AppError('unavailable', went.error?.message ?? 'The run failed.');
  };
}

/**
 * Ends a run that waits, whatever it waits for; one that goes on somewhere is told to stop there. Resolves when it has
 * ended; rejects when `signal` aborts before.
 */
export async function endRun(app: App, runId: string, signal: AbortSignal): Promise<void> {
  const { runs } = repository(app.db, { type: 'system' });
  const cancelled = AbortSignal.abort(new Error('cancelled'));
  for (;;) {
    if (await goOn(app, runId, { signal: cancelled, force: true })) return;
    const status = (await runs.held(null, runId))?.status;
    if (status !== 'running' && status !== 'queued' && status !== 'suspended') return;
    app.events.publish('run.cancel', { runId });
    await sleep(TELL_MS, undefined, { signal });
  }
}

async function untilFree(app: App, runId: string, signal: AbortSignal): Promise<void> {
  const { runs } = repository(app.db, { type: 'system' });
  for (;;) {
    const run = await runs.held(null, runId);
    if (run?.status !== 'running' || (run.leaseUntil?.getTime() ?? 0) < Date.now()) return;
    await sleep(LOOK_MS, undefined, { signal });
  }
}
