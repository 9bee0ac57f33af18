import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { sealUnbound } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { tellAccess } from './tell-access.ts';

/**
 * Moves a project to another organization in which the person is an administrator too, for whoever types its name. Keys
 * and grants are revoked; secrets of connections and webhooks stay behind and are entered anew there.
 */
export async function transferProject(
  app: App,
  principal: Principal,
  { project, to, typedName }: { project: string; to: string; typedName: string },
): Promise<void> {
  const { id } = await findProject(app, principal, project);
  await mayReceive(app, principal, to);
  const { connections, transfers } = repository(app.db, principal);
  const unbound = new Map<string, string>();
  for (const connection of await connections.list(id)) {
    const place = { organizationId: to, id: connection.id };
    unbound.set(connection.id, await sealUnbound(app.vault, place));
  }
  const { slug, keys, grants } = await transfers.move(id, { to, typedName, unbound });
  await app.events.publish('project.changed', { projectId: id, slug });
  await tellAccess(app, { projectId: id, keys, grants });
}

/** Nothing is made in an organization for who does not belong to it. The transfer itself looks again. */
async function mayReceive(app: App, principal: Principal, to: string): Promise<void> {
  if (principal.type !== 'user') throw new AppError('forbidden', 'Only a member may do this.');
  const memberships = await repository(app.db, { type: 'system' }).members.membershipsOf(principal.userId);
  if (memberships.some(({ organization }) => organization.id === to)) return;
  throw new AppError('not_found', 'There is no such organization.');
}
