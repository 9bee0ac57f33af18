import type { HeldRun } from '#lib/db/held-runs.ts';
import type { ErrorRecord } from '#lib/engine/events.ts';
import type { RunOptions, RunState } from '#lib/engine/run.ts';
import { type OpenQuestion, openQuestions } from './open-questions.ts';
import type { RunCaller } from './run-caller.ts';

/** How a run was to be run: for whom, a draft in part, or a release that its caller pinned. */
export interface RunPart {
  given?: RunOptions['given'];
  until?: string;
  release?: number;
  caller?: RunCaller;
  /** How it ends goes into the audit log. */
  audit?: true;
}

/** What is stored of a run that waits: the engine's state, and how it was to be run. */
export interface StoredState extends RunState {
  part?: RunPart;
}

/** Characters of a stored state. */
export const MOST_STATE = 16 * 1024 * 1024;

/** Why a run failed that would have had to be stored. */
export const TOO_LARGE: ErrorRecord = {
  code: 'STATE_TOO_LARGE',
  message:
    'The steps of this run left more than 16 MiB of data behind, which is the most that is stored of a run that waits, or runs in the background. Keep less: pick the fields that are needed with Set values, and collect only those in a loop.',
};

/** What the outside can answer to a stored run. */
export function openOf(held: Pick<HeldRun, 'state'>): OpenQuestion[] {
  return openQuestions((held.state as unknown as StoredState | null)?.waiting ?? []);
}
