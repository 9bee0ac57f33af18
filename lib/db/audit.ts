import type { JsonObject } from '#lib/workflow/json.ts';
import { actorOf, requireRole, requireSystem } from './access.ts';
import { sha256 } from './check.ts';
import type { Database, Tx } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';

export interface AuditEntry {
  /** `workflow.publish`, `key.create`, `session.create` … */
  action: string;
  /** What it was done to: `workflow:<id>` */
  target?: string;
  /** `ok` unless said */
  outcome?: 'ok' | 'refused';
  /** Facts; names of what changed, never secret values. */
  details?: JsonObject;
  ip?: string;
}

export interface AuditEvent {
  number: number;
  at: Date;
  actorType: string;
  actorId: string | null;
  /** Of a user who is still there. */
  actorName: string | null;
  action: string;
  target: string | null;
  outcome: string;
  details: JsonObject;
  ip: string | null;
  prevHash: string;
  hash: string;
}

export interface AuditFilter {
  /** Number of the last event that was seen: those before it. */
  before?: number | undefined;
  /** At most so many; 100 unless said, 1000 at most. */
  limit?: number | undefined;
  /** Id of who did it. */
  actor?: string | undefined;
  /** What it was about, the first part of the action: `workflow`, `key` … */
  about?: string | undefined;
  /** Not before this moment. */
  from?: Date | undefined;
  /** Before this moment. */
  to?: Date | undefined;
  /** Whose log; the system only. */
  organizationId?: string | undefined;
}

/** Stands before the first event of an organization. */
const GENESIS = '0'.repeat(64);

/** The organization of events that belong to none: a failed sign-in, set-up. */
export const NO_ORGANIZATION = 'instance';

/**
 * Appends to the organization's log inside a transaction, so that an action is stored with its trace or not at
 * all. Each event carries the hash of the one before it: removing or changing one shows.
 */
export async function appendAudit(
  database: Database,
  tx: Tx,
  principal: Principal,
  organizationId: string,
  entry: AuditEntry,
): Promise<void> {
  await database.lock(tx, `audit:${organizationId}`);
  const last = await tx.auditEvent.findFirst({
    where: { organizationId },
    orderBy: { number: 'desc' },
    select: { number: true, hash: true },
  });
  const event = {
    organizationId,
    number: (last?.number ?? 0) + 1,
    at: new Date(),
    ...actorOf(principal),
    action: entry.action,
    target: entry.target ?? null,
    outcome: entry.outcome ?? 'ok',
    details: JSON.stringify(entry.details ?? {}),
    ip: entry.ip ?? null,
    prevHash: last?.hash ?? GENESIS,
  };
  await tx.auditEvent.create({ data: { ...event, hash: hashOf(event) } });
}

interface Hashed {
  organizationId: string;
  number: number;
  at: Date;
  actorType: string;
  actorId: string | null;
  action: string;
  target: string | null;
  outcome: string;
  details: string;
  ip: string | null;
  prevHash: string;
}

function hashOf(event: Hashed): string {
  return sha256(
    JSON.stringify([
      event.prevHash,
      event.organizationId,
      event.number,
      event.at.toISOString(),
      event.actorType,
      event.actorId,
      event.action,
      event.target,
      event.outcome,
      event.details,
      event.ip,
    ]),
  );
}

/** The audit log, as a principal may see it. */
export function auditOf(database: Database, principal: Principal) {
  const organization = (organizationId?: string): string => {
    if (principal.type !== 'system') return principal.organizationId;
    return organizationId ?? NO_ORGANIZATION;
  };

  return {
    /** Durable when it returns. The system names the organization; `NO_ORGANIZATION` when it does not. */
    async append(entry: AuditEntry, organizationId?: string): Promise<void> {
      await database.transaction((tx) =>
        appendAudit(database, tx, principal, organization(organizationId), entry),
      );
    },

    /** Newest first. Administrators only. */
    async list(filter: AuditFilter = {}): Promise<AuditEvent[]> {
      requireRole(principal, 'admin');
      const { before, limit = 100, actor, about, from, to } = filter;
      const rows = await database.prisma.auditEvent.findMany({
        where: {
          organizationId: organization(filter.organizationId),
          ...(before === undefined ? {} : { number: { lt: before } }),
          ...(actor === undefined ? {} : { actorId: actor }),
          ...(about === undefined ? {} : { action: { startsWith: `${about}.` } }),
          ...(from || to ? { at: { ...(from && { gte: from }), ...(to && { lt: to }) } } : {}),
        },
        orderBy: { number: 'desc' },
        take: Math.min(limit, 1000),
      });
      const names = await namesOf(
        database.prisma,
        rows.map(({ actorType, actorId }) => (actorType === 'user' ? actorId : null)),
      );
      return rows.map(({ organizationId: _, ...row }) => ({
        ...row,
        actorName: nameOf(names, row.actorId),
        details: JSON.parse(row.details) as JsonObject,
      }));
    },

    /** Number of the first event that does not fit the chain; null when all fit. System only. */
    async firstBroken(organizationId: string): Promise<number | null> {
      requireSystem(principal);
      let prevHash = GENESIS;
      let number = 0;
      for (;;) {
        const rows = await database.prisma.auditEvent.findMany({
          where: { organizationId, number: { gt: number } },
          orderBy: { number: 'asc' },
          take: 1000,
        });
        for (const row of rows) {
          const fits = row.number === number + 1 && row.prevHash === prevHash && row.hash === hashOf(row);
          if (!fits) return row.number;
          number = row.number;
          prevHash = row.hash;
        }
        if (rows.length < 1000) return null;
      }
    },
  };
}
