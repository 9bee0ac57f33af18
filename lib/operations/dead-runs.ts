import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { mayEdit } from './roles.ts';
import { DEFAULT_ATTEMPTS } from './start-background-run.ts';

interface RunPlace {
  project: string;
  run: string;
}

/**
 * Tries a run again that failed for good, from the step that failed, with the version it began with. Throws `conflict`
 * when the run is not one of those.
 */
export async function retryRun(app: App, principal: Principal, { project, run }: RunPlace): Promise<void> {
  mayEdit(principal, 'try a run again');
  const { id } = await findProject(app, principal, project);
  await repository(app.db, principal).background.retry(id, run, DEFAULT_ATTEMPTS);
  app.events.publish(JOB_ADDED, null);
}

/** Takes a run that failed for good off the list of those. Throws `conflict` when it is not one of them. */
export async function dismissRun(app: App, principal: Principal, { project, run }: RunPlace): Promise<void> {
  mayEdit(principal, 'dismiss a failed run');
  const { id } = await findProject(app, principal, project);
  await repository(app.db, principal).background.dismiss(id, run);
}
