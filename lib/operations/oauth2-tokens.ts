import * as z from 'zod';
import type { Vault } from '#lib/auth/vault.ts';
import { AppError } from '#lib/db/app-error.ts';
import { type OAuth2Settings, oauth2Settings, type SealedConnection } from '#lib/db/connections.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { clientSecret } from './connection-secret.ts';

/** What a provider gave. */
export interface OAuth2Tokens {
  accessToken: string;
  refreshToken?: string;
}

export interface NewTokens extends OAuth2Tokens {
  /** Of the access token; null when the provider does not say. */
  expiresAt: Date | null;
}

/** The provider answered, and said no. `message` is its own error code. */
export class RefusedByProvider extends Error {
  override name = 'RefusedByProvider';
}

interface World {
  vault: Vault;
  egress: Egress;
}

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 256 * 1024;

/** An answer of a token endpoint (RFC 6749 §5). Some providers answer an error with status 200. */
const answer = z.union([
  z.object({ error: z.string() }),
  z.object({
    access_token: z.string().min(1).max(20_000),
    refresh_token: z.string().min(1).max(20_000).optional(),
    expires_in: z.coerce
      .number()
      .min(0)
      .max(10 * 365 * 24 * 3600)
      .optional(),
    token_type: z.string().optional(),
  }),
]);

/** The settings of an oauth2 connection. Throws `conflict` where they are missing: it was imported. */
export function settingsOf({ name, settings }: Pick<SealedConnection, 'name' | 'settings'>): OAuth2Settings {
  const parsed = oauth2Settings.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new AppError(
    'conflict',
    `The connection "${name}" is not complete. Edit it under the project's connections.`,
  );
}

/** Tokens for a code. Throws RefusedByProvider, and StepError where the provider cannot be reached. */
export function exchangeCode(
  world: World,
  connection: SealedConnection,
  { code, verifier, redirectUri }: { code: string; verifier: string; redirectUri: string },
): Promise<NewTokens> {
  return ask(world, connection, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
}

/** New tokens for old ones. Throws as `exchangeCode`. */
export function refreshTokens(
  world: World,
  connection: SealedConnection,
  refreshToken: string,
): Promise<NewTokens> {
  return ask(world, connection, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

async function ask(
  { vault, egress }: World,
  connection: SealedConnection,
  parameters: Record<string, string>,
): Promise<NewTokens> {
  const { tokenUrl, clientId, clientAuth } = settingsOf(connection);
  const secret = (await clientSecret(vault, connection)) ?? '';
  const inHeader = clientAuth === 'header' && secret !== '';
  const body = new URLSearchParams(parameters);
  if (!inHeader) {
    body.set('client_id', clientId);
    if (secret !== '') body.set('client_secret', secret);
  }
  const response = await egress.request(
    {
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: Buffer.from(body.toString(), 'utf8'),
      timeoutMs: TIMEOUT_MS,
      // A redirect would take the secret elsewhere.
      followRedirects: false,
      maxBytes: MOST_BYTES,
      ...(inHeader && { sensitiveHeaders: { authorization: basic(clientId, secret) } }),
    },
    AbortSignal.timeout(TIMEOUT_MS),
  );
  const parsed = answer.safeParse(jsonOf(response.body));
  const given = parsed.success ? parsed.data : null;
  if (given && 'error' in given) throw new RefusedByProvider(codeOf(given.error));
  if (!given || response.status >= 400) {
    throw new StepError(
      'CONNECTION_REFRESH',
      `The provider of the connection "${connection.name}" gave no token (${response.status}).`,
      { transient: response.status >= 500 || response.status === 429 },
    );
  }
  const { access_token, refresh_token, expires_in } = given;
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    expiresAt: expires_in === undefined ? null : new Date(Date.now() + expires_in * 1000),
  };
}

/** RFC 6749 §2.3.1: both are encoded as in a form before they are put together. */
function basic(id: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`, 'utf8').toString('base64')}`;
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

/** The provider's word, where it is one (RFC 6749 §5.2); it is shown to people. */
function codeOf(error: string): string {
  return /^[a-z_]{1,60}$/.test(error) ? error : 'invalid_request';
}
