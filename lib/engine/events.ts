import type { GuardNote } from '#lib/workflow/guard-text.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Waiting } from './question.ts';
import type { RunOutput, Undone } from './run.ts';

/** A failure as it is recorded and shown. */
export interface ErrorRecord {
  code: string;
  message: string;
  /** The step that failed, when one did. */
  nodeId?: string;
  key?: string;
  /** Inside containers: of which item, the outermost container first. */
  iteration?: number[];
  /** Another try may help: 429, 5xx, a broken connection. */
  transient?: true;
  details?: Record<string, JsonValue>;
}

export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'timed_out' | 'suspended';

/** Which step of the run an event is about. */
interface OfStep {
  at: number;
  nodeId: string;
  key: string;
  /** Inside containers: which item, the outermost container first. */
  iteration?: number[];
}

/**
 * The one stream that feeds the live canvas, the run record, progress and traces. `at` is ms since the epoch. Of
 * a loop only the first items and the failures are told (`MAX_TOLD_ITEMS` of limits.ts).
 */
export type RunEvent =
  | { type: 'run.started'; at: number; runId: string; input: JsonObject }
  /** A suspended run goes on; what it did before was told before. */
  | { type: 'run.resumed'; at: number; runId: string }
  | (OfStep & {
      type: 'step.started';
      attempt: number;
      config: JsonValue;
      /** The node whose effect this step takes back. */
      undoes?: string;
    })
  | (OfStep & {
      type: 'step.finished';
      durationMs: number;
      value: JsonValue;
      handle?: string;
      /** The value was given: the node did not run. */
      given?: true;
    })
  | (OfStep & { type: 'step.failed'; durationMs: number; error: ErrorRecord; retryInMs?: number })
  | (OfStep & { type: 'step.skipped' })
  | (OfStep & { type: 'step.suspended'; waiting: Waiting })
  | (OfStep & { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; text: string })
  | { type: 'progress'; at: number; done: number; total?: number; message?: string }
  | {
      type: 'run.finished';
      at: number;
      status: RunStatus;
      durationMs: number;
      output?: RunOutput;
      error?: ErrorRecord;
      undone?: Undone[];
      /** What was found in the answer that should not leave, and what was done: told by whoever looked. */
      guarded?: GuardNote[];
    };
