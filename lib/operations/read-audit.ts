import type { AuditFilter } from '#lib/db/audit.ts';
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
}

/** What happened in the organization, newest first; `next` is what to give as `before`, null at the end. Administrators only. */
export async function readAudit(
  app: App,
  principal: Principal,
  { limit, ...filter }: Pick<AuditFilter, 'before' | 'actor' | 'about' | 'from' | 'to'> & { limit: number },
): Promise<{ items: AuditEventView[]; next: number | null }> {
  const events = await repository(app.db, principal).audit.list({ ...filter, limit: limit + 1 });
  const items = events
    .slice(0, limit)
    .map(({ number, at, actorType, actorId, actorName, action, target, outcome, details, ip }) => ({
      number,
      at: at.toISOString(),
      actor: { type: actorType, id: actorId, name: actorName },
      action,
      target,
      outcome,
      details,
      ip,
    }));
  return { items, next: events.length > limit ? (items.at(-1)?.number ?? null) : null };
}
