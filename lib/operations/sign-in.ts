import { hashToken, randomToken } from '#lib/auth/random-token.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Person } from '#lib/db/credentials.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { auditOfPerson } from './audit-of-person.ts';
import { proveByPassword, spendSecondFactor } from './prove-person.ts';
import { tellSessionEnded } from './session-signal.ts';
import { isTrustedBrowser, trustBrowser } from './trusted-browser.ts';
import { memberOf, opens, type Who } from './who-is.ts';

/** From where somebody signs in. */
export interface Origin {
  headers: Headers;
  /** IP address that counts tries. */
  address: string;
}

export type SignInInput = Origin & { email: string; password: string };

/** A session, or the ticket with which the second step is done. */
export type SignInOutcome = { who: Who } | { ticket: string; expiresAt: Date };

/** For the second step, in minutes; and how often it may fail before the password is asked for again. */
const STEP_MINUTES = 10;
const STEP_TRIES = 5;

/**
 * Begins a session, or answers a ticket where a second factor is asked for. Throws `unauthenticated` for a wrong e-mail
 * or password, without saying which; `forbidden` where the organization wants another way of signing in; and
 * `too_many` after ten wrong tries in a quarter of an hour for the account or from the address.
 */
export async function signIn(app: App, input: SignInInput): Promise<SignInOutcome> {
  const { email, password, headers, address } = input;
  const account = `account ${email.trim().toLowerCase()}`;
  const person = await counted(app, [account, `address ${address}`], async () => {
    const found = await proveByPassword(app, email, password);
    if (found && (await mayUsePassword(app, found))) return found;
    await refused(app, address);
    throw new AppError('unauthenticated', 'The e-mail address or the password is not right.');
  });
  const { twoFactor, tickets } = repository(app.db, { type: 'system' });
  const second = await twoFactor.find(person.userId);
  if (second?.enabledAt && !(await isTrustedBrowser(app, person.userId, headers))) {
    const ticket = randomToken();
    const expiresAt = new Date(Date.now() + STEP_MINUTES * 60_000);
    await tickets.create({
      kind: 'second_step',
      hash: hashToken(ticket),
      userId: person.userId,
      organizationId: null,
      data: '',
      expiresAt,
    });
    return { ticket, expiresAt };
  }
  return { who: await beginSession(app, person.userId, input) };
}

/**
 * The second step: a code of the app, or a recovery code. `trust`: asks no more in this browser for 30 days. Throws
 * `gone` when the ticket is not good any more, `unauthenticated` for a wrong code, `too_many` as `signIn`.
 */
export async function finishSignIn(
  app: App,
  { ticket, code, trust, ...from }: Origin & { ticket: string; code: string; trust: boolean },
): Promise<Who> {
  const { tickets } = repository(app.db, { type: 'system' });
  const found = await tickets.find('second_step', hashToken(ticket));
  const userId = found?.userId;
  if (!found || !userId) throw overdue();
  await counted(app, [`second step of ${userId}`, `address ${from.address}`], async () => {
    if (!(await tickets.tryOnce(found.id, STEP_TRIES))) throw overdue();
    if (await spendSecondFactor(app, userId, code)) return;
    // Somebody knows the password: the organization is to see it.
    await auditOfPerson(app, userId, { action: 'session.create', outcome: 'refused', ip: from.address });
    throw new AppError('unauthenticated', 'The code is not right, or it was used already.');
  });
  if (!(await tickets.take(found.id))) throw overdue();
  const cookies = trust ? [await trustBrowser(app, userId, from)] : [];
  const who = await beginSession(app, userId, from);
  return { ...who, cookies: [...cookies, ...who.cookies] };
}

/** Ends the session of these request headers. Returns the Set-Cookie values that remove it from the browser. */
export async function signOut(app: App, headers: Headers): Promise<string[]> {
  const people = await app.signIn();
  const session = await people.session(headers, { mayRenew: false });
  const { cookies } = await people.signOut(headers);
  if (session) tellSessionEnded(app, session.userId);
  return cookies;
}

/**
 * Counts a try before its end is known: tries that run side by side are tries too. One that succeeds is taken back.
 * `names`: the account, and the address it comes from where nobody is signed in yet.
 */
export async function counted<T>(
  app: App,
  names: [account: string, address?: string],
  work: () => Promise<T>,
): Promise<T> {
  const [account, address] = names;
  const all = address === undefined ? [account] : [account, address];
  app.attempts.check(all);
  app.attempts.failed(all);
  const result = await work();
  app.attempts.clear(account);
  // Not cleared: an account of one's own would make room for more tries at others.
  if (address !== undefined) app.attempts.undo(address);
  return result;
}

/** Begins a session for somebody who proved who they are. */
export async function beginSession(
  app: App,
  userId: string,
  { headers, address }: Origin,
  ssoOrganizationId: string | null = null,
): Promise<Who> {
  const people = await app.signIn();
  const via = ssoOrganizationId === null ? ('password' as const) : ('sso' as const);
  const signedIn = await people.begin({ userId, address, via, ssoOrganizationId }, headers);
  const who = await memberOf(app, signedIn);
  if (!who) throw new AppError('unauthenticated', 'You belong to no organization here any more.');
  await repository(app.db, who.principal).audit.append({
    action: 'session.create',
    target: `user:${userId}`,
    ip: address,
    details: { via },
  });
  return who;
}

/** False for who belongs nowhere. Throws `forbidden` where another way of signing in is wanted everywhere. */
async function mayUsePassword(app: App, { userId }: Person): Promise<boolean> {
  const { members } = repository(app.db, { type: 'system' });
  const memberships = await members.membershipsOf(userId);
  const session = { via: 'password' as const, ssoOrganizationId: null };
  if (memberships.length === 0) return false;
  if (memberships.some((each) => opens(session, each))) return true;
  const [{ organization, singleSignOn }] = memberships as [(typeof memberships)[0]];
  throw new AppError(
    'forbidden',
    `${organization.name} takes no passwords. Continue with ${singleSignOn?.name ?? 'single sign-on'} instead.`,
    { reason: 'sso_only' },
  );
}

async function refused(app: App, address: string): Promise<void> {
  const { audit } = repository(app.db, { type: 'system' });
  await audit.append({ action: 'session.create', outcome: 'refused', ip: address });
}

function overdue(): AppError {
  return new AppError('gone', 'This took too long, or too many codes were wrong. Sign in again.');
}
