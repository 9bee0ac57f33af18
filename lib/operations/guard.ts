import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { GuardPatch, GuardSettings } from '#lib/workflow/guard-settings.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** What is looked for in the answers of a project, and what is done about it. */
export async function readGuard(app: App, principal: Principal, slug: string): Promise<GuardSettings> {
  const { id } = await findProject(app, principal, slug);
  return (await repository(app.db, principal).callRules.of(id)).guard;
}

/** Changes what is given; takes effect with the next answer, in all processes within seconds. Administrators only. */
export async function changeGuard(
  app: App,
  principal: Principal,
  slug: string,
  patch: GuardPatch,
): Promise<GuardSettings> {
  const { id } = await findProject(app, principal, slug);
  const guard = await repository(app.db, principal).callRules.setGuard(id, patch);
  app.events.publish('project.changed', { projectId: id, slug });
  return guard;
}
