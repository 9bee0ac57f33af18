import type { ErrorRecord } from '#lib/engine/events.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { RunView, StepLog, StepStatus, StepView } from './run-view.ts';

/** A step as the API tells it; times are ISO dates. */
export interface RecordedStep {
  nodeId: string;
  key: string;
  status: StepStatus;
  attempt: number;
  startedAt: string | null;
  durationMs: number | null;
  input: JsonValue;
  value: JsonValue;
  handle: string | null;
  error: ErrorRecord | null;
  logs: readonly { level: StepLog['level']; text: string; at: string }[];
}

/** A run as the API tells it. */
export interface RecordedRun {
  id: string;
  status: RunView['status'];
  startedAt: string;
  durationMs: number | null;
  input: JsonValue;
  output: RunOutput | null;
  error: ErrorRecord | null;
  steps: readonly RecordedStep[];
}

/** A recorded run as the canvas draws it. */
export function recordedRun(run: RecordedRun): RunView {
  return {
    id: run.id,
    status: run.status,
    startedAt: Date.parse(run.startedAt),
    durationMs: run.durationMs,
    input: run.input,
    output: run.output,
    error: run.error,
    steps: recordedSteps(run.steps),
    progress: null,
  };
}

/** Recorded steps by node id; of several attempts the last counts. */
export function recordedSteps(steps: readonly RecordedStep[]): Record<string, StepView> {
  return Object.fromEntries(
    steps.map((step) => [
      step.nodeId,
      {
        ...step,
        startedAt: step.startedAt === null ? null : Date.parse(step.startedAt),
        logs: step.logs.map((log) => ({ ...log, at: Date.parse(log.at) })),
      },
    ]),
  );
}
