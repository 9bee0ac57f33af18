import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { RunOutput } from './run.ts';

/** A failure as it is recorded and shown. */
export interface ErrorRecord {
  code: string;
  message: string;
  /** The step that failed, when one did. */
  nodeId?: string;
  key?: string;
  details?: Record<string, JsonValue>;
}

export type RunStatus = 'succeeded' | 'failed' | 'cancelled' | 'timed_out' | 'suspended';

/** The one stream that feeds the live canvas, the run record, progress and traces. `at` is ms since the epoch. */
export type RunEvent =
  | { type: 'run.started'; at: number; runId: string; input: JsonObject }
  | { type: 'step.started'; at: number; nodeId: string; key: string; attempt: number; config: JsonValue }
  | {
      type: 'step.finished';
      at: number;
      nodeId: string;
      key: string;
      durationMs: number;
      value: JsonValue;
      handle?: string;
    }
  | {
      type: 'step.failed';
      at: number;
      nodeId: string;
      key: string;
      durationMs: number;
      error: ErrorRecord;
      retryInMs?: number;
    }
  | { type: 'step.skipped'; at: number; nodeId: string; key: string }
  | { type: 'step.suspended'; at: number; nodeId: string; key: string; question: JsonObject }
  | {
      type: 'log';
      at: number;
      nodeId: string;
      key: string;
      level: 'debug' | 'info' | 'warn' | 'error';
      text: string;
    }
  | { type: 'progress'; at: number; done: number; total?: number; message?: string }
  | {
      type: 'run.finished';
      at: number;
      status: RunStatus;
      durationMs: number;
      output?: RunOutput;
      error?: ErrorRecord;
    };
