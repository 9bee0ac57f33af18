import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { publishWorkflow } from './publish-workflow.ts';

/** Publishes every workflow of a project as it stands. Throws `invalid` for the first that has problems. */
export async function publishAll(
  app: App,
  principal: Principal,
  project: string,
): Promise<{ name: string; version: number }[]> {
  const { id } = await findProject(app, principal, project);
  const published: { name: string; version: number }[] = [];
  for (const { id: workflow, name, revision } of await repository(app.db, principal).workflows.list(id)) {
    const { version } = await publishWorkflow(app, principal, { project, workflow, revision });
    published.push({ name, version });
  }
  return published;
}
