import { hashPassword } from '#lib/auth/passwords.ts';
import { hashToken, randomToken } from '#lib/auth/random-token.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Invitation, ProjectGrant } from '#lib/db/invitations.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { beginSession } from './sign-in.ts';
import { tellAccess } from './tell-access.ts';
import { memberOf, type Who } from './who-is.ts';

const HOURS = 72;

/** What came of asking somebody to join. */
export interface Invited {
  invitation: InvitationView;
  /** Whether the mail server took the letter. */
  sent: boolean;
  /** To hand over oneself where no letter went out; shown this once, as only its hash is stored. */
  url: string | null;
}

export type InvitationView = Omit<Invitation, 'createdAt' | 'expiresAt'> & {
  createdAt: string;
  expiresAt: string;
};

/** Those that were not taken up or taken back, the newest first. */
export async function listInvitations(app: App, principal: Principal): Promise<InvitationView[]> {
  return (await repository(app.db, principal).invitations.list()).map(viewOf);
}

/** Asks somebody to join by a link that is good once and for three days, sent or shown. */
export async function invite(
  app: App,
  who: Who,
  input: { email: string; role: Role; projects?: ProjectGrant[] | undefined },
): Promise<Invited> {
  const token = randomToken();
  const invitation = await repository(app.db, who.principal).invitations.create({
    email: input.email.trim(),
    role: input.role,
    projects: input.projects ?? [],
    tokenHash: hashToken(token),
    expiresAt: inTime(),
  });
  return delivered(app, who, invitation, token);
}

/** Another link for the same invitation; the one of before opens nothing from now on. */
export async function renewInvitation(app: App, who: Who, id: string): Promise<Invited> {
  const token = randomToken();
  const invitation = await repository(app.db, who.principal).invitations.renew(id, {
    tokenHash: hashToken(token),
    expiresAt: inTime(),
  });
  return delivered(app, who, invitation, token);
}

/** Takes an invitation back. */
export async function revokeInvitation(app: App, principal: Principal, id: string): Promise<void> {
  await repository(app.db, principal).invitations.revoke(id);
}

/** What whoever holds the link may know. */
export interface InvitationFacts {
  organization: string;
  email: string;
  role: Role;
  invitedBy: string;
  expiresAt: string;
  /** Whether they sign in here already; else they choose a name and a password. */
  hasAccount: boolean;
}

/** What a link leads to. Throws `gone` for one that opens nothing (any more), and `too_many` to who guesses. */
export async function readInvitation(
  app: App,
  { token, address }: { token: string; address: string },
): Promise<InvitationFacts> {
  const found = await guarded(app, address, async () => {
    const open = await repository(app.db, { type: 'system' }).invitations.byToken(hashToken(token));
    if (!open) throw gone();
    return open;
  });
  const { organization, email, role, invitedBy, expiresAt, hasAccount } = found;
  return {
    organization: organization.name,
    email,
    role,
    invitedBy,
    expiresAt: expiresAt.toISOString(),
    hasAccount,
  };
}

/** Makes the signed-in person a member, if the invitation is for them, and shows the organization. */
export async function acceptInvitation(
  app: App,
  who: Who,
  { token, address }: { token: string; address: string },
): Promise<Who> {
  const { user, session, cookies } = who;
  const { invitations, organizations } = repository(app.db, { type: 'system' });
  const hash = hashToken(token);
  const { organization } = await guarded(app, address, async () => {
    // The provider of one organization is no word for who somebody is to another.
    const open = session.via === 'sso' ? await invitations.byToken(hash) : null;
    if (open && open.organization.id !== session.ssoOrganizationId) {
      throw new AppError('forbidden', 'Sign in with your password to accept this invitation.');
    }
    return invitations.accept(hash, user.id);
  });
  await organizations.activate(session.id, user.id, organization.id);
  await tellAccess(app, { userId: user.id });
  const signedIn = { userId: user.id, name: user.name, email: user.email, session, cookies };
  return (await memberOf(app, signedIn, organization.id)) ?? who;
}

/** Makes an account and a member of somebody who is new here, and signs them in. */
export async function acceptAsNew(
  app: App,
  account: { token: string; name: string; password: string },
  from: { headers: Headers; address: string },
): Promise<Who> {
  const { invitations } = repository(app.db, { type: 'system' });
  const hash = hashToken(account.token);
  const { userId } = await guarded(app, from.address, async () => {
    // Looked at first: a link that opens nothing costs no hash of a password.
    if (!(await invitations.byToken(hash))) throw gone();
    const password = await hashPassword(account.password);
    return invitations.acceptAsNew(hash, { name: account.name, password });
  });
  return beginSession(app, userId, from);
}

async function delivered(app: App, who: Who, invitation: Invitation, token: string): Promise<Invited> {
  // Behind the #: it stands in no log of a proxy and in no Referer.
  const url = `${app.env.publicUrl}/invitation#${token}`;
  const { name } = who.organization;
  const sent =
    (await app.mailer?.send({
      to: invitation.email,
      subject: `${who.user.name} invites you to ${name}`,
      before: [
        `${who.user.name} (${who.user.email}) invites you to ${name} on Patchbay, as ${invitation.role}.`,
      ],
      link: { label: `Join ${name}`, url },
      after: [
        `The link is good for ${HOURS} hours, once, and for ${invitation.email}.`,
        'If you do not know what this is about, do nothing.',
      ],
    })) ?? false;
  return { invitation: viewOf(invitation), sent, url: sent ? null : url };
}

/** Counts links that open nothing, by where they come from. */
async function guarded<T>(app: App, address: string, work: () => Promise<T>): Promise<T> {
  const names = [`invitation from ${address}`];
  app.attempts.check(names);
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'gone') app.attempts.failed(names);
    throw error;
  }
}

function gone(): AppError {
  return new AppError('gone', 'This invitation is not good any more. Ask for another one where you got it.');
}

function inTime(): Date {
  return new Date(Date.now() + HOURS * 3_600_000);
}

function viewOf({ createdAt, expiresAt, ...invitation }: Invitation): InvitationView {
  return { ...invitation, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
