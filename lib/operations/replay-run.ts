import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { ErrorRecord, RunStatus } from '#lib/engine/events.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { type ComparedStep, compareSteps, type Difference, sameValue } from './compare-runs.ts';
import { findProject } from './find-project.ts';
import { findEndedRun } from './recorded-run.ts';
import { replayDocument } from './replay-document.ts';
import { mayEdit } from './roles.ts';
import { boundedOutput } from './run-recording.ts';

export interface ReplayRun {
  project: string;
  run: string;
  signal: AbortSignal;
}

/** How the present draft fared against a recorded run. */
export interface Replay {
  same: boolean;
  /** The first, in the order in which the steps ran. */
  difference: Difference | null;
  steps: ComparedStep[];
  status: RunStatus;
  output: RunOutput | null;
  error: ErrorRecord | null;
}

/**
 * Runs the draft against the recording of a run, whichever version or draft ran then. Nothing reaches the world and
 * nothing is stored. Throws `not_found`, `conflict` while the run goes on, `invalid` when it or the draft cannot run.
 */
export async function replayRun(app: App, principal: Principal, request: ReplayRun): Promise<Replay> {
  mayEdit(principal, 'replay a run');
  const project = await findProject(app, principal, request.project);
  const { run, recorded, given } = await findEndedRun(app, principal, {
    projectId: project.id,
    run: request.run,
  });
  const workflow = await repository(app.db, principal).workflows.get(project.id, run.workflowId);
  if (!workflow) throw new AppError('not_found', 'The workflow of this run is not there any more.');
  const { signal } = request;
  const { document } = workflow;
  const replayed = await replayDocument(app, project, { document, run: recorded, given, signal });
  const { status, output, error, misses } = replayed;
  const { steps, difference: inSteps } = compareSteps(run.steps, replayed.steps, misses);
  const difference = inSteps ?? differenceOfEnds(run, replayed);
  return { same: difference === null, difference, steps, status, output, error };
}

interface End {
  status: string;
  output: unknown;
  error: unknown;
}

/** Between the answers, when the steps are the same: an answer of text is no step's value. */
function differenceOfEnds(then: End, now: End & { output: RunOutput | null }): Difference | null {
  const whole = { nodeId: null, key: null };
  const [recorded, fresh] = [endOf(then), endOf({ ...now, output: now.output && boundedOutput(now.output) })];
  if (then.status !== now.status) return { ...whole, what: 'status', recorded, now: fresh };
  const same = sameValue((then.output ?? null) as JsonValue, (fresh['output'] ?? null) as JsonValue);
  return same ? null : { ...whole, what: 'output', recorded, now: fresh };
}

function endOf({ status, output, error }: End): Record<string, JsonValue> {
  return { status, output: (output ?? null) as JsonValue, error: (error ?? null) as JsonValue };
}
