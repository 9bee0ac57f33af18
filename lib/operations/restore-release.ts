import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/**
 * Serves again what a release of the project served, in all workflows that are still there; the drafts stay as they
 * are. Throws `not_found`, `conflict` when that is live already.
 */
export async function restoreRelease(
  app: App,
  principal: Principal,
  at: { project: string; release: number },
): Promise<{ release: number }> {
  const { id, slug } = await findProject(app, principal, at.project);
  const { release } = await repository(app.db, principal).releases.restore(id, at.release);
  app.events.publish('release.changed', { projectId: id, slug, release });
  return { release };
}
