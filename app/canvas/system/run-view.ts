import type { RunCause } from '#app/data/types.ts';
import type { ErrorRecord, RunEvent, RunStatus } from '#lib/engine/events.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunOutput, Undone } from '#lib/engine/run.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { GuardNote } from '#lib/workflow/guard-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

export type StepStatus = 'running' | 'succeeded' | 'failed' | 'skipped' | 'waiting';

export interface StepLog {
  level: 'debug' | 'info' | 'warn' | 'error';
  text: string;
  /** ms since the epoch */
  at: number;
}

/** One step of a run, as the canvas and the waterfall draw it. */
export interface StepView {
  nodeId: string;
  key: string;
  status: StepStatus;
  attempt: number;
  /** ms since the epoch; null for a step that never began. */
  startedAt: number | null;
  durationMs: number | null;
  /** The config with its expressions evaluated: what the step worked with. */
  input: JsonValue | null;
  value: JsonValue | null;
  handle: string | null;
  error: ErrorRecord | null;
  logs: readonly StepLog[];
  /** What it asks, and the key to answer by, while the run waits for it. */
  waiting: { key: string; question: Question } | null;
  /** The node whose effect this step takes back. */
  undoes: string | null;
  /** Its value was given, pinned or of an earlier run: it did not run. */
  given: boolean;
  /** Inside frames: which item, the outermost frame first; empty outside. */
  iteration: readonly number[];
}

/** One run, as far as it is known. */
export interface RunView {
  id: string;
  status: 'queued' | 'running' | RunStatus | 'crashed';
  /** What caused it; null while only its events are known. */
  cause: RunCause | null;
  /** ms since the epoch */
  startedAt: number | null;
  durationMs: number | null;
  input: JsonValue | null;
  output: RunOutput | null;
  error: ErrorRecord | null;
  /** By node id. Of a step inside a frame, that of one item: one that failed, else the last that was told. */
  steps: Readonly<Record<string, StepView>>;
  /** Of steps inside frames, by node id: one for each item that was told. Of long loops only the first are, and failures. */
  items: Readonly<Record<string, readonly StepView[]>>;
  progress: { done: number; total: number | null; message: string | null } | null;
  /** What was taken back after a failure; with `error`, what could not be. */
  undone: readonly Undone[];
  /** What the output guard found in the answer. */
  guarded: readonly GuardNote[];
  /** What was run: a version (null: the draft) as it was then; null while it is not known. */
  made: { version: number | null; document: WorkflowDocument } | null;
}

export function startRunView(id: string): RunView {
  return {
    id,
    status: 'running',
    cause: null,
    startedAt: null,
    durationMs: null,
    input: null,
    output: null,
    error: null,
    steps: {},
    items: {},
    progress: null,
    undone: [],
    guarded: [],
    made: null,
  };
}

/** It runs, waits for its turn, or waits for an answer: it can be cancelled. */
export function isOngoing({ status }: RunView): boolean {
  return status === 'running' || status === 'queued' || status === 'suspended';
}

/** The run after one more event. A replay from the first event gives the same view: steps are set, not counted. */
export function applyRunEvent(run: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'run.started':
      return {
        ...startRunView(run.id),
        cause: run.cause,
        made: run.made,
        startedAt: event.at,
        input: event.input,
      };
    case 'run.resumed':
      return { ...run, status: 'running', durationMs: null };
    case 'step.started':
      return withStep(run, event, (step) => ({
        ...step,
        waiting: null,
        status: 'running',
        attempt: event.attempt,
        startedAt: step.startedAt ?? event.at,
        input: event.config,
        error: null,
        undoes: event.undoes ?? null,
        given: false,
      }));
    case 'step.finished':
      return withStep(run, event, (step) => ({
        ...step,
        status: 'succeeded',
        waiting: null,
        durationMs: event.durationMs,
        value: event.value,
        handle: event.handle ?? null,
        given: event.given === true,
      }));
    case 'step.failed':
      return withStep(run, event, (step) => ({
        ...step,
        status: event.retryInMs === undefined ? 'failed' : 'waiting',
        waiting: null,
        durationMs: event.durationMs,
        error: event.error,
      }));
    case 'step.skipped':
      return withStep(run, event, (step) => ({ ...step, status: 'skipped' }));
    case 'step.suspended':
      return withStep(run, event, (step) => ({
        ...step,
        status: 'waiting',
        waiting: { key: event.waiting.key, question: event.waiting.question },
      }));
    case 'log':
      return withStep(run, event, (step) => ({
        ...step,
        logs: [...step.logs, { level: event.level, text: event.text, at: event.at }],
      }));
    case 'progress':
      return {
        ...run,
        progress: { done: event.done, total: event.total ?? null, message: event.message ?? null },
      };
    case 'run.finished':
      return {
        ...run,
        status: event.status,
        durationMs: event.durationMs,
        output: event.output ?? null,
        error: event.error ?? null,
        undone: event.undone ?? [],
        guarded: event.guarded ?? [],
      };
  }
}

