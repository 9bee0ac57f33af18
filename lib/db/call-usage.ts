import { join, sqltag } from '@prisma/client/runtime/client';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** Calls that were let in, of one caller or of all together. */
export interface UsageRow {
  organizationId: string;
  /** Empty: of the whole organization. */
  projectId: string;
  /** 2026-11-21 or 2026-11, UTC. */
  period: string;
  /** "key <id>", "user <id>" or "public"; empty: all together. */
  subject: string;
  count: number;
}

/** Calls that a limit refused. */
export interface HitRow {
  organizationId: string;
  /** Empty: a limit of the whole organization. */
  projectId: string;
  scope: string;
  name: string;
  /** Empty: whoever it was. */
  subject: string;
  count: number;
  /** ms since the epoch. */
  lastAt: number;
}

/** How long use and hits are kept, in days. */
export const USAGE_DAYS = 100;

const MOST_ROWS = 500;

/** How much was called, and which limits were hit. Members read; only the limiter and the clean-up write. */
export function callUsageOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const mustBeOfOrganization = () => {
    requireRole(principal, 'viewer');
    if (scope.projectId === undefined) return;
    throw new AppError('forbidden', 'This concerns the organization, and not one project.');
  };

  async function hitsOf(
    where: { organizationId: string; projectId: string },
    limit: number,
  ): Promise<HitRow[]> {
    const rows = await prisma.limitHit.findMany({ where, orderBy: { lastAt: 'desc' }, take: limit });
    return rows.map((row) => ({ ...row, lastAt: row.lastAt.getTime() }));
  }

  return {
    /** Of these projects and organizations, in these periods. System only. */
    async read(query: {
      projects: readonly string[];
      organizations: readonly string[];
      periods: readonly string[];
    }): Promise<UsageRow[]> {
      requireSystem(principal);
      return prisma.callUsage.findMany({
        where: {
          period: { in: [...query.periods] },
          OR: [
            { projectId: { in: [...query.projects] } },
            { projectId: '', organizationId: { in: [...query.organizations] } },
          ],
        },
      });
    },

    /** Adds to what there is; of an organization that is gone it is dropped. All or nothing. System only. */
    async add(rows: readonly UsageRow[], hits: readonly HitRow[]): Promise<void> {
      requireSystem(principal);
      if (rows.length === 0 && hits.length === 0) return;
      await database.transaction(async (tx) => {
        const ids = [...new Set([...rows, ...hits].map(({ organizationId }) => organizationId))];
        const there = await tx.organization.findMany({ where: { id: { in: ids } }, select: { id: true } });
        const known = new Set(there.map(({ id }) => id));
        await addUsage(
          tx,
          rows.filter(({ organizationId }) => known.has(organizationId)),
        );
        await addHits(
          tx,
          hits.filter(({ organizationId }) => known.has(organizationId)),
        );
      });
    },

    /**
     * What was called in a project in these periods, most first, at most `limit` callers of each period; and all that was
     * called in its organization, in rows without a project.
     */
    async ofProject(projectId: string, periods: readonly string[], limit = 50): Promise<UsageRow[]> {
      requireRole(principal, 'viewer');
      const { id, organizationId } = await projectIn(prisma, scope, projectId);
      const each = periods.map((period) =>
        prisma.callUsage.findMany({
          where: { organizationId, projectId: id, period },
          orderBy: [{ count: 'desc' }, { subject: 'asc' }],
          take: limit + 1,
        }),
      );
      const all = prisma.callUsage.findMany({
        where: { organizationId, projectId: '', period: { in: [...periods] } },
      });
      return (await Promise.all([...each, all])).flat();
    },

    /** What those that call a project are called: by subject. Keys that were revoked have their name still. */
    async names(projectId: string, subjects: readonly string[]): Promise<Map<string, string>> {
      requireRole(principal, 'viewer');
      const { id, organizationId } = await projectIn(prisma, scope, projectId);
      const idsOf = (what: string) =>
        subjects.filter((one) => one.startsWith(what)).map((one) => one.slice(what.length));
      const [keys, members] = await Promise.all([
        prisma.apiKey.findMany({
          where: { projectId: id, id: { in: idsOf('key ') } },
          select: { id: true, name: true },
        }),
        prisma.member.findMany({
          where: { organizationId, userId: { in: idsOf('user ') } },
          select: { userId: true, user: { select: { name: true } } },
        }),
      ]);
      return new Map([
        ...keys.map((key) => [`key ${key.id}`, key.name] as const),
        ...members.map(({ userId, user }) => [`user ${userId}`, user.name] as const),
      ]);
    },

    /** The same of a whole organization, by project; the row of all together has no project. */
    async ofOrganization(periods: readonly string[]): Promise<UsageRow[]> {
      mustBeOfOrganization();
      return prisma.callUsage.findMany({
        where: {
          organizationId: scope.organizationId ?? '',
          period: { in: [...periods] },
          subject: '',
        },
        orderBy: [{ count: 'desc' }, { projectId: 'asc' }],
        take: 1000,
      });
    },

    /** Limits that were hit, the last first: of a project. */
    async hits(projectId: string, limit = 50): Promise<HitRow[]> {
      requireRole(principal, 'viewer');
      const { id, organizationId } = await projectIn(prisma, scope, projectId);
      return hitsOf({ organizationId, projectId: id }, limit);
    },

    /** The same of the organization as a whole. */
    async hitsOfOrganization(limit = 50): Promise<HitRow[]> {
      mustBeOfOrganization();
      return hitsOf({ organizationId: scope.organizationId ?? '', projectId: '' }, limit);
    },

    /** Forgets what is too long past, and what is left of projects that are gone. System only. */
    async prune(now = Date.now()): Promise<void> {
      requireSystem(principal);
      const before = new Date(now - USAGE_DAYS * 86_400_000);
      // As texts, a month comes before its days.
      await prisma.callUsage.deleteMany({ where: { period: { lt: before.toISOString().slice(0, 7) } } });
      await prisma.limitHit.deleteMany({ where: { lastAt: { lt: before } } });
      await prisma.$executeRaw`
        DELETE FROM "call_usage" WHERE "projectId" <> '' AND NOT EXISTS (SELECT 1 FROM "project" p WHERE p."id" = "call_usage"."projectId")`;
      await prisma.$executeRaw`
        DELETE FROM "limit_hit" WHERE "projectId" <> '' AND NOT EXISTS (SELECT 1 FROM "project" p WHERE p."id" = "limit_hit"."projectId")`;
    },
  };
}

