import type { SessionFacts, SignedIn } from '#lib/auth/sign-in.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Membership } from '#lib/db/members.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

const SEEN_MS = 5 * 60_000;

/** A person with a session, as a member of an organization. */
export interface Who {
  principal: Extract<Principal, { type: 'user' }>;
  user: { id: string; name: string; email: string };
  /** The one that the session shows; in a project the project's. */
  organization: { id: string; name: string };
  role: Role;
  /** All that the session opens, the oldest membership first. */
  organizations: { id: string; name: string; role: Role }[];
  /** When they last did something in the organization, to some minutes. */
  seenAt: Date | null;
  session: SessionFacts;
  /** What has to be done before anything else: the organization asks for a second factor, and there is none yet. */
  needs: 'two_factor' | null;
  /** Set-Cookie values when the session was prolonged. */
  cookies: string[];
}

/**
 * Who sends these request headers; null without a session, or when the user belongs to no organization any more.
 * Throws `forbidden` for who has to set up a second factor first.
 */
export async function whoIs(app: App, headers: Headers): Promise<Who | null> {
  const who = await whoIsEven(app, headers);
  if (who) needNothing(app, who);
  return who;
}

/** Throws `forbidden` for who has to set up a second factor first. */
export function needNothing(app: App, { needs, organization }: Who): void {
  if (!needs) return;
  throw new AppError(
    'forbidden',
    `${organization.name} asks for two-factor. Set it up first: ${app.env.publicUrl}/two-factor`,
    { reason: needs },
  );
}

/** Who it still is while a stream is open, whose answer can carry no cookies any more; otherwise as `whoIs`. */
export async function whoIsStill(app: App, headers: Headers): Promise<Who | null> {
  if (!headers.has('cookie')) return null;
  const session = await (await app.signIn()).session(headers, { mayRenew: false });
  const who = session && (await memberOf(app, session));
  if (who) needNothing(app, who);
  return who;
}

/** The same, even when there is something to set up first: for what that needs, and nothing else. */
export async function whoIsEven(app: App, headers: Headers): Promise<Who | null> {
  // Without a cookie nobody is asked: an open door for strangers costs no query.
  if (!headers.has('cookie')) return null;
  const signIn = await app.signIn();
  const session = await signIn.session(headers);
  if (!session) return null;
  const who = await memberOf(app, session);
  if (who) noteSeen(app, who);
  return who;
}

/** Notes that a member did something, every few minutes; nobody waits for it. */
function noteSeen(app: App, { principal, seenAt }: Who): void {
  const now = new Date();
  if (seenAt && now.getTime() - seenAt.getTime() < SEEN_MS) return;
  const { organizationId, userId } = principal;
  repository(app.db, { type: 'system' })
    .organizations.touch(organizationId, userId, now)
    .catch((error: unknown) => app.log.warn({ err: error }, 'when a member was seen was not noted'));
}

/**
 * The signed-in person as a member of an organization that the session opens: the wanted one and no other, or without
 * it the one that was chosen, or else the first.
 */
export async function memberOf(app: App, signedIn: SignedIn, wanted?: string): Promise<Who | null> {
  const { members, twoFactor } = repository(app.db, { type: 'system' });
  const { userId, name, email, session, cookies } = signedIn;
  const memberships = (await members.membershipsOf(userId)).filter((each) => opens(session, each));
  const chosen = wanted ?? session.activeOrganizationId;
  const membership =
    memberships.find(({ organization }) => organization.id === chosen) ??
    (wanted === undefined ? memberships[0] : undefined);
  if (!membership) return null;
  const { organization, role } = membership;
  const asks = membership.requireTwoFactor && session.via === 'password';
  const isSafe = !asks || (await twoFactor.find(userId))?.enabledAt != null;
  return {
    principal: { type: 'user', userId, organizationId: organization.id, role },
    user: { id: userId, name, email },
    organization,
    role,
    organizations: memberships.map((each) => ({ ...each.organization, role: each.role })),
    seenAt: membership.seenAt,
    session,
    needs: isSafe ? null : 'two_factor',
    cookies,
  };
}

/**
 * Whether a session opens an organization. One that an identity provider gave opens the organization of that provider
 * alone: it is no word for anybody else's. Where an organization wants no passwords they still open it for its owners:
 * a provider that is broken must lock nobody out for good.
 */
export function opens(
  { via, ssoOrganizationId }: Pick<SessionFacts, 'via' | 'ssoOrganizationId'>,
  { organization, role, singleSignOn }: Membership,
): boolean {
  if (via === 'sso') return organization.id === ssoOrganizationId;
  return role === 'owner' || singleSignOn?.passwords !== false;
}
