import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/** A person with a session, as a member of an organization. */
export interface Who {
  principal: Extract<Principal, { type: 'user' }>;
  user: { id: string; name: string; email: string };
  organization: { id: string; name: string };
  role: Role;
  /** Set-Cookie values when the session was prolonged. */
  cookies: string[];
}

/** Who sends these request headers; null without a session, or when the user belongs to no organization any more. */
export async function whoIs(app: App, headers: Headers): Promise<Who | null> {
  // Without a cookie nobody is asked: an open door for strangers costs no query.
  if (!headers.has('cookie')) return null;
  const signIn = await app.signIn();
  const session = await signIn.session(headers);
  if (!session) return null;
  return memberOf(app, session, session.cookies);
}

export async function memberOf(
  app: App,
  user: { userId: string; name: string; email: string },
  cookies: string[],
): Promise<Who | null> {
  const [membership] = await repository(app.db, { type: 'system' }).members.membershipsOf(user.userId);
  if (!membership) return null;
  const { organization, role } = membership;
  const { userId, name, email } = user;
  return {
    principal: { type: 'user', userId, organizationId: organization.id, role },
    user: { id: userId, name, email },
    organization,
    role,
    cookies,
  };
}
