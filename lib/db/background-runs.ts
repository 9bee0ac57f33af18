import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#lib/workflow/json.ts';
import { sameJson } from '#lib/workflow/same-json.ts';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, isUniqueViolation, notFound, parse, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { addJob } from './jobs.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** The job that starts or goes on with a background run: `{ runId }`. */
export const RUN_JOB = 'run.start';

export interface NewBackgroundRun {
  workflowId: string;
  workflowName: string;
  versionId: string;
  version: number;
  /** Checked against the contract. */
  input: JsonObject;
  cause: 'api' | 'call' | 'schedule' | 'webhook';
  client?: string | null;
  keyId?: string | null;
  triggerId?: string;
  /** One run for each key of a project, however often it is asked for. */
  idempotencyKey?: string;
  /** In all, the first included. */
  attempts: number;
  /** What it begins with instead of nothing, see `HeldRun.state`. */
  state?: JsonObject;
}

const keySchema = text(400).min(1).optional();

/** Runs that nobody waits for: how they begin, and what becomes of those that failed for good. */
export function backgroundOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /**
     * Stores a run and its job together; durable when it returns. With a key that was used before, that run is the
     * answer (`existing`); throws `conflict` when it was used for something else. System only: whether somebody may
     * was seen before.
     */
    async start(projectId: string, run: NewBackgroundRun): Promise<{ runId: string; existing: boolean }> {
      requireSystem(principal);
      const key = parse(keySchema, run.idempotencyKey);
      const project = await projectIn(prisma, scope, projectId);
      try {
        return await database.transaction(async (tx) => {
          // Looked for first: a violated index ends a transaction, and a retry is the common case.
          const known = key === undefined ? null : await runWithKey(tx, project.id, key);
          return known ? existing(known, run) : { runId: await insert(tx, project, run), existing: false };
        });
      } catch (error) {
        if (key === undefined || !isUniqueViolation(error)) throw error;
        const known = await runWithKey(prisma, project.id, key);
        if (!known) throw error;
        return existing(known, run);
      }
    },

    /**
     * Runs that nobody will go on with: their job was given up while the database came and went. Answers their ids,
     * some at a time. System only.
     */
    async orphans(now = new Date()): Promise<string[]> {
      requireSystem(principal);
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        SELECT "id" FROM "run"
        WHERE "background" AND ("status" = 'queued' OR ("status" = 'running' AND "leaseUntil" < ${now}))
          AND '{"runId":"' || "id" || '"}' NOT IN (
            SELECT "payload" FROM "job" WHERE "state" IN ('queued', 'running'))
        LIMIT 100`;
      return rows.map(({ id }) => id);
    },

    /** How often runs were tried; nothing of those whose jobs are no longer kept. */
    async attempts(
      projectId: string,
      ids: readonly string[],
    ): Promise<{ runId: string; attempts: number }[]> {
      requireRole(principal, 'viewer');
      const project = await projectIn(prisma, scope, projectId);
      const jobs = await prisma.job.groupBy({
        by: ['payload'],
        where: {
          kind: RUN_JOB,
          projectId: project.id,
          payload: { in: ids.map((runId) => JSON.stringify({ runId })) },
        },
        _sum: { attempts: true },
      });
      return jobs.map(({ payload, _sum }) => {
        const { runId } = JSON.parse(payload) as { runId: string };
        return { runId, attempts: _sum.attempts ?? 0 };
      });
    },

    /** A run that failed for good is tried again, from the step that failed. Throws `conflict` when it is none. */
    async retry(projectId: string, id: string, attempts: number): Promise<void> {
      requireRole(principal, 'editor');
      await settle(projectId, id, 'run.retry', async (tx, run) => {
        await tx.run.update({
          where: { id: run.id },
          data: { status: 'queued', deadAt: null, error: null, durationMs: null, leaseUntil: null },
        });
        await addJob(tx, RUN_JOB, { runId: run.id }, { projectId: run.projectId, maxAttempts: attempts });
      });
    },

    /** Takes a run that failed for good off the list of those. Throws `conflict` when it is none. */
    async dismiss(projectId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      await settle(projectId, id, 'run.dismiss', async (tx, run) => {
        await tx.run.update({ where: { id: run.id }, data: { deadAt: null } });
      });
    },
  };

  async function settle(
    projectId: string,
    id: string,
    action: string,
    change: (tx: Tx, run: { id: string; projectId: string }) => Promise<void>,
  ): Promise<void> {
    const where = { AND: [{ id: idOf(id, 'run'), projectId: idOf(projectId, 'project') }, scope] };
    await database.transaction(async (tx) => {
      const run =
        (await tx.run.findFirst({
          where,
          select: { id: true, projectId: true, organizationId: true, workflowId: true },
        })) ?? notFound('run');
      // In one statement with the condition, so that of two people one is refused.
      const { count } = await tx.run.updateMany({
        where: { id: run.id, background: true, deadAt: { not: null } },
        data: { deadAt: null },
      });
      if (count === 0) {
        throw new AppError('conflict', 'This run is not among those that failed for good; look at it again.');
      }
      await change(tx, run);
      await appendAudit(database, tx, principal, run.organizationId, {
        action,
        target: `run:${run.id}`,
        details: { workflowId: run.workflowId },
      });
    });
  }
}

/** Stores a queued run with its job, inside a transaction; answers its id. */
export async function insert(
  tx: Tx,
  project: { id: string; organizationId: string },
  run: NewBackgroundRun,
): Promise<string> {
  const id = randomUUID();
  await tx.run.create({
    data: {
      id,
      organizationId: project.organizationId,
      projectId: project.id,
      workflowId: run.workflowId,
      workflowName: run.workflowName,
      versionId: run.versionId,
      version: run.version,
      status: 'queued',
      startedAt: new Date(),
      cause: run.cause,
      client: run.client ?? null,
      keyId: run.keyId ?? null,
      triggerId: run.triggerId ?? null,
      background: true,
      idempotencyKey: run.idempotencyKey ?? null,
      input: JSON.stringify(run.input),
      state: run.state ? JSON.stringify(run.state) : null,
    },
  });
  await addJob(tx, RUN_JOB, { runId: id }, { projectId: project.id, maxAttempts: run.attempts });
  return id;
}

function runWithKey(client: Tx, projectId: string, idempotencyKey: string) {
  return client.run.findFirst({
    where: { projectId, idempotencyKey },
    select: { id: true, workflowId: true, input: true },
  });
}

function existing(
  known: { id: string; workflowId: string; input: string | null },
  run: NewBackgroundRun,
): { runId: string; existing: true } {
  const same = known.workflowId === run.workflowId && sameJson(JSON.parse(known.input ?? '{}'), run.input);
  if (same) return { runId: known.id, existing: true };
  throw new AppError(
    'conflict',
    'This idempotency key was used for another input. Take a new key for a new run, or send what was sent with it.',
    { runId: known.id },
  );
}
