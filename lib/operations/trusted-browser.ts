import { hashToken, randomToken } from '#lib/auth/random-token.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/** Days that a browser is not asked for a second factor. */
const DAYS = 30;
const FORM = /^[\w-]{43}$/;

const isSecure = (app: App) => app.env.publicUrl.startsWith('https://');
const cookieName = (app: App) => (isSecure(app) ? '__Host-patchbay-browser' : 'patchbay-browser');

/** Whether this browser was trusted by this person, who gave a second factor in it within the last 30 days. */
export async function isTrustedBrowser(app: App, userId: string, headers: Headers): Promise<boolean> {
  const name = cookieName(app);
  const values = (headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const token = values.find((value) => FORM.test(value));
  if (token === undefined) return false;
  return repository(app.db, { type: 'system' }).twoFactor.isTrusted(userId, hashToken(token));
}

/** Trusts this browser from now on. Returns the Set-Cookie value. */
export async function trustBrowser(
  app: App,
  userId: string,
  from: { headers: Headers; address: string },
): Promise<string> {
  const token = randomToken();
  const seconds = DAYS * 24 * 60 * 60;
  await repository(app.db, { type: 'system' }).twoFactor.trust(userId, {
    hash: hashToken(token),
    userAgent: (from.headers.get('user-agent') ?? '').slice(0, 400),
    ipAddress: from.address,
    expiresAt: new Date(Date.now() + seconds * 1000),
  });
  const secure = isSecure(app) ? '; Secure' : '';
  return `${cookieName(app)}=${token}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}
