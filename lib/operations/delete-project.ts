import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Deletes a project with its workflows, keys, connections, documents and runs. Its address is gone at once. */
export async function deleteProject(app: App, principal: Principal, slug: string): Promise<void> {
  const { id } = await findProject(app, principal, slug);
  await repository(app.db, principal).projects.remove(id);
  app.events.publish('project.changed', { projectId: id, slug });
  await app.files.removeProject(id);
}
