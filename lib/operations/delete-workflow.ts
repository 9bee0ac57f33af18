import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { tellEditors } from './workflow-news.ts';

/** Deletes a workflow with its versions; its runs stay. A live one is gone with the next request. */
export async function deleteWorkflow(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<void> {
  const { id, slug } = await findProject(app, principal, at.project);
  const { release } = await repository(app.db, principal).workflows.remove(id, at.workflow);
  // Also when none was live: releases that somebody pinned may have had it.
  app.events.publish('release.changed', { projectId: id, slug, release });
  tellEditors(app, principal, at.workflow, 'deleted');
}
