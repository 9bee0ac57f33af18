import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { requireSystem, scopeOf } from './access.ts';
import { idOrNull, parse, text as textOf } from './check.ts';
import type { Database } from './database.ts';
import type { Prisma } from './gen/sqlite/client.ts';
import { CRASHED, heldRunsOf } from './held-runs.ts';
import type { Principal } from './principal.ts';
import type { RunCause, RunRecord, StepRecord, StoredRunStatus } from './run-batch.ts';
import { afterCursor, orderOf, type RunSort, SORTS, whereText, writeCursor } from './run-order.ts';

export interface RunSummary {
  id: string;
  workflowId: string;
  workflowName: string;
  /** Null for a draft. */
  version: number | null;
  status: StoredRunStatus;
  startedAt: Date;
  durationMs: number | null;
  client: string | null;
  cause: RunCause;
  /** The run that called this one. */
  parentId: string | null;
  /** Runs as a job: at least once, with retries. */
  background: boolean;
  /** How often it was suspended. */
  round: number;
  /** Of a suspended run: when the first of its questions expires. */
  expiresAt: Date | null;
  /** A background run that failed for good, until somebody deals with it. */
  deadAt: Date | null;
  /** The error's message. */
  error: string | null;
}

export interface Run extends Omit<RunSummary, 'error'> {
  projectId: string;
  keyId: string | null;
  input: JsonValue;
  output: JsonObject | null;
  error: JsonObject | null;
  /** What was taken back after a failure. */
  undone: JsonValue;
  /** What the guard found in the answer; null for nothing. */
  guarded: JsonValue;
  steps: StepRecord[];
  /** What ran: of the version, or the draft as it was; null when the version is gone. */
  document: unknown;
}

export interface RunQuery {
  workflowId?: string;
  status?: StoredRunStatus;
  cause?: RunCause;
  /** What clients call themselves, without the version; null: those that gave no name. */
  client?: string | null;
  /** When it started: from this moment on, and before that one. */
  from?: Date;
  to?: Date;
  /** The beginning of a run's id, or part of an error's message. */
  text?: string;
  /** Only background runs that failed for good and that nobody has dealt with. */
  dead?: boolean;
  /** `newest` unless said. Sorted by duration, runs that have none are left out. */
  sort?: RunSort;
  /** `nextCursor` of the page before. */
  cursor?: string;
  /** 1 to 200; 50 unless said */
  limit?: number;
}

const querySchema = z.object({
  workflowId: z.string().optional(),
  status: z
    .enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out', 'suspended', 'crashed'])
    .optional(),
  cause: z.enum(['call', 'draft', 'api', 'schedule', 'webhook', 'workflow']).optional(),
  client: textOf(100).nullable().optional(),
  from: z.date().optional(),
  to: z.date().optional(),
  text: textOf(200).min(1).optional(),
  dead: z.boolean().optional(),
  sort: z.enum(SORTS).default('newest'),
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(200).default(50),
});

/** What a project keeps of its runs; whichever ends first. Tasks are kept for all the days: their callers were told so. */
export const RUN_RETENTION = { days: 30, perProject: 10_000 };

/** Some 20 ms on SQLite. */
const PRUNE_BATCH = 1000;

