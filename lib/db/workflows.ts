import * as z from 'zod';
import type { JsonObject } from '#lib/workflow/json.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import { actorOf, requireRole, scopeOf } from './access.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, sha256, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { nameOf, namesOf } from './names.ts';
import { nextRelease } from './next-release.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';
import type { StoredRunStatus } from './run-batch.ts';

export interface WorkflowSummary {
  id: string;
  projectId: string;
  name: string;
  title: string;
  description: string;
  kind: string;
  /** Grows with every save. */
  revision: number;
  liveVersion: number | null;
  latestVersion: number | null;
  /** The draft differs from what is live; false when nothing is live. */
  changedSinceLive: boolean;
  /** How many the draft had when it was saved. */
  problems: number;
  /** Its texts came from elsewhere, and nobody who published it has said that they are in order. */
  unreviewed: boolean;
  updatedAt: Date;
  lastRun: { id: string; status: StoredRunStatus; at: Date } | null;
}

export interface Workflow extends WorkflowSummary {
  /** As it was saved; it may be incomplete. */
  document: unknown;
  /** Name of the user. */
  savedBy: string | null;
}

/** How a workflow stands, without its draft. */
export interface WorkflowHead {
  revision: number;
  /** Name of the user who saved the draft. */
  savedBy: string | null;
  liveVersion: number | null;
}

/** What somebody else saved meanwhile. */
export interface DraftConflict {
  revision: number;
  document: unknown;
  savedBy: string | null;
  savedAt: Date;
}

export type SavedDraft =
  | { saved: true; revision: number; savedAt: Date }
  | { saved: false; current: DraftConflict };

/** The parts of a draft that lists show; the rest of the document is opaque here. */
const draftFields = z.object({
  name: z.string().regex(WORKFLOW_NAME, 'starts with a letter; then a-z, 0-9 and _; at most 45 characters'),
  title: text(120).catch(''),
  description: text(2000).catch(''),
  kind: z.enum(['tool', 'resource', 'prompt']).catch('tool'),
});

export interface Draft {
  /** JSON; it has at least a valid `name`. */
  document: unknown;
  /** How many problems it has. */
  problems?: number;
  /** Of a new one: its texts come from elsewhere. */
  unreviewed?: boolean;
}

/** The workflows of a project and their drafts. Reading what is not theirs gives null, writing it `not_found`. */
export function workflowsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const whereOf = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'workflow'), projectId: idOf(projectId, 'project') }, scope],
  });

  return {
    /** By name. */
    async list(projectId: string): Promise<WorkflowSummary[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.workflow.findMany({
        where: { AND: [{ projectId: known }, scope] },
        orderBy: { name: 'asc' },
        omit: { draft: true },
      });
      const extras = await extrasOf(prisma, known);
      return rows.map((row) => summaryOf(row, extras.get(row.id)));
    },

    async get(projectId: string, id: string): Promise<Workflow | null> {
      if (idOrNull(id) === null || idOrNull(projectId) === null) return null;
      const row = await prisma.workflow.findFirst({ where: whereOf(projectId, id) });
      if (!row) return null;
      const extras = await extrasOf(prisma, row.projectId, row.id);
      const names = await namesOf(prisma, [row.draftSavedBy]);
      return {
        ...summaryOf(row, extras.get(row.id)),
        document: JSON.parse(row.draft) as unknown,
        savedBy: nameOf(names, row.draftSavedBy),
      };
    },

    /** How a workflow stands, without its draft: cheap enough to be asked again and again. Null when there is none. */
    async head(projectId: string, id: string): Promise<WorkflowHead | null> {
      requireRole(principal, 'viewer');
      if (idOrNull(id) === null || idOrNull(projectId) === null) return null;
      const row = await prisma.workflow.findFirst({
        where: whereOf(projectId, id),
        select: { revision: true, draftSavedBy: true, liveVersionId: true },
      });
      if (!row) return null;
      const names = await namesOf(prisma, [row.draftSavedBy]);
      const live =
        row.liveVersionId === null
          ? null
          : await prisma.version.findUnique({ where: { id: row.liveVersionId }, select: { number: true } });
      return {
        revision: row.revision,
        savedBy: nameOf(names, row.draftSavedBy),
        liveVersion: live?.number ?? null,
      };
    },

    /** The id may be chosen beforehand. Throws `conflict` when the project has a workflow of this name. */
    async create(projectId: string, draft: Draft & { id?: string }): Promise<Workflow> {
      requireRole(principal, 'editor');
      const fields = parse(draftFields, draft.document);
      const json = JSON.stringify(draft.document);
      const row = await orConflict(`This project already has a workflow named "${fields.name}".`, () =>
        database.transaction(async (tx) => {
          const project = await projectIn(tx, scope, projectId);
          return tx.workflow.create({
            data: {
              ...fields,
              ...(draft.id !== undefined && { id: idOf(draft.id, 'workflow') }),
              organizationId: project.organizationId,
              projectId: project.id,
              draft: json,
              draftHash: sha256(json),
              problems: draft.problems ?? 0,
              unreviewed: draft.unreviewed ?? false,
              draftSavedBy: actorOf(principal).actorId,
            },
          });
        }),
      );
      return { ...summaryOf(row, undefined), document: JSON.parse(row.draft) as unknown, savedBy: null };
    },

    /**
     * Stores the draft if nobody saved since `revision`; otherwise answers what they saved and changes nothing.
     * Throws `conflict` when another workflow of the project has the new name.
     */
    async saveDraft(projectId: string, id: string, draft: Draft & { revision: number }): Promise<SavedDraft> {
      requireRole(principal, 'editor');
      const fields = parse(draftFields, draft.document);
      const revision = parse(z.int32(), draft.revision);
      const json = JSON.stringify(draft.document);
      const where = whereOf(projectId, id);
      const savedAt = new Date();
      const { count } = await orConflict(`This project already has a workflow named "${fields.name}".`, () =>
        prisma.workflow.updateMany({
          where: { AND: [...where.AND, { revision }] },
          data: {
            ...fields,
            draft: json,
            draftHash: sha256(json),
            problems: draft.problems ?? 0,
            revision: revision + 1,
            draftSavedBy: actorOf(principal).actorId,
            draftSavedAt: savedAt,
          },
        }),
      );
      if (count === 1) return { saved: true, revision: revision + 1, savedAt };
      return { saved: false, current: await conflictOf(prisma, where) };
    },

    /** Samples that steps of the draft give instead of running, by node id; null when there is no such workflow. */
    async pins(projectId: string, id: string): Promise<JsonObject | null> {
      requireRole(principal, 'viewer');
      const [project, workflow] = [idOrNull(projectId), idOrNull(id)];
      if (project === null || workflow === null) return null;
      const row = await prisma.workflow.findFirst({
        where: { AND: [{ id: workflow, projectId: project }, scope] },
        select: { pins: true },
      });
      return row && (JSON.parse(row.pins) as JsonObject);
    },

    async setPins(projectId: string, id: string, pins: JsonObject): Promise<void> {
      requireRole(principal, 'editor');
      const { count } = await prisma.workflow.updateMany({
        where: { AND: [{ id: idOf(id, 'workflow'), projectId: idOf(projectId, 'project') }, scope] },
        data: { pins: JSON.stringify(pins) },
      });
      if (count === 0) notFound('workflow');
    },

    /** With its versions; its runs stay. When it is live, the next release is without it. */
    async remove(projectId: string, id: string): Promise<{ release: number | null }> {
      requireRole(principal, 'editor');
      const where = whereOf(projectId, id);
      return database.transaction(async (tx) => {
        await database.lock(tx, `project:${projectId}`);
        const row = (await tx.workflow.findFirst({ where })) ?? notFound('workflow');
        await tx.workflow.deleteMany({ where });
        const release = row.liveVersionId === null ? null : await nextRelease(tx, principal, row, 'delete');
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'workflow.delete',
          target: `workflow:${row.id}`,
          details: { name: row.name, release },
        });
        return { release };
      });
    },
  };
}

