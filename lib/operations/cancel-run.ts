import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { getRun } from './read-runs.ts';
import { mayEdit } from './roles.ts';

/**
 * Asks a run to stop, whichever process runs it; what it did and can take back is taken back. One that waits or is
 * queued is ended by a job. Nothing happens to one that has ended.
 */
export async function cancelRun(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
): Promise<void> {
  const run = await getRun(app, principal, at);
  mayEdit(principal, 'cancel a run');
  if (run.status === 'running') app.events.publish('run.cancel', { runId: run.id });
  if (run.status === 'suspended' || run.status === 'queued') await cancelWaiting(app, run.id);
}

/** Ends a run that waits or is queued, by a job. Durable when it resolves. */
export async function cancelWaiting(app: App, runId: string): Promise<void> {
  await repository(app.db, { type: 'system' }).runs.continueLater(runId, { cancel: true });
  app.events.publish(JOB_ADDED, null);
}
