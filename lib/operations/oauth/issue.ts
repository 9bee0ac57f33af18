import { randomUUID } from 'node:crypto';
import { makeKey, type NewKey } from '#lib/auth/key-format.ts';
import type { NewConsent } from '#lib/db/oauth-grants.ts';
import type { NewToken } from '#lib/db/oauth-tokens.ts';
import type { App } from '../app.ts';

const CODE_MS = 60_000;
export const ACCESS_SECONDS = 60 * 60;
/** A client that is not used for so long has to ask again. */
const REFRESH_MS = 30 * 24 * 60 * 60_000;

/** A code that becomes tokens once, within a minute: as the client gets it, and as it is stored. */
export function newCode(
  { secrets }: Pick<App, 'secrets'>,
  at: { redirectUri: string; codeChallenge: string; scopes: string[] },
): { code: string; stored: NewConsent['code'] } {
  const { id, hash, secret } = makeKey(secrets, 'pbc');
  const expiresAt = new Date(Date.now() + CODE_MS);
  return { code: secret, stored: { id, hash, ...at, expiresAt, familyId: randomUUID() } };
}

/** An access token, as it is stored and as the client gets it. */
export function newAccess(
  { secrets }: Pick<App, 'secrets'>,
  scopes: readonly string[],
): { token: string; stored: NewToken } {
  const { id, hash, secret } = makeKey(secrets, 'pba');
  const expiresAt = new Date(Date.now() + ACCESS_SECONDS * 1000);
  return { token: secret, stored: { id, hash, scopes: [...scopes], expiresAt } };
}

/** A refresh token as it is stored. */
export function storedRefresh({ id, hash }: NewKey, scopes: readonly string[]): NewToken {
  return { id, hash, scopes: [...scopes], expiresAt: new Date(Date.now() + REFRESH_MS) };
}
