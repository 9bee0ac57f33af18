import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { App } from './app.ts';
import { heldRun } from './resume-run.ts';
import { isCutOutput, wholeOutput } from './run-recording.ts';

/**
 * Keeps what a run that has ended answered, in full, for as long as the run is kept: its record may hold less. True when
 * it is stored, and can be read in every process.
 */
export async function keepOutput(app: App, runId: string, output: RunOutput): Promise<boolean> {
  try {
    // The record is written after the answer otherwise.
    await app.recorder.flush();
    return await repository(app.db, { type: 'system' }).runs.keepOutput(runId, wholeOutput(output));
  } catch (error) {
    app.log.error({ err: error, runId }, 'the answer of a run could not be kept in full');
    return false;
  }
}

/** What a run answered, in full; null when it is not this caller's, did not answer, or not all of it is kept. */
export async function keptOutput(
  app: App,
  principal: Principal,
  run: { projectId: string; runId: string },
): Promise<RunOutput | null> {
  const { status, state, output } = await heldRun(app, principal, run.projectId, run.runId).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return NONE;
      throw error;
    },
  );
  if (status !== 'succeeded') return null;
  const whole = (state as { output?: RunOutput } | null)?.output;
  if (whole) return whole;
  const recorded = output as unknown as RunOutput | null;
  return recorded && !isCutOutput(recorded) ? recorded : null;
}

const NONE = { status: null, state: null, output: null };
