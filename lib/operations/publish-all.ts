import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { publishWorkflow } from './publish-workflow.ts';

/**
 * Publishes every workflow of a project as it stands. Throws `invalid` for the first that has problems or whose tests
 * fail (unless `despiteTests`); those before it stay published.
 */
export async function publishAll(
  app: App,
  principal: Principal,
  project: string,
  {
    despiteTests,
    despiteTexts,
  }: { despiteTests?: boolean | undefined; despiteTexts?: boolean | undefined } = {},
): Promise<{ name: string; version: number }[]> {
  const { id } = await findProject(app, principal, project);
  const published: { name: string; version: number }[] = [];
  for (const { id: workflow, name, revision } of await repository(app.db, principal).workflows.list(id)) {
    const request = { project, workflow, revision, despiteTests, despiteTexts };
    const { version } = await publishWorkflow(app, principal, request).catch((error: unknown) => {
      // Of several workflows, which one.
      if (error instanceof AppError) {
        throw new AppError(error.code, `${name} is not published: ${error.message}`, error.details);
      }
      throw error;
    });
    published.push({ name, version });
  }
  return published;
}
