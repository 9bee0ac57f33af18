import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { StoredSource } from '#lib/db/knowledge-sources.ts';
import type { Repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { emptyReport } from './source-report.ts';

const BATCH = 50;

/**
 * Begins to read every source that is due; answers how many. Of the times that passed while no process was there, one is
 * made up for; a time that comes while the source is still read passes.
 */
export async function readDueSources(
  app: Pick<App, 'events' | 'log'>,
  sources: Repository['knowledgeSources'],
  now: () => number,
): Promise<number> {
  let begun = 0;
  for (;;) {
    const due = await sources.due(new Date(now()), BATCH);
    for (const source of due) {
      const nextRunAt = timeAfter(app, source, new Date(now()));
      if (await sources.tick(source, { nextRunAt, report: emptyReport('schedule') })) begun += 1;
    }
    if (begun > 0) app.events.publish(JOB_ADDED, null);
    if (due.length < BATCH) return begun;
  }
}

/** Null when there is none: this time zone is no longer known, or this cron no longer read. */
function timeAfter({ log }: Pick<App, 'log'>, source: StoredSource, from: Date): Date | null {
  const { id, schedule, timeZone } = source;
  try {
    return nextTime({ cron: schedule ?? '', timeZone }, from);
  } catch (error) {
    log.error({ err: error, source: id }, 'a source has no next time and is read no more by itself');
    return null;
  }
}
