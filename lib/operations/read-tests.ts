import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { WorkflowTestSummary } from '#lib/db/workflow-tests.ts';
import type { ExpectedEnd } from '#lib/workflow/workflow-test.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

export interface TestLine {
  id: string;
  name: string;
  createdAt: string;
  expected: ExpectedEnd;
}

/** Tests of a workflow, by name. */
export async function listTests(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<TestLine[]> {
  const { id } = await findProject(app, principal, at.project);
  const { workflows, tests } = repository(app.db, principal);
  if (!(await workflows.get(id, at.workflow))) throw new AppError('not_found', 'There is no such workflow.');
  return (await tests.list(id, at.workflow)).map(testLine);
}

export function testLine({ id, name, createdAt, expected }: WorkflowTestSummary): TestLine {
  return { id, name, createdAt: createdAt.toISOString(), expected };
}
