import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { StepRecord, StoredRunStatus } from '#lib/db/run-batch.ts';
import type { RunSummary } from '#lib/db/runs.ts';
import type { ErrorRecord } from '#lib/engine/events.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
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
  error: string | null;
}

export interface StepView {
  nodeId: string;
  key: string;
  status: 'running' | 'succeeded' | 'failed' | 'skipped';
  attempt: number;
  startedAt: string | null;
  durationMs: number | null;
  input: JsonValue;
  value: JsonValue;
  handle: string | null;
  error: ErrorRecord | null;
  logs: { level: 'debug' | 'info' | 'warn' | 'error'; text: string; at: string }[];
}

export interface RunView extends Omit<RunLine, 'error'> {
  input: JsonValue;
  output: RunOutput | null;
  error: ErrorRecord | null;
  document: WorkflowDocument | null;
  steps: StepView[];
}

export interface RunFilter {
  workflow?: string | undefined;
  status?: StoredRunStatus | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** Runs of a project, newest first. */
export async function listRuns(
  app: App,
  principal: Principal,
  slug: string,
  filter: RunFilter,
): Promise<{ items: RunLine[]; nextCursor: string | null }> {
  const { id } = await findProject(app, principal, slug);
  const { workflow, status, cursor, limit } = filter;
  const page = await repository(app.db, principal).runs.list(id, {
    ...(workflow === undefined ? {} : { workflowId: workflow }),
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
  });
  return { items: page.items.map(lineOf), nextCursor: page.nextCursor };
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
      ...viewOf(live.record(null)),
      document: (live.opening.document ?? null) as WorkflowDocument | null,
    };
  }
  const now = live ? viewOf(live.record(null)) : viewOf(run);
  return { ...now, document: run.document as WorkflowDocument | null };
}

type Stored = Omit<RunLine, 'startedAt' | 'error'> & {
  startedAt: Date | number;
  input: JsonValue;
  output: object | null;
  error: object | null;
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
    input: run.input,
    output: run.output as RunOutput | null,
    error: run.error as ErrorRecord | null,
    steps: run.steps.map(stepView),
  };
}

function stepView(step: StepRecord): StepView {
  return {
    nodeId: step.nodeId,
    key: step.key,
    status: step.status,
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
  };
}

function lineOf(run: RunSummary): RunLine {
  const { id, workflowId, workflowName, version, status, startedAt, durationMs, client, error } = run;
  return {
    id,
    workflowId,
    workflowName,
    version,
    status,
    startedAt: startedAt.toISOString(),
    durationMs,
    client,
    error,
  };
}
