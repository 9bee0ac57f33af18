import type { JsonObject } from '#lib/workflow/json.ts';
import { actorOf, requireOrganizationRole, requireSystem } from './access.ts';
import { sha256 } from './check.ts';
import type { Database, Tx } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import type { Principal } from './principal.ts';

/** How it came out; a call that waits for an answer has another event when it ends. */
export type AuditOutcome = 'ok' | 'refused' | 'failed' | 'cancelled' | 'waiting';

export interface AuditEntry {
  /** `workflow.publish`, `key.create`, `session.create` … */
  action: string;
  /** What it was done to: `workflow:<id>` */
  target?: string;
  /** `ok` unless said */
  outcome?: AuditOutcome;
  /** Which project it is about; that of a principal who has but one unless said. */
  projectId?: string;
  /** The tool that was called. */
  tool?: string;
  /** Name and version that the client gave itself: `claude-code 2.1`. */
  client?: string;
  /** Facts; names of what changed, never secret values. */
  details?: JsonObject;
  ip?: string;
}

/** Something that was done before now, and by whom. */
export interface PastAuditEntry extends AuditEntry {
  at: Date;
  actorType: string;
  actorId: string | null;
}

/** The last time that a chain was looked through. */
export interface AuditCheck {
  at: Date;
  /** The last event that fits; 0 for none. */
  number: number;
  hash: string;
  /** The first that does not fit, or is missing; null when all fit. */
  broken: number | null;
}

export interface AuditEvent {
  number: number;
  at: Date;
  actorType: string;
  actorId: string | null;
  /** Of a user or an API key that is still there. */
  actorName: string | null;
  action: string;
  target: string | null;
  outcome: string;
  details: JsonObject;
  ip: string | null;
  projectId: string | null;
  tool: string | null;
  client: string | null;
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
  projectId?: string | undefined;
  /** Its name. */
  tool?: string | undefined;
  /** What the name of the client begins with. */
  client?: string | undefined;
  outcome?: AuditOutcome | undefined;
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

/** Rows that are hashed in one go. */
const PAGE = 1000;

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
  const own = 'projectId' in principal ? principal.projectId : undefined;
  const past = {
    at: new Date(),
    ...actorOf(principal),
    ...(own !== undefined && { projectId: own }),
    ...entry,
  };
  await appendPast(database, tx, organizationId, [past]);
}

/** Appends what was done before now, in this order, in one statement. */
async function appendPast(
  database: Database,
  tx: Tx,
  organizationId: string,
  entries: readonly PastAuditEntry[],
): Promise<void> {
  await database.lock(tx, `audit:${organizationId}`);
  const last = await tx.auditEvent.findFirst({
    where: { organizationId },
    orderBy: { number: 'desc' },
    select: { number: true, hash: true },
  });
  let number = last?.number ?? 0;
  let prevHash = last?.hash ?? GENESIS;
  const rows = entries.map((entry) => {
    number += 1;
    const event = {
      organizationId,
      number,
      at: entry.at,
      actorType: entry.actorType,
      actorId: entry.actorId,
      action: entry.action,
      target: entry.target ?? null,
      outcome: entry.outcome ?? 'ok',
      details: JSON.stringify(entry.details ?? {}),
      ip: entry.ip ?? null,
      projectId: entry.projectId ?? null,
      tool: entry.tool ?? null,
      client: entry.client ?? null,
      prevHash,
    };
    prevHash = hashOf(event);
    return { ...event, hash: prevHash };
  });
  await tx.auditEvent.createMany({ data: rows });
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
  projectId: string | null;
  tool: string | null;
  client: string | null;
  prevHash: string;
}

