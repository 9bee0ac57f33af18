import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { Run } from '#lib/db/runs.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { RecordedRun } from '#lib/workflow/recording.ts';
import type { App } from './app.ts';

/** A run that has ended, with what a replay of it needs. */
export interface EndedRun {
  run: Run;
  recorded: RecordedRun;
  /** Values that steps were given in place of running. */
  given: NonNullable<RunOptions['given']>;
}

/** Throws `not_found`; `conflict` while it goes on; `invalid` when what it began with was too large to be kept. */
export async function findEndedRun(
  app: App,
  principal: Principal,
  at: { projectId: string; run: string },
): Promise<EndedRun> {
  // A run that has just ended is on its way to the database.
  if (app.recorder.find(at.run)?.finished) await app.recorder.flush();
  const { runs, recordings } = repository(app.db, principal);
  const run = await runs.get(at.projectId, at.run);
  if (!run) throw new AppError('not_found', 'There is no such run.');
  if (run.status === 'running' || run.status === 'queued' || run.status === 'suspended') {
    throw new AppError('conflict', 'This run goes on. It can be replayed when it has ended.');
  }
  const input = (run.input ?? {}) as JsonObject;
  if (input['$truncated'] === true) {
    throw new AppError(
      'invalid',
      'The arguments of this run were too large to be recorded, so it cannot be replayed.',
    );
  }
  const recording = (await recordings.get(at.projectId, at.run)) ?? { steps: {} };
  const recorded = { runId: run.id, startedAt: run.startedAt.getTime(), input, recording };
  return { run, recorded, given: givenIn(run) };
}

/** A value that was too large to be kept is not given again: the step runs. */
function givenIn({ steps }: Run): EndedRun['given'] {
  const pinned = steps.filter(({ given, iteration, value }) => given && !iteration && !isCut(value));
  return Object.fromEntries(
    pinned.map(({ nodeId, value = null, handle }) => [
      nodeId,
      { value, ...(handle !== undefined && { handle }) },
    ]),
  );
}

function isCut(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$truncated' in value;
}
