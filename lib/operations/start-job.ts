import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { liveWorkflow } from './live-workflow.ts';
import { mayEdit } from './roles.ts';
import { startBackgroundRun } from './start-background-run.ts';

export interface StartJob {
  project: string;
  workflow: string;
  input: JsonObject;
  idempotencyKey?: string | undefined;
}

/**
 * Starts the live version of a workflow in the background. Throws as `startBackgroundRun`, and `conflict` when the
 * workflow is not published.
 */
export async function startJob(
  app: App,
  principal: Principal,
  { project: slug, workflow: workflowId, input, idempotencyKey }: StartJob,
): Promise<{ runId: string; existing: boolean }> {
  mayEdit(principal, 'start a workflow');
  const { id } = await findProject(app, principal, slug);
  const known = await repository(app.db, principal).workflows.get(id, workflowId);
  if (!known) throw new AppError('not_found', 'There is no such workflow.');
  const live = await liveWorkflow(app, slug, workflowId);
  if (!live) throw new AppError('conflict', 'This workflow is not published: publish it first.');
  return startBackgroundRun(app, principal, {
    ...live,
    input,
    cause: 'api',
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: `api:${idempotencyKey}` }),
  });
}
