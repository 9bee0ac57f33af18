import type { Principal } from '#lib/db/principal.ts';
import type { ProjectPatch } from '#lib/db/projects.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { type ProjectView, projectView } from './read-projects.ts';

/**
 * Changes what is given; the address serves it from the next request on. With another slug the old address, and those
 * pinned to its releases, answer like one that never was.
 */
export async function updateProject(
  app: App,
  principal: Principal,
  slug: string,
  patch: ProjectPatch,
): Promise<ProjectView> {
  const { id } = await findProject(app, principal, slug);
  const project = await repository(app.db, principal).projects.update(id, patch);
  app.events.publish('project.changed', { projectId: id, slug });
  if (project.slug !== slug) app.events.publish('project.changed', { projectId: id, slug: project.slug });
  return projectView(app, project);
}
