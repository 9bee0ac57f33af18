import type { Principal } from '#lib/db/principal.ts';
import type { App } from './app.ts';
import { getRun } from './read-runs.ts';
import { mayEdit } from './roles.ts';

/** Asks a run to stop, whichever process runs it. Nothing happens to one that has ended. */
export async function cancelRun(
  app: App,
  principal: Principal,
  at: { project: string; run: string },
): Promise<void> {
  const run = await getRun(app, principal, at);
  mayEdit(principal, 'cancel a run');
  if (run.status === 'running') app.events.publish('run.cancel', { runId: run.id });
}
