import { hashPassword } from '#lib/auth/passwords.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { BrowserSession } from '#lib/db/browser-sessions.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { hasPassword } from './prove-person.ts';
import { tellSessionEnded } from './session-signal.ts';
import { counted, type Origin } from './sign-in.ts';
import type { Who } from './who-is.ts';

/** Whose account it is, and the headers of the request that carry the session. */
interface Own {
  who: Who;
  headers: Headers;
}

/** Gives oneself another name. */
export async function renameAccount(app: App, { who, headers }: Own, name: string): Promise<Who> {
  const people = await app.signIn();
  await people.rename(headers, name);
  return { ...who, user: { ...who.user, name } };
}

/**
 * Changes one's own password, ends all sessions and forgets trusted browsers. Answers the Set-Cookie values of the
 * session that goes on. Throws `bad_request` when the current one is wrong, and `too_many` after ten wrong tries.
 */
export async function changePassword(
  app: App,
  { who, headers, address }: Own & Origin,
  passwords: { current: string; next: string },
): Promise<string[]> {
  await confirmPassword(app, { who, address }, passwords.current);
  const { id: userId } = who.user;
  const { credentials } = repository(app.db, who.principal);
  await credentials.set(userId, await hashPassword(passwords.next), {
    action: 'account.password',
    target: `user:${userId}`,
    ip: address,
  });
  tellSessionEnded(app, userId);
  const { via, ssoOrganizationId } = who.session;
  const people = await app.signIn();
  return (await people.begin({ userId, address, via, ssoOrganizationId }, headers)).cookies;
}

/** Throws `bad_request` unless this is one's own password, and `too_many` after ten wrong tries. */
export async function confirmPassword(
  app: App,
  { who, address }: { who: Who; address: string },
  password: string,
): Promise<void> {
  const { id: userId } = who.user;
  const { audit, credentials } = repository(app.db, who.principal);
  await counted(app, [`password of ${userId}`], async () => {
    const person = await credentials.find(userId);
    if (await hasPassword(app, person, password)) return;
    await audit.append({
      action: 'account.password',
      target: `user:${userId}`,
      outcome: 'refused',
      ip: address,
    });
    throw new AppError('bad_request', 'The current password is not right.');
  });
}

/** One's own sessions, the last seen first; `current` is the one that asks. */
export async function listSessions(
  app: App,
  { principal, session }: Who,
): Promise<(BrowserSession & { current: boolean })[]> {
  const { browserSessions } = repository(app.db, principal);
  const all = await browserSessions.list(principal.userId, session.ssoOrganizationId);
  return all.map((each) => ({ ...each, current: each.id === session.id }));
}

/** Ends one session of one's own. Throws `not_found` for any other. */
export async function endSession(app: App, { principal, session }: Who, id: string): Promise<void> {
  await repository(app.db, principal).browserSessions.end(principal.userId, id, session.ssoOrganizationId);
  tellSessionEnded(app, principal.userId);
}

/** Ends all sessions of one's own but the one that asks. */
export async function endOtherSessions(app: App, { principal, session }: Who): Promise<void> {
  const { browserSessions } = repository(app.db, principal);
  await browserSessions.endOthers(principal.userId, session.id, session.ssoOrganizationId);
  tellSessionEnded(app, principal.userId);
}
