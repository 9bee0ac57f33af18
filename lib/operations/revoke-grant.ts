import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** Shuts a client out of a project: here at once, on other replicas within five seconds. Its open streams end. */
export async function revokeGrant(
  app: App,
  principal: Principal,
  at: { project: string; grant: string },
): Promise<void> {
  const { id } = await findProject(app, principal, at.project);
  await repository(app.db, principal).oauthGrants.revoke(id, at.grant);
  await app.events.publish('grant.revoked', { grantId: at.grant });
}

/** The same for a client that oneself let in. */
export async function revokeOwnGrant(app: App, principal: Principal, grant: string): Promise<void> {
  await repository(app.db, principal).oauthGrants.revokeMine(grant);
  await app.events.publish('grant.revoked', { grantId: grant });
}
