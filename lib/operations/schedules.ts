import type { Logger } from 'pino';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Repository } from '#lib/db/repository.ts';
import { repository } from '#lib/db/repository.ts';
import type { StoredTrigger } from '#lib/db/triggers.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { liveWorkflow } from './live-workflow.ts';
import { readDueSources } from './read-due-sources.ts';
import { problemOf } from './read-triggers.ts';

/** Published, with no payload, when a schedule was made or changed. */
export const SCHEDULES_CHANGED = 'schedules.changed';

/** Between two looks when nothing is due sooner: finds what another replica was told of, and a clock that was set. */
const LOOK_MS = 30_000;
const BATCH = 50;

export interface SchedulesOptions {
  /** ms since the epoch. */
  now?: () => number;
}

/**
 * Starts the runs of schedules, and the reading of sources, when they are due. Any number of processes may do it on one
 * database: each time of a schedule is taken by one of them. Of the times that passed while no process was there, one
 * is made up for. Returns what ends it.
 */
export function startSchedules(
  app: Pick<App, 'db' | 'events' | 'live' | 'log'>,
  { now = Date.now }: SchedulesOptions = {},
): () => Promise<void> {
  const { triggers, knowledgeSources } = repository(app.db, { type: 'system' });
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let again = false;

  const unsubscribe = app.events.subscribe(SCHEDULES_CHANGED, look);
  look();

  function look(): void {
    again = true;
    if (stopped || looking) return;
    if (timer) clearTimeout(timer);
    timer = null;
    looking = round()
      .catch((error: unknown) => {
        app.log.error({ err: error }, 'schedules could not be read; they are looked at again');
        return LOOK_MS;
      })
      .then((pause) => {
        looking = null;
        if (!stopped) timer = setTimeout(look, pause).unref();
      });
  }

  /** Starts what is due; answers the ms until the next look. */
  async function round(): Promise<number> {
    do {
      again = false;
      await startDue(app, triggers, now);
      await readDueSources(app, knowledgeSources, now);
    } while (again && !stopped);
    const due = earliest(await triggers.nextDue(), await knowledgeSources.nextDue());
    return due === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(0, due.getTime() - now()) + 1);
  }

  return async () => {
    stopped = true;
    unsubscribe();
    if (timer) clearTimeout(timer);
    await looking;
  };
}

function earliest(one: Date | null, other: Date | null): Date | null {
  return one === null || (other !== null && other < one) ? other : one;
}

/** Starts every schedule that is due; answers how many runs that made. */
export async function startDue(
  app: Pick<App, 'db' | 'events' | 'live' | 'log'>,
  triggers: Repository['triggers'],
  now: () => number,
): Promise<number> {
  let started = 0;
  for (;;) {
    const due = await triggers.due(new Date(now()), BATCH);
    for (const trigger of due) if (await startOne(app, triggers, trigger, new Date(now()))) started += 1;
    if (started > 0) app.events.publish(JOB_ADDED, null);
    if (due.length < BATCH) return started;
  }
}

/** Whether a run was made of it here. */
async function startOne(
  app: { live: App['live']; log: Logger },
  triggers: Repository['triggers'],
  trigger: StoredTrigger,
  now: Date,
): Promise<boolean> {
  const { id, workflowId, nextAt, input, attempts } = trigger;
  const facts = { trigger: id, project: trigger.slug, workflow: workflowId };
  const live = await liveWorkflow(app, trigger.slug, workflowId);
  const problem = problemOf(trigger, live?.workflow ?? null);
  if (problem) app.log.warn(facts, `a schedule was skipped: ${problem}`);
  const { workflow } = live ?? {};
  const run =
    problem || !workflow
      ? null
      : {
          workflowId,
          workflowName: workflow.contract.name,
          versionId: workflow.versionId,
          version: workflow.version,
          input,
          cause: 'schedule' as const,
          triggerId: id,
          idempotencyKey: `schedule:${id}:${nextAt?.toISOString()}`,
          attempts,
        };
  const runId = await triggers.tick(trigger, { now, nextAt: timeAfter(app.log, trigger, now), run });
  return typeof runId === 'string';
}

/** Null when there is none: this time zone is no longer known, or this cron no longer read. */
function timeAfter(log: Logger, { id, cron, timeZone }: StoredTrigger, from: Date): Date | null {
  try {
    return nextTime({ cron: cron ?? '', timeZone: timeZone ?? '' }, from);
  } catch (error) {
    log.error({ err: error, trigger: id }, 'a schedule has no next time and starts no more');
    return null;
  }
}
