import type { ErrorRecord } from '#lib/engine/events.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import {
  type RunView,
  type StepLog,
  type StepStatus,
  type StepView,
  startRunView,
  withItems,
} from './run-view.ts';

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
  waiting?: StepView['waiting'];
  undoes?: string | null;
  given?: boolean;
  logs: readonly { level: StepLog['level']; text: string; at: string }[];
  /** Inside frames: which item, the outermost frame first. */
  iteration?: readonly number[] | null;
}

/** A run as the API tells it. */
export interface RecordedRun {
  id: string;
  status: RunView['status'];
  cause: RunView['cause'];
  startedAt: string;
  durationMs: number | null;
  input: JsonValue;
  output: RunOutput | null;
  error: ErrorRecord | null;
  undone: RunView['undone'];
  guarded: RunView['guarded'];
  /** null: the draft. */
  version?: number | null;
  /** What was run, while it is stored. */
  document?: WorkflowDocument | null;
  steps: readonly RecordedStep[];
}

/** A recorded run as the canvas draws it. */
export function recordedRun(run: RecordedRun): RunView {
  const view: RunView = {
    id: run.id,
    status: run.status,
    cause: run.cause,
    startedAt: Date.parse(run.startedAt),
    durationMs: run.durationMs,
    input: run.input,
    output: run.output,
    error: run.error,
    steps: {},
    items: {},
    progress: null,
    undone: run.undone,
    guarded: run.guarded,
    made: run.document ? { version: run.version ?? null, document: run.document } : null,
  };
  return withRecordedSteps(view, run.steps);
}

/** Recorded steps by node id; of several attempts the last counts. */
export function recordedSteps(steps: readonly RecordedStep[]): Readonly<Record<string, StepView>> {
  return withRecordedSteps(startRunView(''), steps).steps;
}

function withRecordedSteps(run: RunView, recorded: readonly RecordedStep[]): RunView {
  let view = run;
  for (const given of recorded) {
    const step: StepView = {
      ...given,
      startedAt: given.startedAt === null ? null : Date.parse(given.startedAt),
      logs: given.logs.map((log) => ({ ...log, at: Date.parse(log.at) })),
      waiting: given.waiting ?? null,
      undoes: given.undoes ?? null,
      given: given.given === true,
      iteration: given.iteration ?? [],
    };
    const { nodeId } = step;
    view =
      step.iteration.length > 0
        ? withItems(view, nodeId, [...(view.items[nodeId] ?? []), step], step)
        : { ...view, steps: { ...view.steps, [nodeId]: step } };
  }
  return view;
}
