import { hashNothing, makeKey, matches, parseKey, successorOf } from '#lib/auth/key-format.ts';
import { contains, scopesIn } from '#lib/auth/oauth/asked-scopes.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import { verifies } from '#lib/auth/oauth/pkce.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import type { StoredGrant, StoredToken } from '#lib/db/oauth-tokens.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';
import { ACCESS_SECONDS, newAccess, storedRefresh } from './issue.ts';

/** A client that did not hear the answer asks again within so long. */
const RETRY_MS = 10_000;

/** What a client is answered (RFC 6749, 5.1). */
export interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  refresh_token: string;
  scope: string;
}

interface Asking {
  client: OauthClient;
  form: URLSearchParams;
  ip: string;
}

/** Answers the token endpoint, to a client that has shown who it is. Throws OauthError. */
export async function exchange(app: App, asking: Asking): Promise<TokenAnswer> {
  switch (asking.form.get('grant_type')) {
    case 'authorization_code':
      return exchangeCode(app, asking);
    case 'refresh_token':
      return refresh(app, asking);
    case null:
      throw new OauthError('invalid_request', 'Send grant_type.');
    default:
      throw new OauthError('unsupported_grant_type', 'grant_type: authorization_code or refresh_token.');
  }
}

/** A code that comes a second time was stolen, or copied from somewhere: what it became is revoked. */
async function exchangeCode(app: App, { client, form, ip }: Asking): Promise<TokenAnswer> {
  const { oauthTokens } = repository(app.db, { type: 'system' });
  const refused = new OauthError(
    'invalid_grant',
    'The code is not good (any more), or is not for this client.',
  );
  const presented = form.get('code');
  const verifier = form.get('code_verifier');
  if (!presented) throw new OauthError('invalid_request', 'Send code.');
  if (!verifier) throw new OauthError('invalid_request', 'Send code_verifier.');
  const parsed = parseKey(presented, 'pbc');
  const code = parsed && (await oauthTokens.findCode(parsed.id));
  const same = matches(app.secrets, code?.hash ?? hashNothing(app.secrets), parsed?.random ?? '-');
  if (!parsed || !code || !same || code.clientId !== client.clientId) throw refused;
  if (code.usedAt !== null) {
    await revokeFamily(app, code, { action: 'grant.code_reuse', ip });
    throw refused;
  }
  if (code.expiresAt.getTime() <= Date.now() || !isGood(code)) throw refused;
  if (!verifies(code.codeChallenge, verifier)) {
    throw new OauthError('invalid_grant', 'code_verifier does not belong to the code_challenge.');
  }
  const redirectUri = form.get('redirect_uri');
  if (redirectUri !== null && redirectUri !== code.redirectUri) {
    throw new OauthError('invalid_grant', 'redirect_uri is not the one that the code was sent to.');
  }
  checkResource(form, code);
  const access = newAccess(app, code.scopes);
  const refreshToken = makeKey(app.secrets, 'pbr');
  const made = { access: access.stored, refresh: storedRefresh(refreshToken, code.scopes) };
  if (!(await oauthTokens.redeem(parsed.id, made))) {
    await revokeFamily(app, code, { action: 'grant.code_reuse', ip });
    throw refused;
  }
  return answerOf({ access: access.token, refresh: refreshToken.secret, scopes: code.scopes });
}

/**
 * Each refresh token is good once; the next one follows from it. Whoever shows one that was used gets nothing, and what
 * came of it is revoked: one of two who have it stole it. But a client that lost the answer shows it again within
 * seconds: while its successor is unused it gets that same one again, so that there is still one line of tokens, and a
 * thief is found out by the next use.
 */
async function refresh(app: App, { client, form, ip }: Asking): Promise<TokenAnswer> {
  const { oauthTokens } = repository(app.db, { type: 'system' });
  const refused = new OauthError(
    'invalid_grant',
    'The refresh token is not good (any more). Ask the person again.',
  );
  const presented = form.get('refresh_token');
  if (!presented) throw new OauthError('invalid_request', 'Send refresh_token.');
  const parsed = parseKey(presented, 'pbr');
  const found = parsed && (await oauthTokens.findRefresh(parsed.id));
  const same = matches(app.secrets, found?.hash ?? hashNothing(app.secrets), parsed?.random ?? '-');
  if (!parsed || !found || !same || found.clientId !== client.clientId || found.revoked) throw refused;
  if (found.expiresAt.getTime() <= Date.now() || !isGood(found)) throw refused;
  checkResource(form, found);
  const scopes = narrowed(form.get('scope'), found);
  const access = newAccess(app, scopes);
  const next = successorOf(app.secrets, 'pbr', presented);
  const answer = answerOf({ access: access.token, refresh: next.secret, scopes });

  const made = { access: access.stored, refresh: storedRefresh(next, found.scopes) };
  if (found.usedAt === null && (await oauthTokens.rotate(parsed.id, made))) return answer;
  const usedAt = found.usedAt ?? (await oauthTokens.findRefresh(parsed.id))?.usedAt;
  const soon = usedAt != null && Date.now() - usedAt.getTime() <= RETRY_MS;
  if (soon && (await oauthTokens.addAccess(next.id, access.stored))) return answer;
  await revokeFamily(app, found, { action: 'grant.refresh_reuse', ip });
  throw refused;
}

/** Ends a line of tokens, here at once and elsewhere within five seconds. */
export async function revokeFamily(
  app: App,
  { grantId, familyId }: { grantId: string; familyId: string },
  why: { action: 'grant.code_reuse' | 'grant.refresh_reuse' | 'grant.return'; ip: string },
): Promise<void> {
  await repository(app.db, { type: 'system' }).oauthTokens.revokeFamily({ grantId, familyId }, why);
  await app.events.publish('grant.revoked', { grantId });
}

/** Whether what it comes from is still so that tokens may be given. */
function isGood({ role, access, revoked }: StoredGrant & { revoked: boolean }): boolean {
  return !revoked && role !== null && access === 'oauth';
}

/** A client may name the address again, but no other one. */
function checkResource(form: URLSearchParams, { resource }: StoredGrant): void {
  const asked = form.get('resource');
  if (asked === null || asked === resource || asked === `${resource}/`) return;
  throw new OauthError('invalid_target', `These tokens are for ${resource}.`);
}

/** The scopes of the next access token: those of the refresh token, or fewer. */
function narrowed(asked: string | null, { scopes }: StoredToken): string[] {
  if (asked === null) return scopes;
  const wanted = scopesIn(asked).filter((name) => name !== 'offline_access');
  if (wanted.length === 0) return scopes;
  if (contains(scopes, wanted)) return wanted;
  throw new OauthError(
    'invalid_scope',
    `The person gave ${scopes.join(' ')}. For more, ask the person again.`,
  );
}

function answerOf(made: { access: string; refresh: string; scopes: readonly string[] }): TokenAnswer {
  return {
    access_token: made.access,
    token_type: 'Bearer',
    expires_in: ACCESS_SECONDS,
    refresh_token: made.refresh,
    scope: made.scopes.join(' '),
  };
}
