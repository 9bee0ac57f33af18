import * as z from 'zod';
import type { Contract } from '#lib/workflow/contract.ts';
import { actorOf, requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { idOf, idOrNull, notFound, parse, sha256, text } from './check.ts';
import type { Database, Tx } from './database.ts';
import { refuseLiveConflict } from './live-conflicts.ts';
import { nameOf, namesOf } from './names.ts';
import { nextRelease, type ReleaseReason } from './next-release.ts';
import type { Principal } from './principal.ts';
import { conflictOf, type DraftConflict } from './workflows.ts';

export interface Release {
  number: number;
  at: Date;
  by: string | null;
  reason: ReleaseReason;
  workflowId: string | null;
  versions: { workflowId: string; versionId: string }[];
}

export interface Publication {
  /** The revision the caller compiled. */
  revision: number;
  contract: Contract;
  note?: string;
}

export type Published =
  | { published: true; versionId: string; version: number; release: number }
  | { published: false; current: DraftConflict };

const publication = z.object({ revision: z.int32(), note: text(2000).default('') });

/** Publishing: each function is one transaction, and makes the next release of the project. */
export function releasesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const whereOf = (projectId: string, id: string) => ({
    AND: [{ id: idOf(id, 'workflow'), projectId: idOf(projectId, 'project') }, scope],
  });

  /** Makes another version live, or none. */
  async function setLive(
    projectId: string,
    workflowId: string,
    reason: 'unpublish' | 'rollback',
    choose: (tx: Tx, workflow: WorkflowRow) => Promise<{ id: string; number: number } | null>,
  ): Promise<{ release: number }> {
    requireRole(principal, 'editor');
    const where = whereOf(projectId, workflowId);
    return database.transaction(async (tx) => {
      await database.lock(tx, `project:${projectId}`);
      const workflow = (await tx.workflow.findFirst({ where })) ?? notFound('workflow');
      const version = await choose(tx, workflow);
      await tx.workflow.updateMany({ where, data: { liveVersionId: version?.id ?? null } });
      const release = await nextRelease(tx, principal, workflow, reason);
      await appendAudit(database, tx, principal, workflow.organizationId, {
        action: `workflow.${reason}`,
        target: `workflow:${workflow.id}`,
        details: { name: workflow.name, release, ...(version ? { version: version.number } : {}) },
      });
      return { release };
    });
  }

  return {
    /** Newest first. */
    async list(projectId: string, options: { before?: number; limit?: number } = {}): Promise<Release[]> {
      const known = idOrNull(projectId);
      if (known === null) return [];
      const rows = await prisma.release.findMany({
        where: {
          AND: [
            { projectId: known },
            scope,
            options.before === undefined ? {} : { number: { lt: parse(z.int32(), options.before) } },
          ],
        },
        orderBy: { number: 'desc' },
        take: Math.min(options.limit ?? 50, 200),
      });
      const names = await namesOf(
        prisma,
        rows.map((row) => row.by),
      );
      return rows.map((row) => ({
        number: row.number,
        at: row.at,
        by: nameOf(names, row.by),
        reason: row.reason as ReleaseReason,
        workflowId: row.workflowId,
        versions: JSON.parse(row.versions) as Release['versions'],
      }));
    },

    /**
     * Freezes the draft of this revision as the next version and makes it live. When somebody saved since, it
     * changes nothing and answers what they saved. Throws `conflict` when another live workflow has this name, or its URI.
     */
    async publish(projectId: string, workflowId: string, input: Publication): Promise<Published> {
      requireRole(principal, 'editor');
      const { revision, note } = parse(publication, input);
      const { contract } = input;
      const contractJson = JSON.stringify(contract);
      const where = whereOf(projectId, workflowId);
      return database.transaction(async (tx) => {
        await database.lock(tx, `project:${projectId}`);
        const workflow = await tx.workflow.findFirst({ where: { AND: [...where.AND, { revision }] } });
        if (!workflow) return { published: false, current: await conflictOf(tx, where) };
        await refuseLiveConflict(tx, workflow, contract);

        const last = await tx.version.aggregate({
          where: { workflowId: workflow.id },
          _max: { number: true },
        });
        const version = await tx.version.create({
          data: {
            organizationId: workflow.organizationId,
            projectId: workflow.projectId,
            workflowId: workflow.id,
            number: (last._max.number ?? 0) + 1,
            revision,
            name: contract.name,
            document: workflow.draft,
            documentHash: workflow.draftHash,
            contract: contractJson,
            contractHash: sha256(contractJson),
            note,
            publishedBy: actorOf(principal).actorId,
          },
          select: { id: true, number: true },
        });
        const { count } = await tx.workflow.updateMany({
          where: { AND: [...where.AND, { revision }] },
          data: { liveVersionId: version.id, unreviewed: false },
        });
        if (count === 0)
          throw new AppError('conflict', 'The draft was saved while it was being published; try again.');
        const release = await nextRelease(tx, principal, workflow, 'publish');
        await appendAudit(database, tx, principal, workflow.organizationId, {
          action: 'workflow.publish',
          target: `workflow:${workflow.id}`,
          details: {
            name: contract.name,
            version: version.number,
            release,
            contractHash: sha256(contractJson),
          },
        });
        return { published: true, versionId: version.id, version: version.number, release };
      });
    },

    /** The address no longer serves the workflow. Throws `conflict` when it was not live. */
    unpublish(projectId: string, workflowId: string): Promise<{ release: number }> {
      return setLive(projectId, workflowId, 'unpublish', async (_tx, workflow) => {
        if (workflow.liveVersionId === null) throw new AppError('conflict', 'The workflow is not published.');
        return null;
      });
    },

    /**
     * Makes live what was live in a release, in all workflows that are still there, and nothing else; the drafts stay
     * as they are. Throws `conflict` when that is live already.
     */
    async restore(projectId: string, number: number): Promise<{ release: number }> {
      requireRole(principal, 'editor');
      const wanted = parse(z.int32(), number);
      const id = idOf(projectId, 'project');
      return database.transaction(async (tx) => {
        await database.lock(tx, `project:${id}`);
        const release = await tx.release.findFirst({
          where: { AND: [{ projectId: id, number: wanted }, scope] },
        });
        if (!release) notFound('release');
        const versions = JSON.parse(release.versions) as Release['versions'];
        const then = new Map(versions.map(({ workflowId, versionId }) => [workflowId, versionId]));
        const workflows = await tx.workflow.findMany({
          where: { AND: [{ projectId: id }, scope] },
          select: { id: true, liveVersionId: true },
        });
        const changed = workflows.filter((one) => one.liveVersionId !== (then.get(one.id) ?? null));
        if (changed.length === 0) {
          throw new AppError('conflict', `What release ${wanted} served is live already.`);
        }
        // Names may have gone from one workflow to another: none of them is live before all are as they were.
        for (const one of changed) {
          await tx.workflow.updateMany({
            where: { AND: [{ id: one.id }, scope] },
            data: { liveVersionId: then.get(one.id) ?? null },
          });
        }
        const { projectId: project, organizationId } = release;
        const next = await nextRelease(
          tx,
          principal,
          { id: null, projectId: project, organizationId },
          'rollback',
        );
        await appendAudit(database, tx, principal, organizationId, {
          action: 'project.rollback',
          target: `project:${project}`,
          details: { to: wanted, release: next, workflows: changed.length },
        });
        return { release: next };
      });
    },

    /** Makes an earlier (or later) version live again; the draft stays as it is. */
    rollback(projectId: string, workflowId: string, number: number): Promise<{ release: number }> {
      const wanted = parse(z.int32(), number);
      return setLive(projectId, workflowId, 'rollback', async (tx, workflow) => {
        const version = await tx.version.findFirst({ where: { workflowId: workflow.id, number: wanted } });
        if (!version) notFound('version');
        if (version.id === workflow.liveVersionId)
          throw new AppError('conflict', `Version ${wanted} is live already.`);
        await refuseLiveConflict(tx, workflow, JSON.parse(version.contract) as Contract);
        return version;
      });
    },
  };
}

type WorkflowRow = NonNullable<Awaited<ReturnType<Tx['workflow']['findFirst']>>>;
