import { hashToken, randomToken } from '#lib/auth/random-token.ts';
import { finishSignOn, type Provider, SignOnError, startSignOn } from '#lib/auth/single-sign-on.ts';
import { AppError } from '#lib/db/app-error.ts';
import { repository } from '#lib/db/repository.ts';
import type { SealedSingleSignOn } from '#lib/db/single-sign-on.ts';
import type { App } from './app.ts';
import { safePath } from './safe-path.ts';
import { beginSession, type Origin } from './sign-in.ts';
import type { Who } from './who-is.ts';

const MINUTES = 10;

/** What is kept of a visit to an identity provider while the browser is there. */
interface Visit {
  state: string;
  nonce: string;
  verifier: string;
  /** Where to go afterwards. */
  next: string;
  /** Hash of what the cookie of the browser holds: nobody else's browser can come back with this visit. */
  browser: string;
}

/** Why somebody was not let in; the sign-in page has words for each. */
export type SignOnRefusal =
  | 'expired'
  | 'unreachable'
  | 'refused'
  | 'invalid'
  | 'unverified'
  | 'domain'
  | 'not_member'
  | 'removed';

/** Where an identity provider sends browsers back to. */
export function signOnRedirectUri(app: App): string {
  return `${app.env.publicUrl}/api/v1/session/sso/callback`;
}

/** How somebody can sign in, before it is known who it is. */
export async function readWays(
  app: App,
  { email, organization }: { email?: string | undefined; organization?: string | undefined },
): Promise<{
  passwordLink: 'email' | 'owner';
  singleSignOn: { organization: string; name: string } | null;
}> {
  const { singleSignOn } = repository(app.db, { type: 'system' });
  const domain = email?.split('@')[1]?.trim().toLowerCase();
  const by = organization !== undefined ? { slug: organization } : domain ? { domain } : null;
  const found = by && (await singleSignOn.find(by));
  return {
    passwordLink: app.mailer ? 'email' : 'owner',
    singleSignOn: found && { organization: found.organization.slug, name: found.name },
  };
}

/**
 * Begins a visit to the identity provider of an organization: where to send the browser, and the Set-Cookie value that
 * binds the visit to it. Throws `not_found` where there is none, `unavailable` when it does not answer.
 */
export async function startSingleSignOn(
  app: App,
  {
    organization,
    email,
    next,
  }: { organization: string; email?: string | undefined; next?: string | undefined },
  { address }: Origin,
): Promise<{ url: string; cookie: string }> {
  const { singleSignOn, tickets } = repository(app.db, { type: 'system' });
  // Each makes this server call another one. It is taken back by who comes back and is let in.
  const names = [`sso from ${address}`];
  app.attempts.check(names);
  app.attempts.failed(names);
  const settings = await singleSignOn.find({ slug: organization });
  if (!settings) throw new AppError('not_found', 'This organization has no single sign-on.');
  const provider = await providerOf(app, settings);
  const redirectUri = signOnRedirectUri(app);
  const { url, ...secrets } = await startSignOn(app.egress, provider, {
    redirectUri,
    email: email?.includes('@') ? email : null,
  }).catch((error: unknown) => {
    if (!(error instanceof SignOnError)) throw error;
    app.log.warn({ issuer: provider.issuer, err: error }, 'single sign-on could not begin');
    throw new AppError(
      'unavailable',
      `${settings.name} does not answer as it should. Tell an owner of ${settings.organization.name}.`,
    );
  });
  const held = randomToken();
  const visit: Visit = { ...secrets, next: safePath(next), browser: hashToken(held) };
  await tickets.create({
    kind: 'sso',
    hash: hashToken(secrets.state),
    userId: null,
    organizationId: settings.organizationId,
    data: app.secrets.seal(JSON.stringify(visit), contextOf(settings.organizationId)),
    expiresAt: new Date(Date.now() + MINUTES * 60_000),
  });
  return { url, cookie: setCookie(app, held, MINUTES * 60) };
}

/**
 * Ends the visit: `search` is what the browser brought back. Answers the session and where to go on, or why there is
 * none. A visit is good once, and in the browser that began it.
 */
