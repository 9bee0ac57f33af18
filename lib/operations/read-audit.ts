import type { AuditEvent, AuditFilter } from '#lib/db/audit.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';

export interface AuditEventView {
  number: number;
  at: string;
  actor: { type: string; id: string | null; name: string | null };
  action: string;
  target: string | null;
  outcome: string;
  details: JsonObject;
  ip: string | null;
  projectId: string | null;
  tool: string | null;
  client: string | null;
}

/** What happened in the organization, newest first; `next` is what to give as `before`, null at the end. Administrators only. */
export async function readAudit(
  app: App,
  principal: Principal,
  { limit, ...filter }: Omit<AuditFilter, 'organizationId' | 'limit'> & { limit: number },
): Promise<{ items: AuditEventView[]; next: number | null }> {
  const events = await repository(app.db, principal).audit.list({ ...filter, limit: limit + 1 });
  const items = events.slice(0, limit).map(auditEventView);
  return { items, next: events.length > limit ? (items.at(-1)?.number ?? null) : null };
}

export function auditEventView(event: AuditEvent): AuditEventView {
  const { number, at, actorType, actorId, actorName, action, target, outcome, details, ip } = event;
  const { projectId, tool, client } = event;
  return {
    number,
    at: at.toISOString(),
    actor: { type: actorType, id: actorId, name: actorName },
    action,
    target,
    outcome,
    details,
    ip,
    projectId,
    tool,
    client,
  };
}
