import { join, sqltag } from '@prisma/client/runtime/client';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

/** Calls of one hour, by one caller, of one tool, that took about as long. */
export interface CallCell {
  projectId: string;
  organizationId: string;
  /** Hours since 1970, UTC. */
  hour: number;
  /** Empty: of tools past the limit of what is told apart. */
  workflowId: string;
  cause: string;
  /** Empty: of callers past that limit. */
  client: string;
  /** Which class of durations. */
  bucket: number;
  /** Name of the workflow. */
  tool: string;
  count: number;
  errors: number;
}

/** Which calls; hours since 1970, both included. */
export interface CallQuery {
  from: number;
  to: number;
  workflowId?: string;
  client?: string;
}

/** How long calls are told apart by hour, and how long they are kept at all. */
export const CALL_RETENTION = { hourlyDays: 8, days: 90 };

/** Rows of one statement. */
const MOST_ROWS = 1000;
/** In the row of a day: its noon, so that the day is the same one in most time zones. */
const NOON = 12;

/** Counts of calls. Members read; only the counter and the clean-up write. */
export function callStatsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const whereOf = (projectId: string, { from, to, workflowId, client }: CallQuery) => ({
    AND: [
      { projectId: idOrNull(projectId) ?? '', hour: { gte: from, lte: to } },
      scope,
      workflowId === undefined ? {} : { workflowId },
      client === undefined ? {} : { cause: 'call', client },
    ],
  });

  return {
    /** By hour and class of durations. */
    async byHour(projectId: string, query: CallQuery) {
      requireRole(principal, 'viewer');
      const rows = await prisma.callStat.groupBy({
        by: ['hour', 'bucket'],
        where: whereOf(projectId, query),
        _sum: { count: true, errors: true },
      });
      return rows.map(({ _sum, ...row }) => ({ ...row, ...sums(_sum) }));
    },

    /** By tool and class of durations; each with the name it was last called by. */
    async byTool(projectId: string, query: CallQuery) {
      requireRole(principal, 'viewer');
      const rows = await prisma.callStat.groupBy({
        by: ['workflowId', 'bucket'],
        where: whereOf(projectId, query),
        _sum: { count: true, errors: true },
        _max: { tool: true },
      });
      return rows.map(({ _sum, _max, ...row }) => ({ ...row, tool: _max.tool ?? '', ...sums(_sum) }));
    },

    /** By tool and hour. */
    async byToolAndHour(projectId: string, query: CallQuery) {
      requireRole(principal, 'viewer');
      const rows = await prisma.callStat.groupBy({
        by: ['workflowId', 'hour'],
        where: whereOf(projectId, query),
        _sum: { count: true, errors: true },
      });
      return rows.map(({ _sum, ...row }) => ({ ...row, ...sums(_sum) }));
    },

    /** By caller and class of durations. */
    async byClient(projectId: string, query: CallQuery) {
      requireRole(principal, 'viewer');
      const rows = await prisma.callStat.groupBy({
        by: ['cause', 'client', 'bucket'],
        where: whereOf(projectId, query),
        _sum: { count: true, errors: true },
      });
      return rows.map(({ _sum, ...row }) => ({ ...row, ...sums(_sum) }));
    },

    /** By caller and hour. */
    async byClientAndHour(projectId: string, query: CallQuery) {
      requireRole(principal, 'viewer');
      const rows = await prisma.callStat.groupBy({
        by: ['cause', 'client', 'hour'],
        where: whereOf(projectId, query),
        _sum: { count: true, errors: true },
      });
      return rows.map(({ _sum, ...row }) => ({ ...row, ...sums(_sum) }));
    },

    /** Adds what was counted to what there is; of a project that is gone it is dropped. All or nothing. System only. */
    async add(cells: readonly CallCell[]): Promise<void> {
      requireSystem(principal);
      if (cells.length === 0) return;
      await database.transaction(async (tx) => {
        const ids = [...new Set(cells.map(({ projectId }) => projectId))];
        const projects = await tx.project.findMany({
          where: { id: { in: ids } },
          select: { id: true, organizationId: true },
        });
        const organizations = new Map(projects.map(({ id, organizationId }) => [id, organizationId]));
        await addCells(
          tx,
          cells.filter((cell) => organizations.get(cell.projectId) === cell.organizationId),
        );
      });
    },

    /** Adds up the hours of days past, and forgets days that are too long past. System only. */
    async fold(now = Date.now(), retention = CALL_RETENTION): Promise<void> {
      requireSystem(principal);
      const today = Math.floor(now / 86_400_000);
      await prisma.callStat.deleteMany({ where: { hour: { lt: (today - retention.days) * 24 } } });
      const before = (today - retention.hourlyDays) * 24;
      const projects = await prisma.project.findMany({ select: { id: true } });
      for (const { id } of projects) {
        await database.transaction(async (tx) => {
          // Two processes that add up the same hours would count them twice.
          await database.lock(tx, `call-stats ${id}`);
          await foldProject(tx, id, before);
        });
      }
    },
  };
}

function sums(sum: { count: number | null; errors: number | null }): { count: number; errors: number } {
  return { count: sum.count ?? 0, errors: sum.errors ?? 0 };
}

async function foldProject(tx: Tx, projectId: string, before: number): Promise<void> {
  const rows = await tx.$queryRaw<CallCell[]>`
    SELECT "projectId", "organizationId", "hour", "workflowId", "cause", "client", "bucket", "tool", "count", "errors"
    FROM "call_stat" WHERE "projectId" = ${projectId} AND "hour" < ${before} AND "hour" % 24 <> ${NOON}`;
  if (rows.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM "call_stat" WHERE "projectId" = ${projectId} AND "hour" < ${before} AND "hour" % 24 <> ${NOON}`;
  await addCells(
    tx,
    rows.map((row) => ({ ...row, hour: Math.floor(row.hour / 24) * 24 + NOON })),
  );
}

/** PostgreSQL refuses to touch a row twice in a statement: cells of one row are added up first. */
async function addCells(tx: Tx, cells: readonly CallCell[]): Promise<void> {
  const byKey = new Map<string, CallCell>();
  for (const cell of cells) {
    const { projectId, hour, workflowId, cause, client, bucket } = cell;
    const key = JSON.stringify([projectId, hour, workflowId, cause, client, bucket]);
    const known = byKey.get(key);
    byKey.set(
      key,
      known ? { ...cell, count: known.count + cell.count, errors: known.errors + cell.errors } : cell,
    );
  }
  // Always in one order: two processes that add to the same rows never wait for each other in a circle.
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  for (let at = 0; at < sorted.length; at += MOST_ROWS) {
    const rows = sorted
      .slice(at, at + MOST_ROWS)
      .map(
        (one) =>
          sqltag`(${one.projectId}, ${one.hour}, ${one.workflowId}, ${one.cause}, ${one.client}, ${one.bucket}, ${one.organizationId}, ${one.tool}, ${one.count}, ${one.errors})`,
      );
    await tx.$executeRaw`
      INSERT INTO "call_stat" ("projectId", "hour", "workflowId", "cause", "client", "bucket", "organizationId", "tool", "count", "errors")
      VALUES ${join(rows)}
      ON CONFLICT ("projectId", "hour", "workflowId", "cause", "client", "bucket") DO UPDATE SET
        "count" = "call_stat"."count" + excluded."count",
        "errors" = "call_stat"."errors" + excluded."errors",
        "tool" = excluded."tool"`;
  }
}
