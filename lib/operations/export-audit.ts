import type { AuditEvent, AuditFilter } from '#lib/db/audit.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { otlpLogs } from './audit-otlp.ts';
import { auditEventView } from './read-audit.ts';

export const AUDIT_FORMATS = ['jsonl', 'otlp'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

/** Events of one look at the database. */
const PAGE = 500;

/**
 * The log as lines, oldest first: an event each (`jsonl`, with the hashes of the chain), or some hundred in one
 * OTLP/JSON message each (`otlp`). Read as it is written, so that a log of any length takes no memory. Administrators
 * only; the system names the organization.
 */
export async function* exportAudit(
  app: App,
  principal: Principal,
  { format, ...filter }: Omit<AuditFilter, 'before' | 'limit'> & { format: AuditFormat },
): AsyncGenerator<string> {
  const { audit } = repository(app.db, principal);
  let number = 0;
  for (;;) {
    const events = await audit.after(number, { ...filter, limit: PAGE });
    if (events.length === 0) return;
    yield format === 'jsonl' ? events.map(lineOf).join('') : `${JSON.stringify(otlpLogs(events))}\n`;
    if (events.length < PAGE) return;
    number = events.at(-1)!.number;
  }
}

function lineOf(event: AuditEvent): string {
  const { prevHash, hash } = event;
  return `${JSON.stringify({ ...auditEventView(event), prevHash, hash })}\n`;
}
