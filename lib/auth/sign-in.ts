import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';
import type { Database } from '#lib/db/client.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { Secrets } from './sealing.ts';

const DAY_S = 24 * 60 * 60;
const IDLE_S = 7 * DAY_S;
const ABSOLUTE_MS = 30 * DAY_S * 1000;

/** A signed-in user. */
export interface SignedIn {
  userId: string;
  name: string;
  email: string;
}

/** Sessions of people in browsers. Everything better-auth does for us stands in this file. */
export interface SignIn {
  /**
   * Makes a user who signs in with this password, and answers the id. A user of this e-mail address gets the new name
   * and password: what a set-up that was interrupted left behind.
   */
  createUser(user: { name: string; email: string; password: string }): Promise<string>;
  /** Null when e-mail and password do not belong together. `cookies` are the Set-Cookie values of the answer. */
  signIn(
    email: string,
    password: string,
    headers: Headers,
  ): Promise<(SignedIn & { cookies: string[] }) | null>;
  /** Forgets the session of these request headers, if there is one. */
  signOut(headers: Headers): Promise<{ cookies: string[] }>;
  /** Whose session it is; `cookies` when the session was prolonged. Null when there is none or it has ended. */
  session(headers: Headers): Promise<(SignedIn & { cookies: string[] }) | null>;
  /** Gives the user of these request headers another name. */
  rename(headers: Headers, name: string): Promise<void>;
  /** Changes the password and ends every session but a new one, whose cookies it answers; null when the current one is wrong. */
  changePassword(headers: Headers, passwords: { current: string; next: string }): Promise<string[] | null>;
  /** Ends all other sessions of the user of these request headers. */
  endOthers(headers: Headers): Promise<void>;
}

/** Sessions end after 7 days without use and 30 days after signing in, whichever is first. */
export function openSignIn(options: { db: Database; secrets: Secrets; publicUrl: string }): SignIn {
  const secure = options.publicUrl.startsWith('https://');
  const auth = betterAuth({
    appName: 'Patchbay',
    baseURL: options.publicUrl,
    secret: options.secrets.derive('sessions').toString('base64'),
    database: prismaAdapter(options.db.authClient, {
      provider: options.db.version.startsWith('SQLite') ? 'sqlite' : 'postgresql',
    }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 256,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(password, hash) },
    },
    session: { expiresIn: IDLE_S, updateAge: DAY_S },
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
    async signIn(email, password, headers) {
      try {
        const { headers: set, response } = await auth.api.signInEmail({
          body: { email, password },
          headers,
          returnHeaders: true,
        });
        const { id, name, email: address } = response.user;
        return { userId: id, name, email: address, cookies: set.getSetCookie() };
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },
    async signOut(headers) {
      const { headers: set } = await auth.api.signOut({ headers, returnHeaders: true });
      return { cookies: set.getSetCookie() };
    },
    async session(headers) {
      const { headers: set, response } = await auth.api.getSession({ headers, returnHeaders: true });
      if (!response) return null;
      const { user, session } = response;
      if (session.createdAt.getTime() + ABSOLUTE_MS <= Date.now()) {
        await auth.api.signOut({ headers });
        return null;
      }
      return { userId: user.id, name: user.name, email: user.email, cookies: set.getSetCookie() };
    },
    async rename(headers, name) {
      await auth.api.updateUser({ body: { name }, headers });
    },
    async changePassword(headers, { current, next }) {
      try {
        const { headers: set } = await auth.api.changePassword({
          body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
          headers,
          returnHeaders: true,
        });
        return set.getSetCookie();
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },
    async endOthers(headers) {
      await auth.api.revokeOtherSessions({ headers });
    },
  };
}

function credential(userId: string, password: string) {
  return { userId, providerId: 'credential', accountId: userId, password };
}

/** better-auth answers 400 for an e-mail address that is none and 401 for a wrong one; to the outside it is the same. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return status === 400 || status === 401;
}
