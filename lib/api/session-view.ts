import type { Context } from 'hono';
import { clientAddress } from '#lib/auth/client-address.ts';
import type { Who } from '#lib/operations/who-is.ts';
import type { ApiEnv } from './router.ts';

/** Who is signed in, without what only the server needs. */
export function sessionView({ user, organization, role, organizations, needs }: Who) {
  return { user, organization, role, organizations, needs };
}

/** Sets the cookies of a session on the answer. */
export function setCookies(c: Context<ApiEnv>, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true });
}

/** Headers and address of whoever signs in. */
export function origin(c: Context<ApiEnv>): { headers: Headers; address: string } {
  const address = clientAddress(c.env.incoming, c.get('app').env.publicUrl);
  return { headers: c.req.raw.headers, address };
}
