import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Deletes a knowledge base with its documents and their files. */
export async function deleteBase(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  const files = app.files.of(id);
  for (const file of await repository(app.db, principal).knowledge.remove(id, at.base))
    await files.remove(file);
}
