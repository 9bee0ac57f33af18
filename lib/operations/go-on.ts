import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { isTask } from '#lib/db/is-task.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { carryHeldRun } from './carry-held-run.ts';
import { overdueAnswers } from './open-questions.ts';
import { planOfRun } from './plan-of-run.ts';
import { openOf } from './run-state.ts';
import { RUN_LEASE_MS } from './run-storing.ts';
import type { ToolRun } from './run-world.ts';

export interface GoOn {
  /** Aborted, the run is cancelled; by `Stopping` or `JobLost` of the job runner it is left to others. */
  signal: AbortSignal;
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Somebody will try again when it fails in a way that may pass. */
  mayRetry?: boolean;
  /** Also when there is nothing to go on with: to end it. */
  force?: boolean;
}

/** Looks at a run that changes while one looks. */
const TRIES = 10;

/**
 * Takes a run that can go on, and carries it as far as it comes: one that waits and has an answer (or whose question
 * nobody answered in time), one that is queued, one whose process went away. Null when it is none of these; nobody
 * else goes on with it meanwhile. Throws AppError as `carryHeldRun`, `gone` when what it was made from is not there.
 */
export async function goOn(
  app: App,
  runId: string,
  { force = false, ...options }: GoOn,
): Promise<(ToolRun & { again?: true }) | null> {
  let went: (ToolRun & { again?: true }) | null = null;
  for (;;) {
    const claimed = await claim(app, runId, force);
    if (!claimed) return went;
    const { run, answers } = claimed;
    let made: Awaited<ReturnType<typeof planOfRun>>;
    try {
      made = await planOfRun(app, run);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'gone') throw error;
      await endGone(app, run, error);
      throw error;
    }
    went = await carryHeldRun(app, run, { ...made, ...options, answers });
    // An answer may have come while it went on.
    if (went.status !== 'suspended' || options.signal.aborted) return went;
  }
}

async function claim(
  app: App,
  runId: string,
  force: boolean,
): Promise<{ run: HeldRun; answers: JsonObject } | null> {
  const { runs } = repository(app.db, { type: 'system' });
  for (let count = 0; count < TRIES; count += 1) {
    const run = await runs.held(null, runId);
    if (!run || !isClaimable(run)) return null;
    const overdue = overdueAnswers(openOf(run), run.answers, Date.now());
    const answers = { ...run.answers, ...overdue };
    if (run.status === 'suspended' && !force && Object.keys(answers).length === 0) return null;
    const expired = Object.keys(overdue);
    const fence = await runs.claim(run, { leaseMs: RUN_LEASE_MS, answers, expired });
    if (fence === null) continue;
    if (expired.length > 0) app.events.publish('approval.changed', { projectId: run.projectId, runId });
    return { run: { ...run, status: 'running', fence }, answers };
  }
  return null;
}

function isClaimable({ status, leaseUntil }: HeldRun): boolean {
  if (status === 'suspended' || status === 'queued') return true;
  return status === 'running' && leaseUntil !== null && leaseUntil.getTime() < Date.now();
}

/** A run that can never go on has failed. */
async function endGone(app: App, run: HeldRun, { message }: AppError): Promise<void> {
  const { runs } = repository(app.db, { type: 'system' });
  await runs.finish({
    record: {
      ...run,
      startedAt: run.startedAt.getTime(),
      leaseUntil: null,
      status: 'failed',
      error: { code: 'GONE', message },
      undone: run.undone as object | null,
      document: run.document as object | null,
      recording: run.recording as object | null,
    },
    fence: run.fence,
    state: null,
    dead: run.background && !isTask(run),
  });
}
