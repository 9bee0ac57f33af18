import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Deletes a schedule or a webhook; the runs it started stay. Throws `not_found` when there is none. */
export async function deleteTrigger(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string; trigger: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).triggers.remove(id, at.workflow, at.trigger);
}
