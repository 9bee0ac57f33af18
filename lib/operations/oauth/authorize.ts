import { askedScopes, scopesIn } from '#lib/auth/oauth/asked-scopes.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import { isChallenge } from '#lib/auth/oauth/pkce.ts';
import { matchesRedirect, redirectPlace } from '#lib/auth/oauth/redirects.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';
import type { Rate } from '../rate.ts';
import type { Who } from '../who-is.ts';
import { answerRemembered, refusalTo } from './consent.ts';
import { sealRequest } from './consent-request.ts';
import { findClient } from './find-client.ts';
import { findResource } from './find-resource.ts';

/** A request to let a client in, as it came. */
export interface Authorization {
  query: URLSearchParams;
  /** What its browser is told by. */
  browser: string;
  /** Of the address that it comes from; documents that are fetched are counted by it. */
  ip: string;
  fetches: Rate;
  /** Who is signed in in that browser; null for nobody. */
  who(): Promise<Who | null>;
}

/**
 * What becomes of it: a person is asked, the browser goes back to the client at once, or the person is told that the
 * client asked wrongly and may go back there (`host`) themselves.
 */
export type Authorized =
  | { ask: string }
  | { redirectTo: string }
  | { refused: string; host: string; back: string };

const ONCE = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'resource',
  'prompt',
  'nonce',
];
const MOST_STATE = 2048;

/**
 * Checks a request to let a client in (OAuth 2.1, 4.1.1; RFC 8707, 9207). Throws AppError where nobody can be sent
 * anywhere, as it is not known who asks or where the answer belongs; all else goes to the client as an error.
 */
export async function authorize(app: App, asked: Authorization): Promise<Authorized> {
  const { client, redirectUri } = await whoAsks(app, asked);
  const states = asked.query.getAll('state');
  const state = states.length === 1 && states[0]!.length <= MOST_STATE ? states[0]! : null;
  try {
    return await checked(app, asked, { client, redirectUri, state });
  } catch (error) {
    if (!(error instanceof OauthError)) throw error;
    const back = refusalTo(app, { redirectUri, state }, error.code, error.message);
    const { kind, host } = redirectPlace(redirectUri);
    // Anybody may register a website: a link to this server must not lead there by itself (RFC 9700, 4.11.2).
    if (kind !== 'website' || (await isTrusted(app, client))) return { redirectTo: back };
    return { refused: error.message, host, back };
  }
}

/** A client that people let in before. */
async function isTrusted(app: App, { clientId }: OauthClient): Promise<boolean> {
  return repository(app.db, { type: 'system' }).oauthGrants.isLetIn(clientId);
}

/** The client, and the one of its addresses that is to be answered. */
async function whoAsks(
  app: App,
  { query, fetches, ip }: Authorization,
): Promise<{ client: OauthClient; redirectUri: string }> {
  const clientId = single(query, 'client_id');
  if (!clientId) throw new AppError('bad_request', 'The app did not say who it is (client_id).');
  const client = await findClient(app, clientId, { fetches, ip }).catch((error: unknown) => {
    if (error instanceof OauthError)
      throw new AppError('bad_request', error.message, { client: 'unreadable' });
    throw error;
  });
  if (!client) {
    throw new AppError('bad_request', 'The app that sent you here is not registered any more.', {
      client: 'unknown',
    });
  }
  const given = single(query, 'redirect_uri');
  if (query.has('redirect_uri') ? given === null : client.redirectUris.length !== 1) {
    throw new AppError('bad_request', 'The app did not say where the answer belongs (redirect_uri).');
  }
  const redirectUri = given ?? client.redirectUris[0]!;
  if (!matchesRedirect(client.redirectUris, redirectUri)) {
    throw new AppError(
      'bad_request',
      'The app asks for the answer at an address that it did not register (redirect_uri). Somebody may be trying to get into your account.',
    );
  }
  return { client, redirectUri };
}

async function checked(
  app: App,
  { query, browser, who }: Authorization,
  { client, redirectUri, state }: { client: OauthClient; redirectUri: string; state: string | null },
): Promise<Authorized> {
  refuseForm(query);
  const codeChallenge = query.get('code_challenge') ?? '';
  if (codeChallenge === '') throw new OauthError('invalid_request', 'Send code_challenge: PKCE is needed.');
  if (query.get('code_challenge_method') !== 'S256') {
    throw new OauthError('invalid_request', 'code_challenge_method has to be S256.');
  }
  if (!isChallenge(codeChallenge)) {
    throw new OauthError(
      'invalid_request',
      'code_challenge has to be a SHA-256 in base64url: 43 characters.',
    );
  }
  const { resource } = await findResource(app, query.get('resource'));
  const scopes = askedScopes(query.get('scope'));
  const request = sealRequest(
    app,
    { clientId: client.clientId, redirectUri, state, codeChallenge, resource, scopes },
    browser,
  );
  const prompts = scopesIn(query.get('prompt') ?? '');
  if (prompts.includes('none') && prompts.length > 1) {
    throw new OauthError('invalid_request', 'prompt: none stands alone.');
  }
  const person = prompts.some((prompt) => prompt !== 'none') ? null : await who();
  const redirectTo = person && (await answerRemembered(app, person, { request, browser }));
  if (redirectTo) return { redirectTo };
  if (prompts.includes('none')) {
    throw new OauthError(person ? 'consent_required' : 'login_required', 'The person has to be asked.');
  }
  if (client.kind === 'registered') {
    await repository(app.db, { type: 'system' }).oauthClients.touch(client.clientId);
  }
  return { ask: request };
}

/** Refuses what is not the one form of request that there is. */
function refuseForm(query: URLSearchParams): void {
  for (const name of ONCE) {
    if (query.getAll(name).length <= 1) continue;
    throw new OauthError(name === 'resource' ? 'invalid_target' : 'invalid_request', `Send ${name} once.`);
  }
  if (query.has('request')) throw new OauthError('request_not_supported', 'Send the parameters themselves.');
  if (query.has('request_uri')) {
    throw new OauthError('request_uri_not_supported', 'Send the parameters themselves.');
  }
  if ((query.get('state')?.length ?? 0) > MOST_STATE) {
    throw new OauthError('invalid_request', `state is longer than ${MOST_STATE} characters.`);
  }
  if (!query.get('response_type')) throw new OauthError('invalid_request', 'Send response_type=code.');
  if (query.get('response_type') !== 'code') {
    throw new OauthError('unsupported_response_type', 'response_type has to be code.');
  }
  if ((query.get('response_mode') ?? 'query') !== 'query') {
    throw new OauthError('invalid_request', 'response_mode has to be query.');
  }
}

/** A parameter that came once; null when it did not. */
function single(query: URLSearchParams, name: string): string | null {
  const all = query.getAll(name);
  return all.length === 1 ? all[0]! : null;
}