function hashOf(event: Hashed): string {
  const { projectId, tool, client } = event;
  // Events from before there were these are hashed without them.
  const about = projectId === null && tool === null && client === null ? [] : [projectId, tool, client];
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
      ...about,
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
      requireOrganizationRole(principal, 'admin');
      const { before, limit = 100 } = filter;
      const rows = await database.prisma.auditEvent.findMany({
        where: { ...whereOf(filter), ...(before === undefined ? {} : { number: { lt: before } }) },
        orderBy: { number: 'desc' },
        take: Math.min(limit, 1000),
      });
      return eventsOf(rows);
    },

    /** Oldest first, those after this number. Administrators only. */
    async after(number: number, filter: AuditFilter = {}): Promise<AuditEvent[]> {
      requireOrganizationRole(principal, 'admin');
      const rows = await database.prisma.auditEvent.findMany({
        where: { ...whereOf(filter), number: { gt: number } },
        orderBy: { number: 'asc' },
        take: Math.min(filter.limit ?? 500, 1000),
      });
      return eventsOf(rows);
    },

    /** Appends what others did, in this order. System only. */
    async appendPast(organizationId: string, entries: readonly PastAuditEntry[]): Promise<void> {
      requireSystem(principal);
      await database.transaction((tx) => appendPast(database, tx, organizationId, entries));
    },

    /** Number of the first event that does not fit the chain; null when all fit. System only. */
    async firstBroken(organizationId: string): Promise<number | null> {
      requireSystem(principal);
      return (await walk(organizationId, null)).broken;
    },

    /**
     * Looks through the whole chain, and keeps what was found: the next time it has to hold what is known now, so that
     * also a log that was cut at its end is noticed. Administrators only.
     */
    async check(organizationId?: string): Promise<AuditCheck> {
      requireOrganizationRole(principal, 'admin');
      const owner = organization(organizationId);
      const known = await database.prisma.auditCheck.findUnique({ where: { organizationId: owner } });
      const found = await walk(owner, known);
      // Who was right once stays the measure: a chain that broke does not pass for a shorter one.
      const kept = found.broken !== null && known ? { number: known.number, hash: known.hash } : found;
      const row = { at: new Date(), number: kept.number, hash: kept.hash, broken: found.broken };
      await database.prisma.auditCheck.upsert({
        where: { organizationId: owner },
        create: { organizationId: owner, ...row },
        update: row,
      });
      return { ...found, at: row.at };
    },

    /** The last time that somebody looked; null for never. Administrators only. */
    async lastCheck(): Promise<AuditCheck | null> {
      requireOrganizationRole(principal, 'admin');
      const row = await database.prisma.auditCheck.findUnique({
        where: { organizationId: organization() },
        omit: { organizationId: true },
      });
      return row;
    },

    /** The last event of every log. System only. */
    async heads(): Promise<{ organizationId: string; number: number; hash: string }[]> {
      requireSystem(principal);
      const last = await database.prisma.auditEvent.groupBy({
        by: ['organizationId'],
        _max: { number: true },
      });
      const heads = last.map(({ organizationId, _max }) => ({ organizationId, number: _max.number ?? 0 }));
      if (heads.length === 0) return [];
      return database.prisma.auditEvent.findMany({
        where: { OR: heads },
        select: { organizationId: true, number: true, hash: true },
        orderBy: { organizationId: 'asc' },
      });
    },
  };

  function whereOf({
    actor,
    about,
    projectId,
    tool,
    client,
    outcome,
    from,
    to,
    organizationId,
  }: AuditFilter) {
    return {
      organizationId: organization(organizationId),
      ...(actor === undefined ? {} : { actorId: actor }),
      ...(about === undefined ? {} : { action: { startsWith: `${about}.` } }),
      ...(projectId === undefined ? {} : { projectId }),
      ...(tool === undefined ? {} : { tool }),
      ...(client === undefined ? {} : { client: { startsWith: client } }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(from || to ? { at: { ...(from && { gte: from }), ...(to && { lt: to }) } } : {}),
    };
  }

  async function eventsOf(rows: (Hashed & { hash: string })[]): Promise<AuditEvent[]> {
    const ids = (type: string) => rows.map(({ actorType, actorId }) => (actorType === type ? actorId : null));
    const names = await namesOf(database.prisma, ids('user'));
    const keys = ids('key').filter((id) => id !== null);
    const named =
      keys.length === 0
        ? []
        : await database.prisma.apiKey.findMany({
            where: { id: { in: keys } },
            select: { id: true, name: true },
          });
    for (const { id, name } of named) names.set(id, name);
    return rows.map(({ organizationId: _, ...row }) => ({
      ...row,
      actorName: nameOf(names, row.actorId),
      details: JSON.parse(row.details) as JsonObject,
    }));
  }

  async function walk(
    organizationId: string,
    known: { number: number; hash: string } | null,
  ): Promise<Omit<AuditCheck, 'at'>> {
    let hash = GENESIS;
    let number = 0;
    for (;;) {
      const rows = await database.prisma.auditEvent.findMany({
        where: { organizationId, number: { gt: number } },
        orderBy: { number: 'asc' },
        take: PAGE,
      });
      for (const row of rows) {
        const isNext = row.number === number + 1;
        const fits = isNext && row.prevHash === hash && row.hash === hashOf(row);
        const isOther = row.number === known?.number && row.hash !== known.hash;
        if (!fits || isOther) return { number, hash, broken: isNext ? row.number : number + 1 };
        number = row.number;
        hash = row.hash;
      }
      if (rows.length < PAGE) {
        return { number, hash, broken: known && number < known.number ? number + 1 : null };
      }
    }
  }
}
