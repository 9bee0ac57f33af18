import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Ends a key: here at once, on other replicas within five seconds. */
export async function revokeKey(
  app: App,
  principal: Principal,
  at: { project: string; key: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).keys.revoke(id, at.key);
  app.events.publish('key.revoked', { keyId: at.key });
}
