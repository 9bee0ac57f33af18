import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { sameValue } from './compare-runs.ts';
import { findProject } from './find-project.ts';
import { type TestLine, testLine } from './read-tests.ts';
import { findEndedRun } from './recorded-run.ts';
import { replayDocument } from './replay-document.ts';
import { mayEdit } from './roles.ts';
import { boundedOutput } from './run-recording.ts';
import { expectedOf } from './run-tests.ts';

export interface CreateTest {
  project: string;
  workflow: string;
  name: string;
  /** The run it is made from. */
  run: string;
  signal: AbortSignal;
}

/**
 * Keeps a run as a test: its recording, and what it answered. What ran then is replayed first, so that a test is only
 * made of a recording that holds all it needs. Throws `not_found`; `conflict` for a run that goes on and for a name
 * that is taken; `invalid` when the recording does not lead to the same answer again.
 */
export async function createTest(app: App, principal: Principal, request: CreateTest): Promise<TestLine> {
  mayEdit(principal, 'make a test');
  const { name, signal } = request;
  const project = await findProject(app, principal, request.project);
  const { run, recorded, given } = await findEndedRun(app, principal, {
    projectId: project.id,
    run: request.run,
  });
  const { workflows, tests } = repository(app.db, principal);
  const workflow = await workflows.get(project.id, request.workflow);
  if (!workflow) throw new AppError('not_found', 'There is no such workflow.');
  if (run.workflowId !== workflow.id) throw new AppError('not_found', 'This workflow has no such run.');
  if (run.status !== 'succeeded' && run.status !== 'failed') {
    throw new AppError(
      'invalid',
      'A test is made from a run that succeeded or failed; this one did neither.',
    );
  }
  if (Object.keys(given).length > 0) {
    throw new AppError(
      'invalid',
      'Steps of this run gave pinned samples and did not run. Remove the pins, run it again, and make the test from that run.',
    );
  }
  const document = run.document ?? workflow.document;
  const replayed = await replayDocument(app, project, { document, run: recorded, signal });
  const { status, output, error, misses } = replayed;
  const then = (run.output ?? null) as JsonValue;
  const now = (output && boundedOutput(output)) as unknown as JsonValue;
  if (status !== run.status || !sameValue(then, now)) {
    const why =
      misses.length > 0
        ? `the recording does not have all it needs (${misses[0]!.asked})`
        : (error?.message ?? 'it answers something else');
    throw new AppError('invalid', `Replayed, this run does not come to the same end: ${why}.`);
  }
  const expected = expectedOf(replayed);
  const test = await tests.create(project.id, workflow.id, { name, recording: recorded, expected });
  return testLine(test);
}