function withStep(
  run: RunView,
  at: { nodeId: string; key: string; iteration?: readonly number[] },
  change: (step: StepView) => StepView,
): RunView {
  const { nodeId, iteration = [] } = at;
  if (iteration.length === 0) {
    const step = change(run.steps[nodeId] ?? newStep(at, iteration));
    return { ...run, steps: { ...run.steps, [nodeId]: step } };
  }
  const known = run.items[nodeId] ?? [];
  const index = known.findIndex((step) => String(step.iteration) === String(iteration));
  const step = change(known[index] ?? newStep(at, iteration));
  const items = index < 0 ? [...known, step] : known.with(index, step);
  return withItems(run, nodeId, items, step);
}

/** The run with the items of a step; `last` is the one that changed last. */
export function withItems(run: RunView, nodeId: string, items: readonly StepView[], last: StepView): RunView {
  const shown = items.find((step) => step.status === 'failed') ?? last;
  return {
    ...run,
    steps: { ...run.steps, [nodeId]: shown },
    items: { ...run.items, [nodeId]: items },
  };
}

function newStep({ nodeId, key }: { nodeId: string; key: string }, iteration: readonly number[]): StepView {
  return {
    nodeId,
    key,
    status: 'running',
    attempt: 0,
    startedAt: null,
    durationMs: null,
    input: null,
    value: null,
    handle: null,
    error: null,
    logs: [],
    waiting: null,
    undoes: null,
    given: false,
    iteration,
  };
}

/** A question of a run that waits. */
export interface OpenQuestion {
  /** To answer by. Of a workflow that the run called: `<key of the call>.<its key>`. */
  key: string;
  nodeId: string;
  question: Exclude<Question, { type: 'workflow' }>;
}

/** What a run waits for; nothing while it goes on. Of one step, when `stepId` is given. */
export function openQuestions(run: RunView, stepId: string | null = null): OpenQuestion[] {
  if (run.status !== 'suspended') return [];
  const nodeIds = stepId === null ? Object.keys(run.steps) : [stepId];
  return nodeIds
    .flatMap((nodeId) => run.items[nodeId] ?? (run.steps[nodeId] ? [run.steps[nodeId]] : []))
    .flatMap(({ nodeId, status, waiting }) =>
      status === 'waiting' && waiting ? flatQuestions(nodeId, waiting.key, waiting.question) : [],
    );
}

/** Nobody has to answer: it goes on by itself. */
export function waitsForTime(run: RunView): boolean {
  const questions = openQuestions(run);
  return questions.length > 0 && questions.every(({ question }) => question.type === 'time');
}

/** The questions of called workflows, in the place of the call. */
function flatQuestions(nodeId: string, key: string, question: Question): OpenQuestion[] {
  if (question.type !== 'workflow') return [{ key, nodeId, question }];
  return Object.entries(question.questions).flatMap(([inner, theirs]) =>
    flatQuestions(nodeId, `${key}.${inner}`, theirs),
  );
}

export interface Bar {
  step: StepView;
  /** Where the bar begins and how long it is, in percent of the whole run. */
  left: number;
  width: number;
}

/** The waterfall: steps that began, in the order in which they did, on a scale of the whole run. `now` in ms since the epoch. */
export function waterfall(run: RunView, now: number): Bar[] {
  const begun = Object.values(run.steps).filter((step) => step.startedAt !== null);
  const start = run.startedAt ?? Math.min(...begun.map((step) => step.startedAt ?? now));
  const endOf = (step: StepView): number =>
    step.status === 'running' ? now : (step.startedAt ?? start) + (step.durationMs ?? 0);
  const end = Math.max(start + (run.durationMs ?? 0), ...begun.map(endOf), start + 1);
  const percent = (ms: number): number => Math.max(0, Math.min(100, (100 * ms) / (end - start)));
  return begun
    .sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
    .map((step) => ({
      step,
      left: percent((step.startedAt ?? start) - start),
      width: percent(endOf(step) - (step.startedAt ?? start)),
    }));
}

/** The card's result in a few words: "3 items", "object, 1.2 kB", "12 characters". */
export function sizeInWords(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  if (typeof value === 'string') return value.length === 1 ? '1 character' : `${value.length} characters`;
  if (typeof value !== 'object') return String(value);
  const bytes = JSON.stringify(value).length;
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
