import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { OFFERED_CHANGED } from './offered.ts';

/** Deletes a knowledge base with its documents and their files. */
export async function deleteBase(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  const files = app.files.of(id);
  const removed = await repository(app.db, principal).knowledge.remove(id, at.base);
  app.events.publish('project.changed', { projectId: id });
  app.events.publish(OFFERED_CHANGED, { projectId: id });
  for (const file of removed) await files.remove(file);
}