/** Run records. Principals read; only the recorder, the sweep and the clean-up write. */
export function runsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    ...heldRunsOf(database, principal),

    /** In the order that is asked for. */
    async list(
      projectId: string,
      query: RunQuery = {},
    ): Promise<{ items: RunSummary[]; nextCursor: string | null }> {
      const known = idOrNull(projectId);
      if (known === null) return { items: [], nextCursor: null };
      const { workflowId, status, cause, client, from, to, text, dead, sort, cursor, limit } = parse(
        querySchema,
        query,
      );
      const rows = await prisma.run.findMany({
        where: {
          AND: [
            { projectId: known },
            scope,
            workflowId === undefined ? {} : { workflowId },
            status === undefined ? {} : { status },
            cause === undefined ? {} : { cause },
            dead ? { deadAt: { not: null } } : {},
            client === undefined ? {} : whereClient(client),
            from === undefined ? {} : { startedAt: { gte: from } },
            to === undefined ? {} : { startedAt: { lt: to } },
            text === undefined ? {} : whereText(text, database.provider),
            sort === 'slowest' || sort === 'fastest' ? { durationMs: { not: null } } : {},
            cursor === undefined ? {} : afterCursor(sort, cursor),
          ],
        },
        orderBy: orderOf(sort),
        take: limit + 1,
        select: {
          id: true,
          workflowId: true,
          workflowName: true,
          version: true,
          status: true,
          startedAt: true,
          durationMs: true,
          client: true,
          cause: true,
          parentId: true,
          background: true,
          round: true,
          expiresAt: true,
          deadAt: true,
          error: true,
        },
      });
      const items = rows.slice(0, limit).map((row) => ({
        ...row,
        status: row.status as StoredRunStatus,
        cause: row.cause as RunCause,
        error: row.error === null ? null : messageOf(row.error),
      }));
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? writeCursor(sort, last) : null };
    },

    async get(projectId: string, id: string): Promise<Run | null> {
      const [project, run] = [idOrNull(projectId), idOrNull(id)];
      if (project === null || run === null) return null;
      const row = await prisma.run.findFirst({ where: { AND: [{ id: run, projectId: project }, scope] } });
      if (!row) return null;
      const version =
        row.document === null && row.versionId !== null
          ? await prisma.version.findUnique({ where: { id: row.versionId }, select: { document: true } })
          : null;
      return {
        id: row.id,
        projectId: row.projectId,
        workflowId: row.workflowId,
        workflowName: row.workflowName,
        version: row.version,
        status: row.status as StoredRunStatus,
        startedAt: row.startedAt,
        durationMs: row.durationMs,
        client: row.client,
        keyId: row.keyId,
        cause: row.cause as RunCause,
        parentId: row.parentId,
        background: row.background,
        round: row.round,
        expiresAt: row.expiresAt,
        deadAt: row.deadAt,
        input: read(row.input) as JsonValue,
        output: read(row.output) as JsonObject | null,
        error: read(row.error) as JsonObject | null,
        steps: read(row.steps) as unknown as StepRecord[],
        undone: read(row.undone),
        guarded: read(row.guarded),
        document: read(row.document ?? version?.document ?? null),
      };
    },

    /**
     * Stores runs, some hundreds per statement; a run that is there already is brought up to date. Runs whose
     * project is gone are dropped. Durable when it returns. System only.
     */
    async insertBatch(rows: readonly RunRecord[]): Promise<void> {
      requireSystem(principal);
      await database.insertRuns(rows);
    },

    /**
     * Stores the answer of a run that succeeded in full, as the JSON text of a state; with null its record has all of
     * it. False when there is no such run. System only.
     */
    async keepOutput(id: string, state: string | null): Promise<boolean> {
      requireSystem(principal);
      const where = { id, status: 'succeeded' };
      if (state === null) return (await prisma.run.count({ where })) === 1;
      const { count } = await prisma.run.updateMany({ where, data: { state } });
      return count === 1;
    },

    /**
     * Marks runs as crashed whose lease ran out before `now` and that cannot be gone on with (`takeOver`); answers how
     * many. System only.
     */
    async markCrashed(now = new Date()): Promise<number> {
      requireSystem(principal);
      const { count } = await prisma.run.updateMany({
        where: { status: 'running', leaseUntil: { lt: now }, state: null, background: false },
        data: {
          status: 'crashed',
          leaseUntil: null,
          error: JSON.stringify(CRASHED),
        },
      });
      return count;
    },

    /** Deletes what retention no longer keeps, in batches with room for others in between; answers how many. System only. */
    async prune(retention = RUN_RETENTION, now = new Date()): Promise<number> {
      requireSystem(principal);
      const oldest = new Date(now.getTime() - retention.days * 86_400_000);
      const projects = await prisma.project.findMany({ select: { id: true } });
      let deleted = 0;
      for (const { id: projectId } of projects) {
        const [first] = await prisma.run.findMany({
          where: { projectId },
          orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
          skip: retention.perProject,
          take: 1,
          select: { startedAt: true, id: true },
        });
        const outdated = first
          ? [{ startedAt: { lt: first.startedAt } }, { startedAt: first.startedAt, id: { lte: first.id } }]
          : [];
        for (;;) {
          const batch = await prisma.run.findMany({
            where: {
              projectId,
              status: { notIn: ['queued', 'running', 'suspended'] },
              OR: [
                { startedAt: { lt: oldest } },
                ...outdated.map((where) => ({ ...where, NOT: { cause: 'call', background: true } })),
              ],
            },
            orderBy: { startedAt: 'asc' },
            take: PRUNE_BATCH,
            select: { id: true },
          });
          if (batch.length === 0) break;
          const { count } = await prisma.run.deleteMany({
            where: { id: { in: batch.map((row) => row.id) } },
          });
          deleted += count;
          await nextTurn();
        }
      }
      return deleted;
    },
  };
}

function read(json: string | null): JsonValue {
  return json === null ? null : (JSON.parse(json) as JsonValue);
}

function messageOf(error: string): string {
  const { message } = JSON.parse(error) as { message?: unknown };
  return typeof message === 'string' ? message : 'failed';
}

/** A client that brings its version along: `claude-code 2.1`, `curl/8.5.0`. */
function whereClient(name: string | null): Prisma.RunWhereInput {
  if (name === null) return { client: null, cause: 'call' };
  return {
    OR: [{ client: name }, { client: { startsWith: `${name} ` } }, { client: { startsWith: `${name}/` } }],
  };
}