export async function finishSingleSignOn(
  app: App,
  search: string,
  from: Origin,
): Promise<{ who: Who; next: string; cookies: string[] } | { refused: SignOnRefusal }> {
  const { singleSignOn, tickets, audit } = repository(app.db, { type: 'system' });
  const state = new URLSearchParams(search).get('state') ?? '';
  const ticket = await tickets.find('sso', hashToken(state));
  const organizationId = ticket?.organizationId;
  if (!ticket || !organizationId) return { refused: 'expired' };
  const visit = JSON.parse(app.secrets.open(ticket.data, contextOf(organizationId))) as Visit;
  const held = readCookie(app, from.headers);
  if (held === null || hashToken(held) !== visit.browser) return { refused: 'expired' };
  if (!(await tickets.take(ticket.id))) return { refused: 'expired' };
  const settings = await singleSignOn.find({ id: organizationId });
  if (!settings) return { refused: 'expired' };
  try {
    const userId = await admitted(app, settings, { search, visit });
    const who = await beginSession(app, userId, from, organizationId);
    app.attempts.undo(`sso from ${from.address}`);
    return { who, next: visit.next, cookies: [...who.cookies, setCookie(app, '', 0)] };
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === null) throw error;
    app.log.warn({ issuer: settings.issuer, refused, err: error }, 'single sign-on let somebody not in');
    await audit.append(
      {
        action: 'session.create',
        outcome: 'refused',
        ip: from.address,
        details: { via: 'sso', reason: refused },
      },
      organizationId,
    );
    return { refused };
  }
}

async function admitted(
  app: App,
  settings: SealedSingleSignOn,
  { search, visit }: { search: string; visit: Visit },
): Promise<string> {
  const redirectUri = signOnRedirectUri(app);
  const provider = await providerOf(app, settings);
  const claims = await finishSignOn(app.egress, provider, { redirectUri, search, ...visit });
  if (claims.email === null || !claims.emailVerified) throw new Refusal('unverified');
  const domain = claims.email.split('@').at(-1)!;
  if (!settings.domains.includes(domain)) throw new Refusal('domain');
  const { singleSignOn } = repository(app.db, { type: 'system' });
  const { userId } = await singleSignOn.admit(settings.organizationId, {
    accountId: `${claims.issuer}|${claims.subject}`,
    email: claims.email,
    name: (claims.name ?? claims.email.split('@')[0]!).slice(0, 120),
  });
  return userId;
}

class Refusal extends Error {
  readonly reason: SignOnRefusal;

  constructor(reason: SignOnRefusal) {
    super(reason);
    this.reason = reason;
  }
}

function refusalOf(error: unknown): SignOnRefusal | null {
  if (error instanceof Refusal || error instanceof SignOnError) return error.reason;
  if (!(error instanceof AppError)) return null;
  const { reason } = error.details;
  if (reason === 'not_member' || reason === 'removed') return reason;
  return error.code === 'bad_request' ? 'invalid' : null;
}

async function providerOf(app: App, settings: SealedSingleSignOn): Promise<Provider> {
  const { issuer, clientId, clientSecret } = settings;
  return {
    issuer,
    clientId,
    clientSecret: await openClientSecret(app, settings.organizationId, clientSecret),
  };
}

/** Seals the client secret of an organization, for storing. */
export async function sealClientSecret(app: App, organizationId: string, secret: string): Promise<string> {
  return app.vault.seal(placeOf(organizationId), secret);
}

async function openClientSecret(app: App, organizationId: string, sealed: string): Promise<string> {
  return app.vault.open(placeOf(organizationId), sealed);
}

const placeOf = (organizationId: string) =>
  ({ organizationId, id: organizationId, field: 'single_sign_on.secret' }) as const;

const contextOf = (organizationId: string) => `sso-visit|${organizationId}`;

const isSecure = (app: App) => app.env.publicUrl.startsWith('https://');
const cookieName = (app: App) => (isSecure(app) ? '__Host-patchbay-sso' : 'patchbay-sso');

/** Lax, not Strict: the browser comes back from another site. */
function setCookie(app: App, value: string, seconds: number): string {
  const secure = isSecure(app) ? '; Secure' : '';
  return `${cookieName(app)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

function readCookie(app: App, headers: Headers): string | null {
  const start = `${cookieName(app)}=`;
  const pair = (headers.get('cookie') ?? '')
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(start));
  return pair ? pair.slice(start.length) : null;
}
