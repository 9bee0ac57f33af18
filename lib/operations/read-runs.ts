import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunCause, StepRecord, StoredRunStatus } from '#lib/db/run-batch.ts';
import type { RunSort } from '#lib/db/run-order.ts';
import type { RunSummary } from '#lib/db/runs.ts';
import type { ErrorRecord } from '#lib/engine/events.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunOutput, Undone } from '#lib/engine/run.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { GuardNote } from '#lib/workflow/guard-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { UNNAMED } from './client-name.ts';
import { findProject } from './find-project.ts';

export interface RunLine {
  id: string;
  workflowId: string;
  workflowName: string;
  /** null: the draft */
  version: number | null;
  status: StoredRunStatus;
  startedAt: string;
  durationMs: number | null;
  client: string | null;
  cause: RunCause;
  /** The run that called this one. */
  parentId: string | null;
  /** Runs as a job: at least once, with retries. */
  background: boolean;
  /** How often it was suspended. */
  round: number;
  /** Of a run that waits: when the first of its questions expires. */
  expiresAt: string | null;
  /** A background run that failed for good, until somebody deals with it. */
  deadAt: string | null;
  /** Of a run that failed for good, while its jobs are kept: how often it was tried. */
  attempts: number | null;
  error: string | null;
}

export interface StepView {
  nodeId: string;
  key: string;
  status: 'running' | 'waiting' | 'succeeded' | 'failed' | 'skipped';
  /** Inside containers: of which item, the outermost container first. */
  iteration: number[] | null;
  attempt: number;
  startedAt: string | null;
  durationMs: number | null;
  input: JsonValue;
  value: JsonValue;
  handle: string | null;
  error: ErrorRecord | null;
  logs: { level: 'debug' | 'info' | 'warn' | 'error'; text: string; at: string }[];
  /** The value was given: the step did not run. */
  given: boolean;
  /** The node whose effect this step takes back. */
  undoes: string | null;
  /** When it did not work: it waited for an answer or a time, or for its next try. */
  pauses: { why: 'answer' | 'time' | 'retry'; from: string; to: string | null }[];
  /** Of a step that waits: what it asks, and the key to answer by. */
  waiting: { key: string; question: Question } | null;
}

export interface RunView extends Omit<RunLine, 'error'> {
  input: JsonValue;
  output: RunOutput | null;
  error: ErrorRecord | null;
  /** What was taken back after a failure. */
  undone: Undone[];
  /** What was found in the answer that should not leave the project, and what was done about it. */
  guarded: GuardNote[];
  document: WorkflowDocument | null;
  steps: StepView[];
}

