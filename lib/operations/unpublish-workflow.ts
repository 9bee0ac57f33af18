import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { tellEditors } from './workflow-news.ts';

/** Serves no version of the workflow any more. Throws `conflict` when none was live. */
export async function unpublishWorkflow(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<{ release: number }> {
  const { id, slug } = await findProject(app, principal, at.project);
  const { release } = await repository(app.db, principal).releases.unpublish(id, at.workflow);
  app.events.publish('release.changed', { projectId: id, slug, release });
  tellEditors(app, principal, at.workflow, 'unpublished');
  return { release };
}
