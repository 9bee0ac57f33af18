import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { checkAudits } from './check-audit.ts';

/** Writes where each audit log stands to the log of the process: kept elsewhere, it proves what was there by then. */
export async function anchorAudit({ db, log }: Pick<App, 'db' | 'log'>): Promise<void> {
  for (const head of await repository(db, { type: 'system' }).audit.heads()) {
    log.info(head, 'the audit log stands here');
  }
}

/** Looks through every audit log, and says which does not fit. */
export async function lookThroughAudits({ db, log }: Pick<App, 'db' | 'log'>): Promise<void> {
  for (const { organizationId, broken } of await checkAudits({ db })) {
    if (broken !== null)
      log.error({ organizationId, number: broken }, 'an event of the audit log was changed');
  }
}
