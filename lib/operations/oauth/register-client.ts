import { randomUUID } from 'node:crypto';
import { makeKey } from '#lib/auth/key-format.ts';
import {
  authMethodOf,
  clientMetadata,
  redirectsFault,
  shownName,
  shownUri,
  wantsCodes,
} from '#lib/auth/oauth/client-metadata.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import { redirectPlace } from '#lib/auth/oauth/redirects.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';

/**
 * Registers a client (RFC 7591): whoever asks, as nothing comes of it until a person lets it in. What it says of
 * itself is not believed, only shown. Throws OauthError.
 */
export async function registerClient(
  app: App,
  body: unknown,
  { ip }: { ip: string },
): Promise<Record<string, unknown>> {
  const read = clientMetadata.safeParse(body);
  if (!read.success) {
    const issue = read.error.issues[0];
    const field = issue?.path.join('.') || 'The body';
    throw new OauthError(
      field.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata',
      `${field}: ${issue?.message ?? 'is wrong'}`,
    );
  }
  const metadata = read.data;
  const redirects = redirectsFault(metadata.redirect_uris);
  if (redirects !== null) throw new OauthError('invalid_redirect_uri', redirects);
  if (!wantsCodes(metadata)) {
    throw new OauthError(
      'invalid_client_metadata',
      'grant_types has to hold authorization_code, and response_types code: there is no other way here.',
    );
  }
  const method = authMethodOf(metadata.token_endpoint_auth_method);
  if (method === null) {
    throw new OauthError(
      'invalid_client_metadata',
      'token_endpoint_auth_method: none, client_secret_basic or client_secret_post.',
    );
  }
  const clientId = `client-${randomUUID()}`;
  const secret = method === 'none' ? null : makeKey(app.secrets, 'pbs');
  const client = {
    clientId,
    kind: 'registered' as const,
    name: shownName(metadata.client_name, redirectPlace(metadata.redirect_uris[0]!).host),
    redirectUris: metadata.redirect_uris,
    authMethod: method,
    secretHash: secret?.hash ?? null,
    uri: shownUri(metadata.client_uri),
    freshUntil: null,
  };
  if (!(await repository(app.db, { type: 'system' }).oauthClients.register(client, { ip }))) {
    throw new OauthError(
      'temporarily_unavailable',
      'Too many clients have registered that nobody uses. Try again tomorrow, or use a client ID metadata document.',
      { 'retry-after': '3600' },
    );
  }
  return {
    client_id: clientId,
    client_id_issued_at: Math.floor(Date.now() / 1000),
    ...(secret && { client_secret: secret.secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    ...(client.uri && { client_uri: client.uri }),
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}
