import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { betterAuth } from 'better-auth/minimal';
import * as z from 'zod';
import type { Database } from '#lib/db/client.ts';
import { repository } from '#lib/db/repository.ts';
import { hashPassword } from './passwords.ts';
import { randomToken } from './random-token.ts';
import type { Secrets } from './sealing.ts';

const DAY_S = 24 * 60 * 60;
const IDLE_S = 7 * DAY_S;
const ABSOLUTE_MS = 30 * DAY_S * 1000;
/** When it was used last is noted by the minute. */
const TOUCH_MS = 60_000;
/** A token that was replaced is good for what is under way. */
const GRACE_MS = 15_000;

/** How a session was begun. */
export interface SessionFacts {
  id: string;
  via: 'password' | 'sso';
  /** Of single sign-on: the organization whose provider vouched, the only one that the session opens. */
  ssoOrganizationId: string | null;
  /** The one of their organizations that it shows; null where none was chosen. */
  activeOrganizationId: string | null;
}

/** A signed-in user. */
export interface SignedIn {
  userId: string;
  name: string;
  email: string;
  session: SessionFacts;
  /** Set-Cookie values for the answer. */
  cookies: string[];
}

/** What a new session is told. */
export type Beginning = Omit<SessionFacts, 'id' | 'activeOrganizationId'> & {
  activeOrganizationId?: string | null;
  userId: string;
  /** IP address. */
  address: string;
};

/** Sessions of people in browsers. Everything better-auth does for us stands in this file. */
export interface SignIn {
  /**
   * Makes a user who signs in with this password, and answers the id. A user of this e-mail address gets the new name
   * and password: what a set-up that was interrupted left behind.
   */
  createUser(user: { name: string; email: string; password: string }): Promise<string>;
  /** A new session, with a token of its own; the one that the browser had ends. */
  begin(beginning: Beginning, headers: Headers): Promise<SignedIn>;
  /** Forgets the session of these request headers, if there is one. */
  signOut(headers: Headers): Promise<{ cookies: string[] }>;
  /**
   * Whose session it is; with cookies when it was prolonged or got another token. Null when there is none or it has
   * ended. `mayRenew: false` where there is no answer any more that could carry cookies.
   */
  session(headers: Headers, options?: { mayRenew: boolean }): Promise<SignedIn | null>;
  /** Gives the user of these request headers another name. */
  rename(headers: Headers, name: string): Promise<void>;
}

const beginSchema = z.object({
  userId: z.string(),
  token: z.string(),
  via: z.enum(['password', 'sso']),
  ssoOrganizationId: z.string().nullable(),
  activeOrganizationId: z.string().nullable(),
  ipAddress: z.string(),
  endsAt: z.date(),
});

/** An endpoint that only the server can call: better-auth lets plugins alone begin sessions. */
const beginPlugin = {
  id: 'begin',
  endpoints: {
    begin: createAuthEndpoint.serverOnly({ method: 'POST', body: beginSchema }, async (ctx) => {
      const { userId, ...facts } = ctx.body;
      const { internalAdapter } = ctx.context;
      const now = new Date();
      const override = {
        ...facts,
        seenAt: now,
        userAgent: (ctx.headers?.get('user-agent') ?? '').slice(0, 400),
      };
      const [session, user] = await Promise.all([
        internalAdapter.createSession(userId, false, override, true),
        internalAdapter.findUserById(userId),
      ]);
      if (!user) throw new Error('There is no such user.');
      await setSessionCookie(ctx, { session, user });
      return { sessionId: session.id, name: user.name, email: user.email };
    }),
  },
};

/** Columns of ours beside better-auth's. */
const own = { required: false, input: false } as const;
const ADDITIONAL = {
  via: { type: 'string', ...own },
  ssoOrganizationId: { type: 'string', ...own },
  activeOrganizationId: { type: 'string', ...own },
  seenAt: { type: 'date', ...own },
  renew: { type: 'boolean', ...own },
  endsAt: { type: 'date', ...own },
} as const;

