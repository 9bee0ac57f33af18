import { hashPassword } from '#lib/auth/passwords.ts';
import { hashToken, randomToken } from '#lib/auth/random-token.ts';
import { requireRole } from '#lib/db/access.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { auditOfPerson } from './audit-of-person.ts';
import { tellSessionEnded } from './session-signal.ts';

const MINUTES = 30;
/** Letters that somebody is sent while the links in them are good. */
const MOST_LINKS = 3;

/**
 * Sends a link for a new password, where the address is somebody's and a mail server is set. Whoever asks learns
 * nothing of it, neither from the answer nor from the time it takes: the rest is done after it. Throws `too_many` after
 * ten in a quarter of an hour for the account or from the address.
 */
export function requestPasswordReset(app: App, { email, address }: { email: string; address: string }): void {
  const names = [`reset ${email.trim().toLowerCase()}`, `reset from ${address}`];
  app.attempts.check(names);
  app.attempts.failed(names);
  sendLink(app, email, address).catch((error: unknown) =>
    app.log.warn({ err: error }, 'a link for a new password was not sent'),
  );
}

async function sendLink(app: App, email: string, address: string): Promise<void> {
  if (!app.mailer) return;
  const { credentials, tickets } = repository(app.db, { type: 'system' });
  const person = await credentials.byEmail(email);
  if (!person || (await tickets.count('reset', person.userId)) >= MOST_LINKS) return;
  const url = await makeLink(app, person.userId);
  await auditOfPerson(app, person.userId, { action: 'account.reset_link', ip: address });
  await app.mailer.send({
    to: person.email,
    subject: 'A new password for Patchbay',
    before: [
      `Hello ${person.name},`,
      `somebody, most likely you, asked for a new password at ${app.env.publicUrl}. With this link you choose it.`,
    ],
    link: { label: 'Choose a new password', url },
    after: [
      `It is good for ${MINUTES} minutes, and once.`,
      'If it was not you, do nothing: your password stays as it is.',
    ],
  });
}

/**
 * A link with which a member chooses a new password, for an owner to hand over. Throws `forbidden` for anybody but
 * owners, and for a member of other organizations too: their account is not this owner's alone.
 */
export async function makePasswordLink(
  app: App,
  principal: Principal,
  userId: string,
): Promise<{ url: string; expiresAt: Date }> {
  await requireWholePerson(app, principal, userId);
  const url = await makeLink(app, userId);
  await repository(app.db, principal).audit.append({
    action: 'account.reset_link',
    target: `user:${userId}`,
  });
  return { url, expiresAt: new Date(Date.now() + MINUTES * 60_000) };
}

/**
 * The same for whoever runs the server, for anybody; and takes their second factor away, where that is lost too. Throws
 * `not_found` for an address that nobody has.
 */
export async function recoverAccount(
  app: App,
  email: string,
  { withoutSecond }: { withoutSecond: boolean },
): Promise<{ url: string }> {
  const { credentials, twoFactor } = repository(app.db, { type: 'system' });
  const person = await credentials.byEmail(email);
  if (!person) throw new AppError('not_found', `Nobody here has the address ${email}.`);
  if (withoutSecond) {
    await twoFactor.disable(person.userId);
    await auditOfPerson(app, person.userId, { action: 'account.two_factor_reset' });
  }
  const url = await makeLink(app, person.userId);
  await auditOfPerson(app, person.userId, { action: 'account.reset_link' });
  return { url };
}

/** Sets a new password by a link. Ends all sessions; a second factor stays. Throws `gone` for a link that is not good. */
export async function resetPassword(
  app: App,
  { token, password, address }: { token: string; password: string; address: string },
): Promise<void> {
  const { tickets, credentials } = repository(app.db, { type: 'system' });
  const ticket = await tickets.find('reset', hashToken(token));
  const gone = new AppError('gone', 'This link is not good any more. Ask for a new one.');
  if (!ticket?.userId) throw gone;
  const hash = await hashPassword(password);
  if (!(await tickets.take(ticket.id))) throw gone;
  await credentials.set(ticket.userId, hash, {
    action: 'account.password',
    target: `user:${ticket.userId}`,
    details: { by: 'link' },
    ip: address,
  });
  tellSessionEnded(app, ticket.userId);
}

/** Takes a member's second factor away: they lost the phone and the codes. For owners, as `makePasswordLink`. */
export async function resetTwoFactor(app: App, principal: Principal, userId: string): Promise<void> {
  await requireWholePerson(app, principal, userId);
  await repository(app.db, { type: 'system' }).twoFactor.disable(userId);
  await repository(app.db, principal).audit.append({
    action: 'account.two_factor_reset',
    target: `user:${userId}`,
  });
}

async function makeLink(app: App, userId: string): Promise<string> {
  const token = randomToken();
  await repository(app.db, { type: 'system' }).tickets.create({
    kind: 'reset',
    hash: hashToken(token),
    userId,
    organizationId: null,
    data: '',
    expiresAt: new Date(Date.now() + MINUTES * 60_000),
  });
  // Behind the #: it stands in no log of a proxy and in no Referer.
  return `${app.env.publicUrl}/reset-password#${token}`;
}

async function requireWholePerson(app: App, principal: Principal, userId: string): Promise<void> {
  requireRole(principal, 'owner');
  if (principal.type !== 'user') throw new AppError('forbidden', 'Only an owner may do this.');
  const memberships = await repository(app.db, { type: 'system' }).members.membershipsOf(userId);
  if (!memberships.some(({ organization }) => organization.id === principal.organizationId)) {
    throw new AppError('not_found', 'There is no such member.');
  }
  if (memberships.length > 1) {
    throw new AppError(
      'forbidden',
      'They belong to other organizations too, so that no single owner may do this. Whoever runs the server can: patchbay account <e-mail>.',
    );
  }
}
