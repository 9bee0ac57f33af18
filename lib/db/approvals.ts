import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { requireRole, requireSystem, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { type Looked, lockRun, storeAnswers } from './run-answers.ts';

export type ApprovalStatus = 'pending' | 'approved' | 'refused' | 'expired';

/** Somebody's consent to something, asked for by a run. Kept when the run is no longer. */
export interface Approval {
  id: string;
  projectId: string;
  runId: string;
  workflowId: string;
  workflowName: string;
  /** Of the run's questions. */
  questionKey: string;
  message: string;
  /** What is to be approved. */
  details: JsonValue;
  by: 'caller' | 'team';
  /** Who asks: name and version of the client. */
  client: string | null;
  keyId: string | null;
  status: ApprovalStatus;
  requestedAt: Date;
  expiresAt: Date;
  decidedAt: Date | null;
  /** The person's id, where a signed-in person decided. */
  decidedBy: string | null;
  decidedByName: string | null;
  comment: string | null;
}

export interface Decision {
  approved: boolean;
  comment: string | null;
  /** In words: the person's name, or the client. */
  name: string;
  at: Date;
}

const commentSchema = text(2000).nullable();

/** Approvals of a project, as a principal may see and decide them. */
export function approvalsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** Newest first; at most 200. */
    async list(projectId: string, status?: ApprovalStatus): Promise<Approval[]> {
      requireRole(principal, 'viewer');
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.approval.findMany({
        where: { AND: [{ projectId: known }, scope, status === undefined ? {} : { status }] },
        orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
        take: 200,
      });
      return rows.map(approvalOf);
    },

    async get(projectId: string, id: string): Promise<Approval | null> {
      requireRole(principal, 'viewer');
      const [project, approval] = [idOrNull(projectId), idOrNull(id)];
      if (project === null || approval === null) return null;
      const row = await prisma.approval.findFirst({
        where: { AND: [{ id: approval, projectId: project }, scope] },
      });
      return row && approvalOf(row);
    },

    /**
     * Keeps a decision of a signed-in person and gives it to the run, which goes on: all or nothing, with its trace
     * in the audit log. Answers false when the run changed since it was looked at. Throws `not_found`, and `conflict`
     * when it was decided before, or has expired.
     */
    async decide(
      projectId: string,
      id: string,
      decision: Decision,
      run: { looked: Looked; answers: JsonObject },
    ): Promise<boolean> {
      requireRole(principal, 'editor');
      const comment = parse(commentSchema, decision.comment);
      const where = { AND: [{ id: idOf(id, 'approval'), projectId: idOf(projectId, 'project') }, scope] };
      return database
        .transaction(async (tx) => {
          await lockRun(database, tx, run.looked.id);
          const asked = (await tx.approval.findFirst({ where })) ?? notFound('approval');
          const { count } = await tx.approval.updateMany({
            where: {
              AND: [where, { runId: run.looked.id, status: 'pending', expiresAt: { gt: decision.at } }],
            },
            data: {
              ...columnsOf({ ...decision, comment }),
              decidedBy: principal.type === 'user' ? principal.userId : null,
            },
          });
          if (count === 0) throw new AppError('conflict', 'This was decided already, or its time is over.');
          if (!(await storeAnswers(database, tx, run.looked, run.answers, new Date()))) throw new Changed();
          await appendAudit(database, tx, principal, asked.organizationId, {
            action: decision.approved ? 'approval.approve' : 'approval.refuse',
            target: `approval:${asked.id}`,
            details: { runId: asked.runId, workflow: asked.workflowName },
          });
          return true;
        })
        .catch(falseWhenChanged);
    },

    /**
     * Keeps decisions that came with the client's answers, by question, and gives the answers to the run; otherwise
     * as `decide`. `next` as in `runs.answer`. System only.
     */
    async decideFor(
      run: { looked: Looked; answers: JsonObject; next: Date | null },
      decisions: Readonly<Record<string, Decision>>,
    ): Promise<boolean> {
      requireSystem(principal);
      return database
        .transaction(async (tx) => {
          await lockRun(database, tx, run.looked.id);
          for (const [questionKey, decision] of Object.entries(decisions)) {
            const where = { runId: run.looked.id, questionKey, status: 'pending' };
            const row = await tx.approval.findFirst({ where });
            const { count } = await tx.approval.updateMany({
              where: { ...where, expiresAt: { gt: decision.at } },
              data: columnsOf(decision),
            });
            if (!row || count === 0) {
              throw new AppError('conflict', 'This was decided already, or its time is over.');
            }
            await appendAudit(database, tx, principal, row.organizationId, {
              action: decision.approved ? 'approval.approve' : 'approval.refuse',
              target: `approval:${row.id}`,
              details: { runId: row.runId, workflow: row.workflowName, by: decision.name, keyId: row.keyId },
            });
          }
          if (!(await storeAnswers(database, tx, run.looked, run.answers, run.next))) throw new Changed();
          return true;
        })
        .catch(falseWhenChanged);
    },
  };
}

/** Rolls a transaction back whose run changed since it was looked at. */
class Changed extends Error {}

function falseWhenChanged(error: unknown): false {
  if (error instanceof Changed) return false;
  throw error;
}

function columnsOf({ approved, comment, name, at }: Decision) {
  return { status: approved ? 'approved' : 'refused', decidedAt: at, decidedByName: name, comment };
}

type Row = NonNullable<Awaited<ReturnType<Database['prisma']['approval']['findFirst']>>>;

function approvalOf({ organizationId: _, ...row }: Row): Approval {
  return {
    ...row,
    details: JSON.parse(row.details) as JsonValue,
    by: row.by as Approval['by'],
    status: row.status as ApprovalStatus,
  };
}
