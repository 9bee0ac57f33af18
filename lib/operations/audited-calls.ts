import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { AuditCalls } from '#lib/workflow/audit-calls.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Which calls of a project are audited. */
export async function readAuditedCalls(
  app: App,
  principal: Principal,
  slug: string,
): Promise<{ calls: AuditCalls }> {
  const { id } = await findProject(app, principal, slug);
  return { calls: (await repository(app.db, principal).callRules.of(id)).auditCalls };
}

/** Changes it, for calls from now on; in other processes within seconds. Administrators only. */
export async function changeAuditedCalls(
  app: App,
  principal: Principal,
  slug: string,
  calls: AuditCalls,
): Promise<{ calls: AuditCalls }> {
  const { id } = await findProject(app, principal, slug);
  await repository(app.db, principal).callRules.setAuditCalls(id, calls);
  app.events.publish('project.changed', { projectId: id, slug });
  return { calls };
}
