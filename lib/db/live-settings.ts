import { AUDIT_CALLS, type AuditCalls } from '#lib/workflow/audit-calls.ts';
import { type GuardPatch, type GuardSettings, guardOf } from '#lib/workflow/guard-settings.ts';
import type { ProjectLimits } from '#lib/workflow/limits.ts';
import {
  type Allowance,
  type CeilingPatch,
  ceilingOf,
  type LimitsPatch,
  limitsOf,
} from '#lib/workflow/limits.ts';
import { notFound } from './check.ts';
import type { Database } from './database.ts';

/** What a project serves under: how much may be called, and what is looked for in its answers. */
export interface LiveSettings {
  limits: ProjectLimits;
  /** Of its organization, for all its projects together. */
  ceiling: Allowance;
  guard: GuardSettings;
  auditCalls: AuditCalls;
  /** It has connections for which each caller connects an account of their own: any call of a service may have to wait. */
  asksCallers: boolean;
}

/** Those of a project. Throws `not_found`. */
export async function liveSettingsOf(prisma: Database['prisma'], projectId: string): Promise<LiveSettings> {
  const row = await prisma.project.findUnique({
    where: { id: projectId },
    select: {
      limits: true,
      guard: true,
      auditCalls: true,
      organization: { select: { limits: true } },
      connections: { where: { perCaller: true }, take: 1, select: { id: true } },
    },
  });
  if (!row) return notFound('project');
  return {
    limits: limitsOf(JSON.parse(row.limits) as LimitsPatch),
    ceiling: ceilingOf(JSON.parse(row.organization.limits) as CeilingPatch),
    guard: guardOf(JSON.parse(row.guard) as GuardPatch),
    auditCalls: AUDIT_CALLS.find((calls) => calls === row.auditCalls) ?? 'writes',
    asksCallers: row.connections.length > 0,
  };
}
