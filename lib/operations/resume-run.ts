import { AppError } from '#lib/db/app-error.ts';
import type { HeldRun } from '#lib/db/held-runs.ts';
import { credentialOf, type Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { ErrorRecord, RunEvent, RunStatus } from '#lib/engine/events.ts';
import type { RunOutput, Undone } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { giveAnswers } from './answer-run.ts';
import type { App } from './app.ts';
import { goOn } from './go-on.ts';
import { firstEnd } from './open-questions.ts';
import { openOf, type StoredState } from './run-state.ts';
import type { ToolRun } from './run-world.ts';

export interface ResumeRun {
  project: { id: string; organizationId: string };
  runId: string;
  /** The round that the answers are for: those for an earlier one are not taken. */
  round?: number;
  /** By the keys of the open questions. */
  answers?: JsonObject;
  /** Aborted when the caller no longer waits: the run is cancelled. */
  signal: AbortSignal;
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Name and version of the client that answers. */
  client?: string | null;
}

/**
 * Stores the answers and goes on with the run, to its end or until it waits again; without answers, with those that
 * came otherwise. A run that waits for others is given back as it waits, and one that has ended as it ended. Throws
 * AppError: `not_found` for a run that is not this caller's, `invalid` with `faults` for an answer that does not fit,
 * `gone` for one that comes too late, `conflict` while another process is at it.
 */
export async function resumeRun(app: App, principal: Principal, request: ResumeRun): Promise<ToolRun> {
  const { project, runId, round, answers, signal, onEvent, client } = request;
  const run = await heldRun(app, principal, project.id, runId);
  const latest = round === undefined || round === run.round;
  if (answers && latest && (run.status === 'suspended' || run.status === 'running')) {
    await giveAnswers(app, run, { answers, by: { type: 'client', name: client ?? run.client }, next: null });
  }
  const went = await goOn(app, runId, { signal, onEvent });
  if (went) return went;
  const now = await heldRun(app, principal, project.id, runId);
  if (now.status === 'suspended') return waitingAgain(now);
  if (now.status === 'running' || now.status === 'queued') {
    throw new AppError('conflict', 'This run goes on elsewhere already. Ask again in a moment.', {
      retryAfterMs: 1000,
    });
  }
  return endedRun(now);
}

/** The run, when it is this caller's: that of its key, or of a member who may run tools. Throws `not_found`. */
export async function heldRun(
  app: App,
  principal: Principal,
  projectId: string,
  runId: string,
): Promise<HeldRun> {
  const run = await repository(app.db, principal).runs.held(projectId, runId);
  if (!run || !mayAnswer(principal, run)) throw new AppError('not_found', 'There is no such run.');
  return run;
}

function mayAnswer(principal: Principal, run: HeldRun): boolean {
  switch (principal.type) {
    case 'system':
      return true;
    case 'user':
      return principal.role !== 'viewer';
    case 'key':
    case 'grant':
      return run.keyId === credentialOf(principal);
    case 'public':
      return run.keyId === null && run.cause === 'call';
  }
}

/** A run that waits, as its caller sees it. */
export function waitingAgain(run: HeldRun): ToolRun {
  const waiting = openOf(run);
  const state = run.state as unknown as StoredState;
  return {
    runId: run.id,
    status: 'suspended',
    state,
    waiting,
    round: run.round,
    expiresAt: firstEnd(waiting),
  };
}

/** A run that has ended, as it was recorded. */
export function endedRun(run: HeldRun): ToolRun {
  const whole = (run.state as { output?: RunOutput } | null)?.output;
  const output = whole ?? (run.output as unknown as RunOutput | null);
  return {
    runId: run.id,
    status: run.status === 'crashed' ? 'failed' : (run.status as RunStatus),
    ...(output && { output }),
    ...(run.error && { error: run.error as unknown as ErrorRecord }),
    ...(run.undone && { undone: run.undone as unknown as Undone[] }),
  };
}
