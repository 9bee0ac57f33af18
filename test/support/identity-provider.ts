import { createHash, createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom it vouches for. */
export interface IdentityClaims {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export interface IdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who is signed in there. */
  person: IdentityClaims;
  /** Makes something else of the claims, for whoever lies. */
  claims: (right: Record<string, unknown>) => Record<string, unknown>;
  /** How id_tokens are signed. */
  signature: 'right' | 'none' | 'secret' | 'other key';
  /** Whose facts its userinfo endpoint tells, as only that has them; null where it has no such endpoint. */
  userInfo: IdentityClaims | null;
  /** Says no. */
  refuses: boolean;
  /** The parameters with which browsers came. */
  visits: URLSearchParams[];
  /** Codes that were exchanged. */
  exchanged: string[];
  close(): Promise<void>;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * An OpenID provider on a free port of this machine, which asks nobody: a browser that comes is sent back at once. It
 * checks what a good one checks: the client's secret, the redirect address and PKCE.
 */
export async function startIdentityProvider(port = 0): Promise<IdentityProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, URLSearchParams>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const provider: IdentityProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: 'patchbay',
    clientSecret: 'a client secret of its own',
    person: { sub: '1', email: 'grace@acme.example', email_verified: true, name: 'Grace' },
    claims: (right) => right,
    signature: 'right',
    userInfo: null,
    refuses: false,
    visits: [],
    exchanged: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', provider.issuer);
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(200, {
          issuer: provider.issuer,
          authorization_endpoint: `${provider.issuer}/authorize`,
          token_endpoint: `${provider.issuer}/token`,
          jwks_uri: `${provider.issuer}/keys`,
          ...(provider.userInfo ? { userinfo_endpoint: `${provider.issuer}/userinfo` } : {}),
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/keys':
        return void json(200, {
          keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
        });
      case '/userinfo':
        return void json(200, provider.userInfo);
      case '/authorize': {
        provider.visits.push(url.searchParams);
        const back = new URL(url.searchParams.get('redirect_uri')!);
        back.searchParams.set('state', url.searchParams.get('state')!);
        if (provider.refuses) back.searchParams.set('error', 'access_denied');
        else {
          const code = randomBytes(16).toString('hex');
          codes.set(code, url.searchParams);
          back.searchParams.set('code', code);
        }
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token':
        return void json(...token(new URLSearchParams(await bodyOf(request)), request.headers.authorization));
      default:
        return void json(404, { error: 'not_found' });
    }
  }

  function token(body: URLSearchParams, authorization: string | undefined): [number, unknown] {
    const basic = `Basic ${Buffer.from(`${form(provider.clientId)}:${form(provider.clientSecret)}`).toString('base64')}`;
    if (authorization !== basic) return [401, { error: 'invalid_client' }];
    const code = body.get('code') ?? '';
    const visit = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      visit?.get('code_challenge') === challenge &&
      visit.get('code_challenge_method') === 'S256' &&
      visit.get('redirect_uri') === body.get('redirect_uri') &&
      visit.get('client_id') === provider.clientId;
    if (!visit || !fits) return [400, { error: 'invalid_grant' }];
    provider.exchanged.push(code);
    const now = Math.floor(Date.now() / 1000);
    const right = {
      iss: provider.issuer,
      aud: provider.clientId,
      iat: now,
      exp: now + 300,
      nonce: visit.get('nonce'),
      ...(provider.userInfo ? { sub: provider.person.sub } : provider.person),
    };
    return [
      200,
      { access_token: 'x', token_type: 'Bearer', expires_in: 300, id_token: sign(provider.claims(right)) },
    ];
  }

  function sign(claims: Record<string, unknown>): string {
    const alg = { right: 'RS256', 'other key': 'RS256', none: 'none', secret: 'HS256' }[provider.signature];
    const text = `${encode({ alg, kid: 'k1', typ: 'JWT' })}.${encode(claims)}`;
    if (provider.signature === 'none') return `${text}.`;
    if (provider.signature === 'secret') {
      return `${text}.${createHmac('sha256', provider.clientSecret).update(text).digest('base64url')}`;
    }
    const { privateKey } = provider.signature === 'right' ? keys : others;
    return `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`;
  }
}

/** As names and secrets are written into Basic (RFC 6749 §2.3.1). */
function form(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
