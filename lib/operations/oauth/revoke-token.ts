import { matches, parseKey } from '#lib/auth/key-format.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';
import { revokeFamily } from './exchange.ts';

/**
 * A client gives back a token (RFC 7009), and with it all that came from the same code: it is signed out. A token that
 * is none, or another client's, is nothing to revoke.
 */
export async function revokeToken(
  app: App,
  { client, token, ip }: { client: OauthClient; token: string; ip: string },
): Promise<void> {
  const { oauthTokens } = repository(app.db, { type: 'system' });
  const access = parseKey(token, 'pba');
  const parsed = access ?? parseKey(token, 'pbr');
  if (!parsed) return;
  const found = access ? await oauthTokens.find(parsed.id) : await oauthTokens.findRefresh(parsed.id);
  if (!found || !matches(app.secrets, found.hash, parsed.random)) return;
  if (found.clientId !== client.clientId) return;
  await revokeFamily(app, found, { action: 'grant.return', ip });
}
