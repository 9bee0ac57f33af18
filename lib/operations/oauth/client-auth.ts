import { hashNothing, matches, parseKey } from '#lib/auth/key-format.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import type { App } from '../app.ts';
import { knownClient } from './find-client.ts';

/** What a request to the token endpoint says of who sends it. */
export interface ClientClaim {
  clientId: string | null;
  secret: string | null;
  /** It came in the Authorization header. */
  basic: boolean;
}

/**
 * Who sends a request to the token endpoint (RFC 6749, 2.3). Throws OauthError `invalid_client`, with which clients
 * register anew.
 */
export async function authenticateClient(app: App, claim: ClientClaim): Promise<OauthClient> {
  const { clientId, secret, basic } = claim;
  const refuse = (why: string) =>
    new OauthError('invalid_client', why, basic ? { 'www-authenticate': 'Basic realm="oauth"' } : {});
  if (clientId === null) throw refuse('Send client_id.');
  const client = await knownClient(app, clientId);
  if (!client) throw refuse('There is no such client. Register again.');
  if (client.secretHash === null) {
    if (secret === null || secret === '') return client;
    throw refuse('This client has no secret.');
  }
  const parsed = parseKey(secret ?? '', 'pbs');
  const same = matches(
    app.secrets,
    parsed ? client.secretHash : hashNothing(app.secrets),
    parsed?.random ?? '-',
  );
  if (!same) throw refuse('The secret of the client is not right.');
  return client;
}

/** Reads `Authorization: Basic` as RFC 6749 writes it: both parts encoded as in a form. Null when it cannot be read. */
export function basicClaim(authorization: string): Omit<ClientClaim, 'basic'> | null {
  const encoded = /^basic\s+([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  try {
    return { clientId: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
  } catch {
    return null;
  }
}

function formDecoded(part: string): string {
  return decodeURIComponent(part.replaceAll('+', ' '));
}