/** Sessions end after 7 days without use and 30 days after signing in, whichever is first. */
export function openSignIn(options: { db: Database; secrets: Secrets; publicUrl: string }): SignIn {
  const secure = options.publicUrl.startsWith('https://');
  const { browserSessions } = repository(options.db, { type: 'system' });
  const auth = betterAuth({
    appName: 'Patchbay',
    baseURL: options.publicUrl,
    secret: options.secrets.derive('sessions').toString('base64'),
    database: prismaAdapter(options.db.authClient, {
      provider: options.db.version.startsWith('SQLite') ? 'sqlite' : 'postgresql',
    }),
    // Passwords and second steps are looked at before: lib/operations/sign-in.ts.
    emailAndPassword: { enabled: false },
    session: { expiresIn: IDLE_S, updateAge: DAY_S, additionalFields: ADDITIONAL },
    plugins: [beginPlugin],
    // The API counts tries itself, per account as well as per address.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      useSecureCookies: false,
      cookies: {
        // A __Host- cookie can be set by no sub-domain and over no plain connection.
        session_token: {
          name: secure ? '__Host-patchbay' : 'patchbay',
          attributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
        },
      },
      database: { generateId: () => crypto.randomUUID() },
    },
  });

  async function begin(
    { userId, address, activeOrganizationId = null, ...begun }: Beginning,
    headers: Headers,
    endsAt = new Date(Date.now() + ABSOLUTE_MS),
  ): Promise<SignedIn> {
    const facts = { ...begun, activeOrganizationId };
    const { headers: set, response } = await auth.api.begin({
      body: { userId, ...facts, ipAddress: address, token: randomToken(), endsAt },
      headers,
      returnHeaders: true,
    });
    const { sessionId, name, email } = response;
    return { userId, name, email, session: { id: sessionId, ...facts }, cookies: set.getSetCookie() };
  }

  return {
    async createUser({ name, email, password }) {
      const { internalAdapter } = await auth.$context;
      const address = email.trim().toLowerCase();
      const hash = await hashPassword(password);
      const existing = await internalAdapter.findUserByEmail(address);
      if (existing) {
        const { id } = existing.user;
        await internalAdapter.updateUser(id, { name });
        if (await internalAdapter.findCredentialAccount(id)) await internalAdapter.updatePassword(id, hash);
        else await internalAdapter.linkAccount(credential(id, hash));
        return id;
      }
      const user = await internalAdapter.createUser(
        { name, email: address, emailVerified: true },
        { method: 'email-password' },
      );
      await internalAdapter.linkAccount(credential(user.id, hash));
      return user.id;
    },
    async begin(beginning, headers) {
      if (headers.has('cookie')) await auth.api.signOut({ headers });
      return begin(beginning, headers);
    },
    async signOut(headers) {
      const { headers: set } = await auth.api.signOut({ headers, returnHeaders: true });
      return { cookies: set.getSetCookie() };
    },
    async session(headers, { mayRenew } = { mayRenew: true }) {
      const { headers: set, response } = await auth.api.getSession({
        headers,
        returnHeaders: true,
        query: { disableRefresh: !mayRenew },
      });
      if (!response) return null;
      const { user, session } = response;
      const now = Date.now();
      const endsAt = session.endsAt ?? new Date(session.createdAt.getTime() + ABSOLUTE_MS);
      if (endsAt.getTime() <= now || session.createdAt.getTime() + ABSOLUTE_MS <= now) {
        await auth.api.signOut({ headers });
        return null;
      }
      const facts = {
        via: session.via === 'sso' ? ('sso' as const) : ('password' as const),
        ssoOrganizationId: session.ssoOrganizationId ?? null,
        activeOrganizationId: session.activeOrganizationId ?? null,
      };
      if (mayRenew && session.renew && (await browserSessions.takeRenewal(session.id, GRACE_MS))) {
        return begin({ userId: user.id, address: session.ipAddress ?? '', ...facts }, headers, endsAt);
      }
      if (now - (session.seenAt?.getTime() ?? 0) > TOUCH_MS) {
        await browserSessions.touch(session.id, new Date(now));
      }
      return {
        userId: user.id,
        name: user.name,
        email: user.email,
        session: { id: session.id, ...facts },
        cookies: set.getSetCookie(),
      };
    },
    async rename(headers, name) {
      await auth.api.updateUser({ body: { name }, headers });
    },
  };
}

function credential(userId: string, password: string) {
  return { userId, providerId: 'credential', accountId: userId, password };
}
