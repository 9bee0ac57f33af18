import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { tellEditors } from './workflow-news.ts';

/** Serves another version of the workflow; the draft stays as it is. Throws `conflict` when it is live already. */
export async function rollbackWorkflow(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string; version: number },
): Promise<{ release: number }> {
  const { id, slug } = await findProject(app, principal, at.project);
  const { release } = await repository(app.db, principal).releases.rollback(id, at.workflow, at.version);
  app.events.publish('release.changed', { projectId: id, slug, release });
  tellEditors(app, principal, at.workflow, 'rolled_back');
  return { release };
}
