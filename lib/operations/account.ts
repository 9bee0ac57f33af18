import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
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
 * Changes one's own password and ends all other sessions. Answers the Set-Cookie values of the one that goes on. Throws
 * `bad_request` when the current one is wrong, and `too_many` after ten wrong tries.
 */
export async function changePassword(
  app: App,
  { who, headers }: Own,
  passwords: { current: string; next: string },
): Promise<string[]> {
  const account = `password of ${who.user.id}`;
  app.attempts.check([account]);
  app.attempts.failed([account]);
  const people = await app.signIn();
  const cookies = await people.changePassword(headers, passwords);
  const { audit } = repository(app.db, who.principal);
  const target = `user:${who.user.id}`;
  if (!cookies) {
    await audit.append({ action: 'account.password', target, outcome: 'refused' });
    throw new AppError('bad_request', 'The current password is not right.');
  }
  app.attempts.clear(account);
  await audit.append({ action: 'account.password', target });
  return cookies;
}

/** Ends all sessions of one's own but the one that asks. */
export async function endOtherSessions(app: App, { who, headers }: Own): Promise<void> {
  const people = await app.signIn();
  await people.endOthers(headers);
  await repository(app.db, who.principal).audit.append({
    action: 'session.end_others',
    target: `user:${who.user.id}`,
  });
}