/** Rows of one key are different rows here: whoever gives them has added them up. */
async function addUsage(tx: Tx, rows: readonly UsageRow[]): Promise<void> {
  // Always in one order: two processes that add to the same rows never wait for each other in a circle.
  const sorted = [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (let at = 0; at < sorted.length; at += MOST_ROWS) {
    const values = sorted
      .slice(at, at + MOST_ROWS)
      .map(
        (row) =>
          sqltag`(${row.organizationId}, ${row.projectId}, ${row.period}, ${row.subject}, ${row.count})`,
      );
    await tx.$executeRaw`
      INSERT INTO "call_usage" ("organizationId", "projectId", "period", "subject", "count")
      VALUES ${join(values)}
      ON CONFLICT ("organizationId", "projectId", "period", "subject") DO UPDATE SET
        "count" = "call_usage"."count" + excluded."count"`;
  }
}

function keyOf({ organizationId, projectId, period, subject }: UsageRow): string {
  return `${organizationId}\n${projectId}\n${period}\n${subject}`;
}

async function addHits(tx: Tx, hits: readonly HitRow[]): Promise<void> {
  const name = (hit: HitRow) =>
    `${hit.organizationId}\n${hit.projectId}\n${hit.scope}\n${hit.name}\n${hit.subject}`;
  for (const hit of [...hits].sort((a, b) => (name(a) < name(b) ? -1 : 1))) {
    const { organizationId, projectId, scope, subject, count } = hit;
    const id = { organizationId, projectId, scope, name: hit.name, subject };
    const lastAt = new Date(hit.lastAt);
    await tx.limitHit.upsert({
      where: { organizationId_projectId_scope_name_subject: id },
      create: { ...id, count, lastAt },
      update: { count: { increment: count }, lastAt },
    });
  }
}
