import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { OFFERED_CHANGED } from './offered.ts';

/** Deletes documents with their passages and files; those that are not there are passed over. Answers how many. */
export async function removeDocuments(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  ids: readonly string[],
): Promise<number> {
  const { id } = await findProject(app, principal, at.project);
  const { removed, freed } = await repository(app.db, principal).documents.remove(id, at.base, ids);
  for (const file of freed) await app.files.of(id).remove(file);
  if (removed.length > 0) app.events.publish(OFFERED_CHANGED, { projectId: id });
  return removed.length;
}

/** Deletes one document. Throws `not_found`. */
export async function deleteDocument(
  app: App,
  principal: Principal,
  { document, ...at }: { project: string; base: string; document: string },
): Promise<void> {
  const count = await removeDocuments(app, principal, at, [document]);
  if (count === 0) throw new AppError('not_found', 'There is no such document.');
}
