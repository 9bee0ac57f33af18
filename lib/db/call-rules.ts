import * as z from 'zod';
import { AUDIT_CALLS, type AuditCalls } from '#lib/workflow/audit-calls.ts';
import {
  changedGuard,
  type GuardPatch,
  type GuardSettings,
  guardOf,
  guardPatch,
} from '#lib/workflow/guard-settings.ts';
import {
  type Allowance,
  type CeilingPatch,
  ceilingOf,
  ceilingPatch,
  changedCeiling,
  changedLimits,
  type LimitsPatch,
  limitsOf,
  limitsPatch,
  type ProjectLimits,
} from '#lib/workflow/limits.ts';
import { requireRole, scopeOf } from './access.ts';
import { AppError } from './app-error.ts';
import { appendAudit } from './audit.ts';
import { notFound, parse } from './check.ts';
import type { Database } from './database.ts';
import { type LiveSettings, liveSettingsOf } from './live-settings.ts';
import type { Principal } from './principal.ts';
import { projectIn } from './project-in.ts';

/** How much may be called, and what is looked for in answers: as a principal may see and change it. */
export function callRulesOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const mustBeOfOrganization = () => {
    if (scope.projectId === undefined) return;
    throw new AppError('forbidden', 'This concerns the organization, and not one project.');
  };

  return {
    /** Of a project. Throws `not_found` when it is not theirs. */
    async of(projectId: string): Promise<LiveSettings> {
      requireRole(principal, 'viewer');
      const project = await projectIn(prisma, scope, projectId);
      return liveSettingsOf(prisma, project.id);
    },

    /** Of the principal's organization, for all its projects together. */
    async ceiling(): Promise<Allowance> {
      requireRole(principal, 'viewer');
      mustBeOfOrganization();
      const row = await prisma.organization.findUnique({
        where: { id: scope.organizationId ?? '' },
        select: { limits: true },
      });
      return ceilingOf(JSON.parse((row ?? notFound('organization')).limits) as CeilingPatch);
    },

    /** What is left out stays. Administrators only. */
    async setLimits(projectId: string, patch: LimitsPatch): Promise<ProjectLimits> {
      requireRole(principal, 'admin');
      const given = parse(limitsPatch, patch) as LimitsPatch;
      return database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        await database.lock(tx, `rules:${project.id}`);
        const row = await tx.project.findUniqueOrThrow({ where: { id: project.id } });
        const limits = parse(limitsPatch, changedLimits(JSON.parse(row.limits) as LimitsPatch, given));
        await tx.project.update({ where: { id: project.id }, data: { limits: JSON.stringify(limits) } });
        await appendAudit(database, tx, principal, project.organizationId, {
          action: 'project.limits',
          target: `project:${project.id}`,
          details: { slug: row.slug, to: JSON.parse(JSON.stringify(given)) },
        });
        return limitsOf(limits as LimitsPatch);
      });
    },

    /** What is left out stays. Owners only. */
    async setCeiling(patch: CeilingPatch): Promise<Allowance> {
      requireRole(principal, 'owner');
      mustBeOfOrganization();
      const given = parse(ceilingPatch, patch) as CeilingPatch;
      const id = scope.organizationId ?? '';
      return database.transaction(async (tx) => {
        await database.lock(tx, `rules:${id}`);
        const row = (await tx.organization.findUnique({ where: { id } })) ?? notFound('organization');
        const limits = parse(ceilingPatch, changedCeiling(JSON.parse(row.limits) as CeilingPatch, given));
        await tx.organization.update({ where: { id }, data: { limits: JSON.stringify(limits) } });
        await appendAudit(database, tx, principal, id, {
          action: 'organization.limits',
          target: `organization:${id}`,
          details: { to: JSON.parse(JSON.stringify(given)) },
        });
        return ceilingOf(limits as CeilingPatch);
      });
    },

    /** What is left out stays. Administrators only: it decides what leaves the project. */
    async setGuard(projectId: string, patch: GuardPatch): Promise<GuardSettings> {
      requireRole(principal, 'admin');
      const given = parse(guardPatch, patch) as GuardPatch;
      return database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        await database.lock(tx, `rules:${project.id}`);
        const row = await tx.project.findUniqueOrThrow({ where: { id: project.id } });
        const guard = changedGuard(guardOf(JSON.parse(row.guard) as GuardPatch), given);
        await tx.project.update({ where: { id: project.id }, data: { guard: JSON.stringify(guard) } });
        await appendAudit(database, tx, principal, project.organizationId, {
          action: 'project.guard',
          target: `project:${project.id}`,
          details: { slug: row.slug, to: JSON.parse(JSON.stringify(given)) },
        });
        return guard;
      });
    },

    /** Which calls are audited. Administrators only; that they are not any more is in the log itself. */
    async setAuditCalls(projectId: string, calls: AuditCalls): Promise<void> {
      requireRole(principal, 'admin');
      const auditCalls = parse(z.enum(AUDIT_CALLS), calls);
      await database.transaction(async (tx) => {
        const project = await projectIn(tx, scope, projectId);
        const { slug } = await tx.project.update({ where: { id: project.id }, data: { auditCalls } });
        await appendAudit(database, tx, principal, project.organizationId, {
          action: 'project.audited_calls',
          target: `project:${project.id}`,
          projectId: project.id,
          details: { slug, to: auditCalls },
        });
      });
    },
  };
}
