import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { StepRecord } from '#lib/db/run-batch.ts';
import type { ErrorRecord, RunEvent } from '#lib/engine/events.ts';
import type { RunOptions, RunOutput, RunResult } from '#lib/engine/run.ts';
import type { Miss } from '#lib/engine/tape-play.ts';
import { replay } from '#lib/engine/tape-replay.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { RecordedRun } from '#lib/workflow/recording.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import type { App } from './app.ts';
import { guardAnswer } from './guard-answer.ts';
import { logUnexpected } from './run-world.ts';
import { stepsOf } from './step-records.ts';

/** Whose document it is. */
export interface ReplayProject {
  id: string;
  organizationId: string;
  env: Record<string, string>;
}

export interface Replayed {
  status: RunResult['status'];
  output: RunOutput | null;
  error: ErrorRecord | null;
  steps: StepRecord[];
  misses: readonly Miss[];
}

/** Steps of which nothing is kept: a replay of a long loop tells as much as a run does. */
const MOST_EVENTS = 5000;

/**
 * Runs a document against what was recorded of a run. Nothing reaches the world and nothing is stored. Throws
 * `invalid` with `problems` when the document cannot run.
 */
export async function replayDocument(
  app: App,
  project: ReplayProject,
  work: { document: unknown; run: RecordedRun; given?: RunOptions['given']; signal: AbortSignal },
): Promise<Replayed> {
  const { document, run, given, signal } = work;
  const { plan, contract, problems } = compile(document, kinds);
  if (!plan || !contract) {
    const first = problems.find((problem) => problem.severity === 'error');
    throw new AppError('invalid', `This draft cannot run yet: ${first?.message}`, { problems });
  }
  const events: RunEvent[] = [];
  const result = await replay(plan, run, {
    env: project.env,
    capabilities: app.capabilities({
      organizationId: project.organizationId,
      projectId: project.id,
      versionKey: null,
      runId: run.runId,
      depth: 0,
      caller: { type: 'public' },
    }),
    signal,
    onEvent: (event) => {
      if (events.length < MOST_EVENTS) events.push(event);
    },
    onUnexpected: logUnexpected(app, run.runId),
    ...(given && { given }),
  });
  const { status, misses } = result;
  const validateOutput = contract.outputSchema && compileSchema(contract.outputSchema);
  // As it is with a run: what was recorded of its answer is what left the project.
  const { guard } = await repository(app.db, { type: 'system' }).callRules.of(project.id);
  const { output = null, error = null, withheld } = guardAnswer(result, guard, validateOutput);
  const replayed = { status, output, error, steps: stepsOf(events), misses };
  if (status !== 'succeeded' || !validateOutput || !result.output) return replayed;
  const faults = validateOutput(result.output.structured);
  if (!faults && withheld) return { ...replayed, status: 'failed', output: null, error: withheld };
  if (!faults) return replayed;
  const message = `The answer does not fit the output schema: ${faults.slice(0, 5).join('; ')}. Correct the structured value or its schema.`;
  return { ...replayed, status: 'failed', output: null, error: { code: 'OUTPUT_INVALID', message } };
}
