import type { ClientRule, NewClientRule } from '#lib/db/client-rules.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** What people may call of a project through OAuth clients, at most. */
export async function listClientRules(app: App, principal: Principal, slug: string): Promise<ClientRule[]> {
  const { id } = await findProject(app, principal, slug);
  return repository(app.db, principal).clientRules.list(id);
}

/** Makes a rule, or puts it in place of the one for that client. It holds from the next call on. */
export async function setClientRule(
  app: App,
  principal: Principal,
  slug: string,
  rule: NewClientRule,
): Promise<ClientRule> {
  const { id } = await findProject(app, principal, slug);
  const set = await repository(app.db, principal).clientRules.set(id, rule);
  app.events.publish('project.changed', { projectId: id, slug });
  return set;
}

/** The client may do again what the people behind it may. */
export async function removeClientRule(
  app: App,
  principal: Principal,
  at: { project: string; rule: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).clientRules.remove(id, at.rule);
  app.events.publish('project.changed', { projectId: id, slug: at.project });
}
