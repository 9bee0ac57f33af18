import { AppError } from '#lib/db/app-error.ts';
import type { OrganizationContent } from '#lib/db/organizations.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { tellAccess } from './tell-access.ts';
import { memberOf, needNothing, type Who } from './who-is.ts';

/**
 * Makes another organization and shows it in this session. Throws `forbidden` where the server is set so that only
 * owners of its first organization may, and to a session that opens one organization alone.
 */
export async function createOrganization(app: App, who: Who, name: string): Promise<Who> {
  if (who.session.via === 'sso') {
    throw new AppError(
      'forbidden',
      'Single sign-on opens this organization alone. Sign in with a password to make another one.',
    );
  }
  const { organizations } = repository(app.db, who.principal);
  const made = await organizations.create(name, app.env.newOrganizations);
  return switchOrganization(app, who, made.id);
}

/** Shows another organization of theirs in this session. Throws `not_found` for one that the session does not open. */
export async function switchOrganization(app: App, who: Who, organizationId: string): Promise<Who> {
  const { user, session, cookies } = who;
  const signedIn = { userId: user.id, name: user.name, email: user.email, session, cookies };
  const there = await memberOf(app, signedIn, organizationId);
  if (!there) throw new AppError('not_found', 'There is no such organization.');
  needNothing(app, there);
  await repository(app.db, { type: 'system' }).organizations.activate(
    session.id,
    user.id,
    there.organization.id,
  );
  return there;
}

/** What goes with the organization when it is deleted. */
export function organizationContent(app: App, who: Who): Promise<OrganizationContent> {
  return repository(app.db, who.principal).organizations.content();
}

/** Ends one's own membership. Grants and open streams end with it. */
export async function leaveOrganization(app: App, who: Who): Promise<void> {
  const { grants } = await repository(app.db, who.principal).organizations.leave();
  const { userId, organizationId } = who.principal;
  await tellAccess(app, { userId, organizationId, grants });
}

/** Deletes the organization with all that is in it, for whoever types its name. */
export async function deleteOrganization(app: App, who: Who, typedName: string): Promise<void> {
  const { organizationId } = who.principal;
  const { projects } = await repository(app.db, who.principal).organizations.remove(typedName);
  for (const { id: projectId, slug } of projects)
    await app.events.publish('project.changed', { projectId, slug });
  await tellAccess(app, { organizationId });
  for (const { id } of projects) await app.files.removeProject(id);
}
