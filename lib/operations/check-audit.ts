import type { AuditCheck } from '#lib/db/audit.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

export interface AuditCheckView {
  at: string;
  number: number;
  broken: number | null;
}

/** The last time that somebody looked through the log; null for never. Administrators only. */
export async function readAuditCheck(app: App, principal: Principal): Promise<AuditCheckView | null> {
  const check = await repository(app.db, principal).audit.lastCheck();
  return check && checkView(check);
}

/** Looks through the whole log of the principal's organization. Administrators only. */
export async function checkAudit(app: App, principal: Principal): Promise<AuditCheckView> {
  return checkView(await repository(app.db, principal).audit.check());
}

/** Looks through every log. System only. */
export async function checkAudits(
  app: Pick<App, 'db'>,
): Promise<({ organizationId: string } & AuditCheck)[]> {
  const { audit } = repository(app.db, { type: 'system' });
  const checks: ({ organizationId: string } & AuditCheck)[] = [];
  for (const { organizationId } of await audit.heads()) {
    checks.push({ organizationId, ...(await audit.check(organizationId)) });
  }
  return checks;
}

function checkView({ at, number, broken }: AuditCheck): AuditCheckView {
  return { at: at.toISOString(), number, broken };
}
