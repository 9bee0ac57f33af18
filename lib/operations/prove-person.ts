import { stepOfCode } from '#lib/auth/one-time-codes.ts';
import { hashPassword, isOutdated, verifyNothing, verifyPassword } from '#lib/auth/passwords.ts';
import { hashRecoveryCode } from '#lib/auth/recovery-codes.ts';
import type { Person } from '#lib/db/credentials.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/**
 * Whose e-mail address and password these are; null for none. An address that nobody has costs the same work. A hash
 * of another cost than today's is renewed.
 */
export async function proveByPassword(app: App, email: string, password: string): Promise<Person | null> {
  const { credentials } = repository(app.db, { type: 'system' });
  const person = await credentials.byEmail(email);
  return (await hasPassword(app, person, password)) ? person : null;
}

/** Whether it is this person's password. */
export async function hasPassword(app: App, person: Person | null, password: string): Promise<boolean> {
  if (!person?.password) return verifyNothing(password);
  if (!(await verifyPassword(password, person.password))) return false;
  if (isOutdated(person.password)) {
    const { credentials } = repository(app.db, { type: 'system' });
    await credentials.rehash(person.userId, person.password, await hashPassword(password));
  }
  return true;
}

/** Whether the code is one of the app's, or a recovery code, and was not used before. It is used up by this. */
export async function spendSecondFactor(app: App, userId: string, code: string): Promise<boolean> {
  const { twoFactor } = repository(app.db, { type: 'system' });
  const stored = await twoFactor.find(userId);
  if (!stored?.enabledAt) return false;
  const step = stepOfCode(openOneTimeSecret(app, userId, stored.secret), code, Date.now());
  if (step !== null) return twoFactor.spendStep(userId, step);
  return twoFactor.spendCode(userId, hashRecoveryCode(userId, code));
}

const contextOf = (userId: string) => `two-factor|${userId}`;

/**
 * Under the root key, which a change of the master key keeps: it belongs to a person, and persons have no organization
 * whose key the vault could take.
 */
export function sealOneTimeSecret(app: App, userId: string, secret: string): string {
  return app.secrets.seal(secret, contextOf(userId));
}

export function openOneTimeSecret(app: App, userId: string, sealed: string): string {
  return app.secrets.open(sealed, contextOf(userId));
}