export interface RunFilter {
  workflow?: string | undefined;
  status?: StoredRunStatus | undefined;
  cause?: RunCause | undefined;
  /** Name of a client without its version; `unnamed`: those that gave none. */
  client?: string | undefined;
  /** ISO: when it started; before `to`. */
  from?: string | undefined;
  to?: string | undefined;
  /** The beginning of an id, or part of an error's message. */
  text?: string | undefined;
  sort?: RunSort | undefined;
  dead?: boolean | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** Runs of a project, newest first unless said otherwise. */
export async function listRuns(
  app: App,
  principal: Principal,
  slug: string,
  filter: RunFilter,
): Promise<{ items: RunLine[]; nextCursor: string | null }> {
  const { id } = await findProject(app, principal, slug);
  const { workflow, status, cause, client, from, to, text, sort, dead, cursor, limit } = filter;
  const page = await repository(app.db, principal).runs.list(id, {
    ...(workflow === undefined ? {} : { workflowId: workflow }),
    ...(status === undefined ? {} : { status }),
    ...(cause === undefined ? {} : { cause }),
    ...(client === undefined ? {} : { client: client === UNNAMED ? null : client }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
    ...(text === undefined ? {} : { text }),
    ...(sort === undefined ? {} : { sort }),
    ...(dead === undefined ? {} : { dead }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
  });
  const attempts = await attemptsOf(app, principal, id, page.items);
  return {
    items: page.items.map((run) => lineOf(run, attempts.get(run.id) ?? null)),
    nextCursor: page.nextCursor,
  };
}

/** One run with its steps; of a run that goes on in this process, as far as it is now. */
export async function getRun(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
): Promise<RunView> {
  const { id } = await findProject(app, principal, at.project);
  const live = app.recorder.find(at.run);
  const run = await repository(app.db, principal).runs.get(id, at.run);
  if (!run) {
    if (live?.opening.projectId !== id) throw new AppError('not_found', 'There is no such run.');
    return {
      ...viewOf({ ...live.record(null), ...NOT_STORED }),
      document: (live.opening.document ?? null) as WorkflowDocument | null,
    };
  }
  const now = live ? viewOf({ ...run, ...live.record(null) }) : viewOf(run);
  const attempts = await attemptsOf(app, principal, id, [run]);
  return {
    ...now,
    attempts: attempts.get(run.id) ?? null,
    document: run.document as WorkflowDocument | null,
  };
}

/** How often those of the runs were tried that failed for good, by id. */
async function attemptsOf(
  app: App,
  principal: Principal,
  projectId: string,
  runs: readonly { id: string; deadAt: Date | null }[],
): Promise<Map<string, number>> {
  const ids = runs.filter(({ deadAt }) => deadAt !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const tried = await repository(app.db, principal).background.attempts(projectId, ids);
  return new Map(tried.map(({ runId, attempts }) => [runId, attempts]));
}

/** What a run is that only its process knows. */
const NOT_STORED = { background: false, round: 0, expiresAt: null, deadAt: null };

type Stored = Omit<RunLine, 'startedAt' | 'expiresAt' | 'deadAt' | 'attempts' | 'error'> & {
  startedAt: Date | number;
  expiresAt: Date | null;
  deadAt: Date | null;
  input: JsonValue;
  output: object | null;
  error: object | null;
  undone: JsonValue | object;
  guarded?: JsonValue | object;
  steps: readonly StepRecord[];
};

function viewOf(run: Stored): Omit<RunView, 'document'> {
  return {
    id: run.id,
    workflowId: run.workflowId,
    workflowName: run.workflowName,
    version: run.version,
    status: run.status,
    startedAt: new Date(run.startedAt).toISOString(),
    durationMs: run.durationMs,
    client: run.client,
    cause: run.cause,
    parentId: run.parentId,
    background: run.background,
    round: run.round,
    expiresAt: run.expiresAt?.toISOString() ?? null,
    deadAt: run.deadAt?.toISOString() ?? null,
    attempts: null,
    input: run.input,
    output: run.output as RunOutput | null,
    error: run.error as ErrorRecord | null,
    undone: (run.undone ?? []) as Undone[],
    guarded: (run.guarded ?? []) as GuardNote[],
    steps: run.steps.map(stepView),
  };
}

/** A step as it is shown. */
export function stepView(step: StepRecord): StepView {
  return {
    nodeId: step.nodeId,
    key: step.key,
    status: step.status,
    iteration: step.iteration ?? null,
    attempt: step.attempt,
    startedAt: step.startedAt === null ? null : new Date(step.startedAt).toISOString(),
    durationMs: step.durationMs,
    input: step.input ?? null,
    value: step.value ?? null,
    handle: step.handle ?? null,
    error: (step.error ?? null) as ErrorRecord | null,
    logs: (step.logs ?? []).map(({ level, text, at }) => ({
      level: level as StepView['logs'][number]['level'],
      text,
      at: new Date(at).toISOString(),
    })),
    given: step.given ?? false,
    undoes: step.undoes ?? null,
    pauses: (step.pauses ?? []).map(({ why, from, to }) => ({
      why,
      from: new Date(from).toISOString(),
      to: to === undefined ? null : new Date(to).toISOString(),
    })),
    waiting: (step.waiting ?? null) as unknown as StepView['waiting'],
  };
}

function lineOf(run: RunSummary, attempts: number | null): RunLine {
  const { startedAt, expiresAt, deadAt, ...rest } = run;
  return {
    ...rest,
    attempts,
    startedAt: startedAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    deadAt: deadAt?.toISOString() ?? null,
  };
}
