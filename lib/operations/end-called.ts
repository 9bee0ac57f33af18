import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/**
 * Ends called runs that wait for a caller that has ended: of this one, or of any. Nobody would go on with them. They
 * are cancelled by jobs, and take back what they can.
 */
export async function endCalled({ db, events }: Pick<App, 'db' | 'events'>, caller?: string): Promise<void> {
  const { runs } = repository(db, { type: 'system' });
  const left = await runs.abandoned(caller);
  for (const id of left) await runs.continueLater(id, { cancel: true });
  if (left.length > 0) events.publish(JOB_ADDED, null);
}
