import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { tellAccess } from './tell-access.ts';

/** Gives a member another role. Nobody gives more than they have, and one owner always stays. */
export async function changeRole(
  app: App,
  principal: Principal,
  { user, role }: { user: string; role: Role },
): Promise<void> {
  await repository(app.db, principal).members.setRole(user, role);
  await tellAccess(app, { userId: user });
}

/** Ends a membership: what they had open ends with it, and what they granted to their clients. */
export async function removeMember(app: App, principal: Principal, user: string): Promise<void> {
  const { grants } = await repository(app.db, principal).members.remove(user);
  await tellAccess(app, { userId: user, grants });
}
