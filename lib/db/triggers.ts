import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { actorOf, requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { insert, type NewBackgroundRun } from './background-runs.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { workflowIn } from './workflow-in.ts';

export type TriggerType = 'schedule' | 'webhook';
export type WebhookSignature = 'standard' | 'github';

/** What starts a workflow by itself. */
export interface Trigger {
  id: string;
  organizationId: string;
  projectId: string;
  workflowId: string;
  type: TriggerType;
  name: string;
  enabled: boolean;
  /** In all, the first included. */
  attempts: number;
  cron: string | null;
  timeZone: string | null;
  /** Arguments of a scheduled run. */
  input: JsonObject;
  signature: WebhookSignature | null;
  /** Whether there is a secret; the secret itself is never read back. */
  hasSecret: boolean;
  nextAt: Date | null;
  lastAt: Date | null;
  lastRunId: string | null;
  createdAt: Date;
}

/** A trigger with what is needed to start its run. */
export interface StoredTrigger extends Trigger {
  /** Sealed. */
  secret: string | null;
  /** Of the project. */
  slug: string;
}

/** More in one workflow are not needed, and each schedule costs a look. */
const MOST_TRIGGERS = 50;

const fields = {
  name: text(120).min(1),
  enabled: z.boolean(),
  attempts: z.int().min(1).max(20),
  cron: text(120).min(1).nullable(),
  timeZone: text(64).min(1).nullable(),
  input: z.record(z.string(), z.json()),
  nextAt: z.date().nullable(),
  secret: z.string().max(2000).nullable(),
};
const newTrigger = z.strictObject({
  id: z.uuid(),
  type: z.enum(['schedule', 'webhook']),
  signature: z.enum(['standard', 'github']).nullable(),
  ...fields,
});
const triggerPatch = z.strictObject(fields).partial();

export type NewTrigger = z.input<typeof newTrigger>;
export type TriggerPatch = z.input<typeof triggerPatch>;

/** Schedules and webhooks of a project. Times and secrets are made by the operations. */
export function triggersOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** Of a project, or of one of its workflows; by name. */
    async list(projectId: string, workflowId?: string): Promise<Trigger[]> {
      requireRole(principal, 'viewer');
      const project = idOrNull(projectId);
      const workflow = workflowId === undefined ? undefined : idOrNull(workflowId);
      if (project === null || workflow === null) return [];
      const rows = await prisma.trigger.findMany({
        where: {
          AND: [{ projectId: project }, scope, workflow === undefined ? {} : { workflowId: workflow }],
        },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      });
      return rows.map(triggerOf);
    },

    async get(projectId: string, workflowId: string, id: string): Promise<Trigger | null> {
      requireRole(principal, 'viewer');
      const row = await prisma.trigger.findFirst({ where: whereOf(projectId, workflowId, id) });
      return row && triggerOf(row);
    },

    /** Throws `conflict` when the workflow has one of that name, `not_found` when it is not theirs. */
    async create(projectId: string, workflowId: string, input: NewTrigger): Promise<Trigger> {
      requireRole(principal, 'editor');
      const { input: args, ...data } = parse(newTrigger, input);
      return orConflict(`This workflow has a trigger named "${data.name}" already.`, () =>
        database.transaction(async (tx) => {
          const workflow = await workflowIn(tx, scope, { projectId, workflowId });
          if ((await tx.trigger.count({ where: { workflowId: workflow.id } })) >= MOST_TRIGGERS) {
            throw new AppError('conflict', `A workflow has at most ${MOST_TRIGGERS} triggers.`);
          }
          const row = await tx.trigger.create({
            data: {
              ...data,
              input: JSON.stringify(args),
              workflowId: workflow.id,
              projectId: workflow.projectId,
              organizationId: workflow.organizationId,
              createdBy: actorOf(principal).actorId,
            },
          });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'trigger.create',
            target: `trigger:${row.id}`,
            details: { name: row.name, type: row.type, workflowId: row.workflowId, cron: row.cron },
          });
          return triggerOf(row);
        }),
      );
    },

    async update(projectId: string, workflowId: string, id: string, patch: TriggerPatch): Promise<Trigger> {
      requireRole(principal, 'editor');
      const { input: args, ...data } = parse(triggerPatch, patch);
      const changes = {
        ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
        ...(args === undefined ? {} : { input: JSON.stringify(args) }),
      };
      const where = whereOf(projectId, workflowId, id);
      return orConflict(`This workflow has a trigger named "${data.name}" already.`, () =>
        database.transaction(async (tx) => {
          const { count } = await tx.trigger.updateMany({ where, data: changes });
          if (count === 0) notFound('trigger');
          const row = await tx.trigger.findFirstOrThrow({ where });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'trigger.update',
            target: `trigger:${row.id}`,
            details: { name: row.name, fields: Object.keys(changes), enabled: row.enabled },
          });
          return triggerOf(row);
        }),
      );
    },

    async remove(projectId: string, workflowId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, workflowId, id);
      await database.transaction(async (tx) => {
        const row = (await tx.trigger.findFirst({ where })) ?? notFound('trigger');
        await tx.trigger.deleteMany({ where });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'trigger.delete',
          target: `trigger:${row.id}`,
          details: { name: row.name, type: row.type, workflowId: row.workflowId },
        });
      });
    },

    /** The webhook at this address, whoever calls. System only: who may is what its signature says. */
    async webhook(id: string): Promise<StoredTrigger | null> {
      requireSystem(principal);
      const known = idOrNull(id);
      if (known === null) return null;
      const row = await prisma.trigger.findFirst({
        where: { id: known, type: 'webhook' },
        include: { project: { select: { slug: true } } },
      });
      return row && storedOf(row);
    },

    /** Schedules whose time has come, the longest overdue first. System only. */
    async due(now: Date, limit: number): Promise<StoredTrigger[]> {
      requireSystem(principal);
      const rows = await prisma.trigger.findMany({
        where: { type: 'schedule', enabled: true, nextAt: { lte: now } },
        orderBy: { nextAt: 'asc' },
        take: limit,
        include: { project: { select: { slug: true } } },
      });
      return rows.map(storedOf);
    },

    /** When the next schedule is due; null when there is none. System only. */
    async nextDue(): Promise<Date | null> {
      requireSystem(principal);
      const { _min } = await prisma.trigger.aggregate({
        where: { type: 'schedule', enabled: true },
        _min: { nextAt: true },
      });
      return _min.nextAt;
    },

    /**
     * Sets a due schedule to its next time and stores the run of this one, together: of all replicas that see it due,
     * one does. Without a run the time passes without one. Answers the run's id; false when it was somebody else's.
     * System only.
     */
    async tick(
      trigger: StoredTrigger,
      { now, nextAt, run }: { now: Date; nextAt: Date | null; run: NewBackgroundRun | null },
    ): Promise<string | null | false> {
      requireSystem(principal);
      return database.transaction(async (tx) => {
        const { count } = await tx.trigger.updateMany({
          where: { id: trigger.id, enabled: true, nextAt: trigger.nextAt },
          data: { nextAt },
        });
        if (count === 0) return false;
        if (!run) return null;
        const runId = await insert(
          tx,
          { id: trigger.projectId, organizationId: trigger.organizationId },
          run,
        );
        await tx.trigger.update({ where: { id: trigger.id }, data: { lastAt: now, lastRunId: runId } });
        return runId;
      });
    },

    /** Notes the run that a webhook started. System only. */
    async started(id: string, at: Date, runId: string): Promise<void> {
      requireSystem(principal);
      await prisma.trigger.updateMany({ where: { id }, data: { lastAt: at, lastRunId: runId } });
    },
  };

  function whereOf(projectId: string, workflowId: string, id: string) {
    return {
      AND: [
        {
          id: idOf(id, 'trigger'),
          projectId: idOf(projectId, 'project'),
          workflowId: idOf(workflowId, 'workflow'),
        },
        scope,
      ],
    };
  }
}

interface TriggerRow {
  id: string;
  organizationId: string;
  projectId: string;
  workflowId: string;
  type: string;
  name: string;
  enabled: boolean;
  attempts: number;
  cron: string | null;
  timeZone: string | null;
  input: string;
  signature: string | null;
  secret: string | null;
  nextAt: Date | null;
  lastAt: Date | null;
  lastRunId: string | null;
  createdAt: Date;
}

function triggerOf(row: TriggerRow): Trigger {
  return {
    id: row.id,
    organizationId: row.organizationId,
    projectId: row.projectId,
    workflowId: row.workflowId,
    type: row.type as TriggerType,
    name: row.name,
    enabled: row.enabled,
    attempts: row.attempts,
    cron: row.cron,
    timeZone: row.timeZone,
    input: JSON.parse(row.input) as JsonObject,
    signature: row.signature as WebhookSignature | null,
    hasSecret: row.secret !== null,
    nextAt: row.nextAt,
    lastAt: row.lastAt,
    lastRunId: row.lastRunId,
    createdAt: row.createdAt,
  };
}

function storedOf(row: TriggerRow & { project: { slug: string } }): StoredTrigger {
  return { ...triggerOf(row), secret: row.secret, slug: row.project.slug };
}