/** What somebody else saved; throws `not_found` when there is no such workflow. */
export async function conflictOf(
  client: Tx | Database['prisma'],
  where: { AND: object[] },
): Promise<DraftConflict> {
  const row = (await client.workflow.findFirst({ where })) ?? notFound('workflow');
  const names = await namesOf(client, [row.draftSavedBy]);
  return {
    revision: row.revision,
    document: JSON.parse(row.draft) as unknown,
    savedBy: nameOf(names, row.draftSavedBy),
    savedAt: row.draftSavedAt,
  };
}

interface Extras {
  id: string;
  liveVersion: number | bigint | null;
  liveHash: string | null;
  latestVersion: number | bigint | null;
  runId: string | null;
  runStatus: StoredRunStatus | null;
  runAt: Date | null;
}

/** Versions and last run of every workflow of a project, or of one, in one query. */
async function extrasOf(
  prisma: Database['prisma'],
  projectId: string,
  workflowId?: string,
): Promise<Map<string, Extras>> {
  const rows = await prisma.$queryRaw<Extras[]>`
    SELECT w."id", v."number" AS "liveVersion", v."documentHash" AS "liveHash",
      (SELECT MAX(x."number") FROM "version" x WHERE x."workflowId" = w."id") AS "latestVersion",
      r."id" AS "runId", r."status" AS "runStatus", r."startedAt" AS "runAt"
    FROM "workflow" w
    LEFT JOIN "version" v ON v."id" = w."liveVersionId"
    LEFT JOIN "run" r ON r."id" = (
      SELECT y."id" FROM "run" y WHERE y."workflowId" = w."id" ORDER BY y."startedAt" DESC LIMIT 1)
    WHERE w."projectId" = ${projectId} AND (${workflowId ?? ''} = '' OR w."id" = ${workflowId ?? ''})`;
  return new Map(rows.map((row) => [row.id, row]));
}

interface SummaryRow {
  id: string;
  projectId: string;
  name: string;
  title: string;
  description: string;
  kind: string;
  revision: number;
  problems: number;
  unreviewed: boolean;
  draftHash: string;
  draftSavedAt: Date;
}

function summaryOf(row: SummaryRow, extras: Extras | undefined): WorkflowSummary {
  const liveVersion = numberOf(extras?.liveVersion);
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    title: row.title,
    description: row.description,
    kind: row.kind,
    revision: row.revision,
    liveVersion,
    latestVersion: numberOf(extras?.latestVersion),
    changedSinceLive: liveVersion !== null && extras?.liveHash !== row.draftHash,
    problems: row.problems,
    unreviewed: row.unreviewed,
    updatedAt: row.draftSavedAt,
    lastRun: extras?.runId ? { id: extras.runId, status: extras.runStatus!, at: extras.runAt! } : null,
  };
}

function numberOf(value: number | bigint | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
