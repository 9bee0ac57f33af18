import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Forgets a credential. Steps that use it fail from now on, and say why. */
export async function deleteConnection(
  app: App,
  principal: Principal,
  at: { project: string; connection: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).connections.remove(id, at.connection);
}
