import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { memberOf, needNothing, type Who } from './who-is.ts';

/**
 * A signed-in person in the project of this address, with the role they have there. It may belong to any organization
 * that their session opens, whichever it shows. Throws `not_found` as for a project that is not there, and `forbidden`
 * where its organization asks for a second factor first.
 */
export async function enterProject(app: App, who: Who, slug: string): Promise<Who> {
  const seat = await repository(app.db, { type: 'system' }).people.seat(who.user.id, slug);
  if (!seat) return absent();
  const there = seat.organizationId === who.organization.id ? who : await memberThere(app, who, seat);
  const { organizationId, projectId, role } = seat;
  return { ...there, role, principal: { ...there.principal, organizationId, projectId, role } };
}

/** The same for a principal that was made elsewhere; of one that is no person nothing changes. */
export async function insideProject(app: App, principal: Principal, slug: string): Promise<Principal> {
  if (principal.type !== 'user') return principal;
  const seat = await repository(app.db, { type: 'system' }).people.seat(principal.userId, slug);
  if (!seat || seat.organizationId !== principal.organizationId) return absent();
  return { ...principal, projectId: seat.projectId, role: seat.role };
}

async function memberThere(app: App, who: Who, seat: { organizationId: string }): Promise<Who> {
  const { user, session, cookies } = who;
  const signedIn = { userId: user.id, name: user.name, email: user.email, session, cookies };
  const there = (await memberOf(app, signedIn, seat.organizationId)) ?? absent();
  needNothing(app, there);
  return there;
}

function absent(): never {
  throw new AppError('not_found', 'There is no such project.');
}
