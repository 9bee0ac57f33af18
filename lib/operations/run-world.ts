import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { RunOptions, RunResult } from '#lib/engine/run.ts';
import type { GuardSettings } from '#lib/workflow/guard-settings.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import type { Validate } from '#lib/workflow/validator.ts';
import type { App } from './app.ts';
import type { OpenQuestion } from './open-questions.ts';
import type { RunCaller } from './run-caller.ts';
import type { RunRecording } from './run-recording.ts';

/** How a run stopped. When it waits: for what, in which round, and until when (ms since the epoch). */
export interface ToolRun extends RunResult {
  runId: string;
  /** What the outside can answer; questions of called workflows are among them. */
  waiting?: OpenQuestion[];
  round?: number;
  expiresAt?: number;
}

/** What every run needs to run. */
export interface RunWorld {
  plan: Plan<NodeKind>;
  env: Record<string, string>;
  /** Checks the structured part of the answer; null when there is none. */
  validateOutput: Validate | null;
  /** What is looked for in the answer before it leaves the project; null where it does not leave. */
  guard: GuardSettings | null;
  /** Aborted when nobody wants the run any more: it is cancelled. */
  signal: AbortSignal;
  onEvent?: ((event: RunEvent) => void) | undefined;
  /** Calls of workflows by workflows above this one. */
  depth?: number;
  /** Workflows that were called so far, by the outermost run and all that it calls. */
  calls?: { made: number };
  /** The release whose workflows it calls, where its caller pinned one; else what is live. */
  release?: number | undefined;
  /** Who began it, or the run that called this one. */
  caller: RunCaller;
}

/** What a run reaches. Secrets that it gets hold of there stay out of its record. */
export function capabilitiesOf(
  app: App,
  recording: RunRecording,
  { depth = 0, calls, release, caller }: Pick<RunWorld, 'depth' | 'calls' | 'release' | 'caller'>,
): Capabilities {
  const { organizationId, projectId, versionId, runId } = recording.opening;
  const mask = app.masks.create();
  recording.mask = mask;
  return app.capabilities({
    organizationId,
    projectId,
    versionKey: versionId,
    runId,
    depth,
    calls,
    release,
    caller,
    mask,
  });
}

/** For `RunOptions.onUnexpected`. */
export function logUnexpected(app: App, runId: string): NonNullable<RunOptions['onUnexpected']> {
  return (error, at) => app.log.error({ err: error, runId, ...at }, 'a step failed unexpectedly');
}
