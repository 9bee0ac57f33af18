import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { WorkflowTest } from '#lib/db/workflow-tests.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { ExpectedEnd } from '#lib/workflow/workflow-test.ts';
import type { App } from './app.ts';
import { sameValue } from './compare-runs.ts';
import { findProject } from './find-project.ts';
import { type Replayed, type ReplayProject, replayDocument } from './replay-document.ts';
import { mayEdit } from './roles.ts';

export interface TestResult {
  id: string;
  name: string;
  passed: boolean;
  /** What it came to instead. */
  difference: { what: 'status' | 'error' | 'output'; expected: JsonValue; now: JsonValue } | null;
}

/** Runs all tests of a workflow against its draft. Throws `not_found`, `invalid` when the draft cannot run. */
export async function runTests(
  app: App,
  principal: Principal,
  request: { project: string; workflow: string; signal: AbortSignal },
): Promise<TestResult[]> {
  mayEdit(principal, 'run tests');
  const project = await findProject(app, principal, request.project);
  const workflow = await repository(app.db, principal).workflows.get(project.id, request.workflow);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  const { id, document } = workflow;
  return runTestsOf(app, principal, { project, workflow: { id, document }, signal: request.signal });
}

/** The same for a document that was read already. One after the other: code of tests shares the sandbox with runs. */
export async function runTestsOf(
  app: App,
  principal: Principal,
  {
    project,
    workflow,
    signal,
  }: { project: ReplayProject; workflow: { id: string; document: unknown }; signal: AbortSignal },
): Promise<TestResult[]> {
  const { tests } = repository(app.db, principal);
  const results: TestResult[] = [];
  for (const { id } of await tests.list(project.id, workflow.id)) {
    const test = await tests.get(project.id, workflow.id, id);
    if (!test) continue;
    const { document } = workflow;
    const replayed = await replayDocument(app, project, { document, run: test.recording, signal });
    signal.throwIfAborted();
    results.push(resultOf(test, replayed));
  }
  return results;
}

function resultOf({ id, name, expected }: WorkflowTest, replayed: Replayed): TestResult {
  const difference = differenceOf(expected, expectedOf(replayed));
  return { id, name, passed: difference === null, difference };
}

function differenceOf(expected: ExpectedEnd, now: ExpectedEnd): TestResult['difference'] {
  const both = { expected: expected as JsonValue, now: now as JsonValue };
  if (expected.status !== now.status) return { what: 'status', ...both };
  if (!sameValue((expected.error ?? null) as JsonValue, (now.error ?? null) as JsonValue)) {
    return { what: 'error', ...both };
  }
  return sameValue((expected.output ?? null) as JsonValue, (now.output ?? null) as JsonValue)
    ? null
    : { what: 'output', ...both };
}

/** What a run came to, as a test says it. */
export function expectedOf({ status, output, error }: Replayed): ExpectedEnd {
  return {
    // A test expects one of the two; whatever else it came to is neither.
    status: status as ExpectedEnd['status'],
    ...(output && { output: output as unknown as NonNullable<ExpectedEnd['output']> }),
    ...(error && {
      error: {
        code: error.code,
        message: error.message,
        ...(error.key !== undefined && { key: error.key }),
      },
    }),
  };
}
