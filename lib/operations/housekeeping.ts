import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { anchorAudit, lookThroughAudits } from './audit-anchor.ts';
import { endCalled } from './end-called.ts';
import { adoptDocuments, sweepDocumentFiles } from './sweep-documents.ts';

const CRASH_SWEEP_MS = 15_000;
const PRUNE_MS = 60 * 60_000;
const JOB_DAYS = 7;

const ANCHOR_MS = 60 * 60_000;
const CHECK_MS = 24 * 60 * 60_000;

/** Gives runs to others whose process died, or marks them as crashed; deletes what retention no longer keeps. Returns what stops it. */
export function startHousekeeping({
  db,
  events,
  files,
  log,
}: Pick<App, 'db' | 'events' | 'files' | 'log'>): () => void {
  const {
    runs,
    jobs,
    store,
    background,
    clients,
    oauthClients,
    oauthGrants,
    callStats,
    callUsage,
    subscriptions,
    sessions,
    streamMessages,
  } = repository(db, { type: 'system' });
  const { browserSessions, tickets, twoFactor } = repository(db, { type: 'system' });
  const report = (error: unknown) => log.error({ err: error }, 'clean-up failed; it is tried again later');

  const sweep = () => {
    runs
      .takeOver()
      .then((count) => {
        if (count === 0) return;
        log.warn({ runs: count }, 'runs were taken over: their process had ended, or their time was over');
        events.publish(JOB_ADDED, null);
      })
      .catch(report);
    runs
      .markCrashed()
      .then(
        (count) =>
          count > 0 && log.warn({ runs: count }, 'runs were marked as crashed: their process had ended'),
      )
      .catch(report);
    giveUp().catch(report);
    endCalled({ db, events }).catch(report);
  };
  const giveUp = async () => {
    for (const id of await background.orphans()) {
      log.error({ runId: id }, 'a background run was given up: its job is gone');
      await runs.giveUp(id);
    }
  };
  const prune = () => {
    Promise.all([
      runs.prune(),
      jobs.prune(new Date(Date.now() - JOB_DAYS * 86_400_000)),
      store.prune(),
      subscriptions.prune(),
      streamMessages.prune(),
      sessions.prune(),
      browserSessions.prune(),
      tickets.prune(),
      twoFactor.prune(),
      clients.prune(),
      oauthGrants.prune().then(() => oauthClients.prune()),
      callStats.fold(),
      callUsage.prune(),
      sweepDocumentFiles({ db, files, log }),
      adoptDocuments({ db, events, log }),
    ]).catch(report);
  };
  sweep();
  const anchor = () => anchorAudit({ db, log }).catch(report);
  const check = () => lookThroughAudits({ db, log }).catch(report);
  anchor();
  const timers = [
    setInterval(sweep, CRASH_SWEEP_MS),
    setInterval(prune, PRUNE_MS),
    setInterval(anchor, ANCHOR_MS),
    setInterval(check, CHECK_MS),
  ];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
