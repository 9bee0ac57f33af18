import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { OFFERED_CHANGED } from './offered.ts';

/** Deletes a document with its passages and its file. */
export async function deleteDocument(
  app: App,
  principal: Principal,
  at: { project: string; base: string; document: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  const file = await repository(app.db, principal).knowledge.removeDocument(id, at.base, at.document);
  await app.files.of(id).remove(file);
  app.events.publish(OFFERED_CHANGED, { projectId: id });
}
