import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { memberOf, type Who } from './who-is.ts';

export interface SignInInput {
  email: string;
  password: string;
  headers: Headers;
  /** IP address that counts tries. */
  address: string;
}

/**
 * Begins a session. Throws `unauthenticated` for a wrong e-mail or password, without saying which, and `too_many`
 * after ten wrong tries in a quarter of an hour for the account or from the address.
 */
export async function signIn(app: App, { email, password, headers, address }: SignInInput): Promise<Who> {
  const account = `account ${email.trim().toLowerCase()}`;
  const names = [account, `address ${address}`];
  app.attempts.check(names);
  // Counted before the answer is known: tries that run side by side are tries too.
  app.attempts.failed(names);
  const people = await app.signIn();
  const session = await people.signIn(email.trim(), password, headers);
  const who = session && (await memberOf(app, session, session.cookies));
  const { audit } = repository(app.db, who?.principal ?? { type: 'system' });
  if (!who) {
    await audit.append({ action: 'session.create', outcome: 'refused', ip: address });
    throw new AppError('unauthenticated', 'The e-mail address or the password is not right.');
  }
  app.attempts.clear(account);
  app.attempts.clear(`address ${address}`);
  await audit.append({ action: 'session.create', target: `user:${who.user.id}`, ip: address });
  return who;
}

/** Ends the session of these request headers. Returns the Set-Cookie values that remove it from the browser. */
export async function signOut(app: App, headers: Headers): Promise<string[]> {
  const people = await app.signIn();
  return (await people.signOut(headers)).cookies;
}
