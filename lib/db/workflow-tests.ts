import type * as z from 'zod';
import type { RecordedRun } from '#lib/workflow/recording.ts';
import { type ExpectedEnd, workflowTest } from '#lib/workflow/workflow-test.ts';
import { actorOf, requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, orConflict, parse, text } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';
import { workflowIn } from './workflow-in.ts';

export interface WorkflowTestSummary {
  id: string;
  name: string;
  expected: ExpectedEnd;
  createdAt: Date;
}

export interface WorkflowTest extends WorkflowTestSummary {
  recording: RecordedRun;
}

/** All of them run before a workflow is published. */
const MOST_TESTS = 100;
/** Characters of a recording as JSON; one that is made from a run has less. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** A name is a file's name in the folder of the project. */
export const TEST_NAME = /^[A-Za-z0-9][A-Za-z0-9 _-]{0,79}$/;

const newTest = workflowTest.extend({
  name: text(80).regex(TEST_NAME, 'letters, digits, spaces, - and _; at most 80 characters'),
});

export type NewWorkflowTest = z.input<typeof newTest>;

/** Tests of workflows: recordings, and what the workflow must answer to them. */
export function workflowTestsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);

  return {
    /** By name. */
    async list(projectId: string, workflowId: string): Promise<WorkflowTestSummary[]> {
      requireRole(principal, 'viewer');
      const [project, workflow] = [idOrNull(projectId), idOrNull(workflowId)];
      if (project === null || workflow === null) return [];
      const rows = await prisma.workflowTest.findMany({
        where: { AND: [{ projectId: project, workflowId: workflow }, scope] },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        omit: { recording: true },
      });
      return rows.map(summaryOf);
    },

    /** One with its recording. */
    async get(projectId: string, workflowId: string, id: string): Promise<WorkflowTest | null> {
      requireRole(principal, 'viewer');
      const [project, workflow, test] = [idOrNull(projectId), idOrNull(workflowId), idOrNull(id)];
      if (project === null || workflow === null || test === null) return null;
      const row = await prisma.workflowTest.findFirst({
        where: { AND: [{ id: test, projectId: project, workflowId: workflow }, scope] },
      });
      return row && { ...summaryOf(row), recording: JSON.parse(row.recording) as RecordedRun };
    },

    /** Throws `conflict` when the workflow has one of that name, `not_found` when it is not theirs. */
    async create(
      projectId: string,
      workflowId: string,
      input: NewWorkflowTest,
    ): Promise<WorkflowTestSummary> {
      requireRole(principal, 'editor');
      const { name, expected, recording } = parse(newTest, input);
      const content = JSON.stringify(recording);
      if (content.length > MOST_CHARACTERS) {
        throw new AppError('too_large', 'The recording of this test is larger than 4 MiB.');
      }
      return orConflict(`This workflow has a test named "${name}" already.`, () =>
        database.transaction(async (tx) => {
          const workflow = await workflowIn(tx, scope, { projectId, workflowId });
          if ((await tx.workflowTest.count({ where: { workflowId: workflow.id } })) >= MOST_TESTS) {
            throw new AppError('conflict', `A workflow has at most ${MOST_TESTS} tests.`);
          }
          const row = await tx.workflowTest.create({
            data: {
              name,
              recording: content,
              expected: JSON.stringify(expected),
              workflowId: workflow.id,
              projectId: workflow.projectId,
              organizationId: workflow.organizationId,
              createdBy: actorOf(principal).actorId,
            },
          });
          await appendAudit(database, tx, principal, row.organizationId, {
            action: 'test.create',
            target: `test:${row.id}`,
            details: { name, workflowId: workflow.id },
          });
          return summaryOf(row);
        }),
      );
    },

    /** Throws `not_found`. */
    async remove(projectId: string, workflowId: string, id: string): Promise<void> {
      requireRole(principal, 'editor');
      const where = {
        AND: [
          {
            id: idOf(id, 'test'),
            projectId: idOf(projectId, 'project'),
            workflowId: idOf(workflowId, 'workflow'),
          },
          scope,
        ],
      };
      await database.transaction(async (tx) => {
        const row =
          (await tx.workflowTest.findFirst({ where, omit: { recording: true } })) ?? notFound('test');
        await tx.workflowTest.delete({ where: { id: row.id } });
        await appendAudit(database, tx, principal, row.organizationId, {
          action: 'test.delete',
          target: `test:${row.id}`,
          details: { name: row.name, workflowId: row.workflowId },
        });
      });
    },
  };
}

function summaryOf(row: {
  id: string;
  name: string;
  expected: string;
  createdAt: Date;
}): WorkflowTestSummary {
  return {
    id: row.id,
    name: row.name,
    expected: JSON.parse(row.expected) as ExpectedEnd,
    createdAt: row.createdAt,
  };
}
