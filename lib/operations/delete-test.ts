import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';

/** Throws `not_found`. */
export async function deleteTest(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string; test: string },
): Promise<void> {
  mayEdit(principal, 'delete a test');
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).tests.remove(id, at.workflow, at.test);
}
