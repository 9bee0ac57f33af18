import * as client from 'openid-client';
import type { Egress } from '#lib/egress/fetch.ts';
import { StepError } from '#lib/engine/errors.ts';
import { guardedFetch } from './guarded-fetch.ts';

/** An identity provider, and as what we are known there. */
export interface Provider {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** What has to come back with the browser, and must not be seen by anybody. */
export interface SignOnSecrets {
  state: string;
  nonce: string;
  verifier: string;
}

/** What a provider says of somebody, its signature checked. */
export interface Claims {
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** Why somebody was not let in by a provider: it does not answer, it said no, or what it said is not to be believed. */
export class SignOnError extends Error {
  override name = 'SignOnError';
  readonly reason: 'unreachable' | 'refused' | 'invalid';

  constructor(reason: SignOnError['reason'], message: string, options?: { cause: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** Signatures that cannot be made with the client's secret, nor left out. */
const ALGORITHMS = new Set([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Reads what the provider says about itself, without being known to it. Throws SignOnError. */
export async function checkProvider(egress: Egress, issuer: string): Promise<void> {
  await told(async () => {
    const config = await discover(egress, { issuer, clientId: 'unknown', clientSecret: 'unknown' });
    const { authorization_endpoint: at, token_endpoint, jwks_uri } = config.serverMetadata();
    if (!at || !token_endpoint || !jwks_uri) {
      throw new SignOnError('invalid', 'It names no authorization endpoint, token endpoint or keys.');
    }
  });
}

/**
 * Where the browser goes: authorization code, PKCE, state and nonce. Throws SignOnError when the provider does not
 * answer.
 */
export async function startSignOn(
  egress: Egress,
  provider: Provider,
  { redirectUri, email }: { redirectUri: string; email: string | null },
): Promise<SignOnSecrets & { url: string }> {
  return told(async () => {
    const config = await discover(egress, provider);
    const secrets = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
      ...(email === null ? {} : { login_hint: email }),
    });
    if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
      throw new SignOnError('invalid', 'Its page for signing in is not served by https.');
    }
    return { ...secrets, url: url.href };
  });
}

/**
 * Exchanges what the browser brought back: `search` of the redirect address. Issuer, audience, expiry, nonce and
 * signature of the id_token are checked, the signature by the provider's published keys. Throws SignOnError.
 */
export async function finishSignOn(
  egress: Egress,
  provider: Provider,
  { redirectUri, search, state, nonce, verifier }: SignOnSecrets & { redirectUri: string; search: string },
): Promise<Claims> {
  return told(async () => {
    const config = await discover(egress, provider);
    const tokens = await client.authorizationCodeGrant(config, new URL(`${redirectUri}${search}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims || !ALGORITHMS.has(algorithmOf(tokens.id_token))) {
      throw new SignOnError('invalid', 'Its id_token is not signed as it has to be.');
    }
    const hasMore = claims['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
    const more = hasMore ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : claims;
    const email = more['email'];
    const name = more['name'] ?? more['preferred_username'];
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof email === 'string' ? email.trim().toLowerCase() : null,
      emailVerified: more['email_verified'] === true,
      name: typeof name === 'string' && name.trim() !== '' ? name.trim() : null,
    };
  });
}

async function discover(egress: Egress, { issuer, clientId, clientSecret }: Provider) {
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && !LOOPBACK.test(url.hostname)) {
    throw new SignOnError('invalid', 'An issuer has an https address.');
  }
  const basic = client.ClientSecretBasic(clientSecret);
  const post = client.ClientSecretPost(clientSecret);
  const authenticate: client.ClientAuth = (as, metadata, body, headers) => {
    const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const chosen = methods.includes('client_secret_basic') ? basic : post;
    return chosen(as, metadata, body, headers);
  };
  return client.discovery(url, clientId, undefined, authenticate, {
    [client.customFetch]: guardedFetch(egress),
    timeout: 10,
    execute: [
      client.enableNonRepudiationChecks,
      ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
    ],
  });
}

/** Whatever goes wrong, as one of three reasons. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SignOnError) throw cause;
    const error = rootOf(cause);
    if (error instanceof StepError) throw new SignOnError('unreachable', error.message, { cause });
    if (error instanceof client.AuthorizationResponseError) {
      throw new SignOnError('refused', 'The identity provider said no.', { cause });
    }
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SignOnError('invalid', message, { cause });
  }
}

function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 5 && root instanceof Error && !(root instanceof StepError); depth += 1) {
    if (root instanceof client.AuthorizationResponseError || !(root.cause instanceof Error)) break;
    root = root.cause;
  }
  return root;
}

function algorithmOf(idToken: string | undefined): string {
  const [header = ''] = (idToken ?? '').split('.');
  try {
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown };
    return String(alg);
  } catch {
    return 'none';
  }
}
