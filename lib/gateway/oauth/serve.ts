import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressGroup, clientAddress } from '#lib/auth/client-address.ts';
import { serverMetadata } from '#lib/auth/oauth/issuer.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { App } from '#lib/operations/app.ts';
import { authorize } from '#lib/operations/oauth/authorize.ts';
import { browserIn, markBrowser } from '#lib/operations/oauth/browser-cookie.ts';
import { authenticateClient, basicClaim, type ClientClaim } from '#lib/operations/oauth/client-auth.ts';
import { exchange } from '#lib/operations/oauth/exchange.ts';
import { registerClient } from '#lib/operations/oauth/register-client.ts';
import { revokeToken } from '#lib/operations/oauth/revoke-token.ts';
import { createRate } from '#lib/operations/rate.ts';
import { whoIs } from '#lib/operations/who-is.ts';
import { sendElsewhere, sendOauthError, sendOauthJson, sendPreflight } from './answers.ts';
import { sendDeadEnd } from './dead-end.ts';
import { readForm, readJsonBody } from './read-form.ts';

/** Where the metadata of the issuer /oauth are looked for: RFC 8414, and two ways of OpenID Connect. */
const METADATA = new Set([
  '/.well-known/oauth-authorization-server/oauth',
  '/.well-known/openid-configuration/oauth',
  '/oauth/.well-known/openid-configuration',
  '/oauth/.well-known/oauth-authorization-server',
]);

/** Longer addresses are nothing that a client needs. */
const MOST_QUERY = 6000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of one address. Where many people share one, as in an office, they seldom connect a new app in the same hour. */
const REGISTRATIONS_AN_HOUR = 30;
const FETCHES_AN_HOUR = 60;
/** Clients of many people come from one address where they run on a server. */
const REQUESTS_A_MINUTE = 600;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  /** Counts what one caller does. */
  ip: string;
}

/** The authorization server (OAuth 2.1) of all projects, as a listener of node:http. Never rejects. */
export function createOauth(app: App): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { publicUrl } = app.env;
  const metadata = serverMetadata(publicUrl);
  const registrations = createRate(REGISTRATIONS_AN_HOUR, HOUR_MS);
  const fetches = createRate(FETCHES_AN_HOUR, HOUR_MS);
  const requests = createRate(REQUESTS_A_MINUTE, MINUTE_MS);

  const endpoints: Record<string, { method: string; answer(at: Exchange): Promise<void> }> = {
    '/oauth/authorize': { method: 'GET', answer: authorizeEndpoint },
    '/oauth/token': { method: 'POST', answer: tokenEndpoint },
    '/oauth/register': { method: 'POST', answer: registerEndpoint },
    '/oauth/revoke': { method: 'POST', answer: revokeEndpoint },
  };

  async function authorizeEndpoint({ request, response, ip }: Exchange): Promise<void> {
    const query = (request.url ?? '').split('?').slice(1).join('?');
    if (query.length > MOST_QUERY) throw new AppError('bad_request', 'The request of the app is too long.');
    const { browser, cookie } = markBrowser(publicUrl, browserIn(request.headers.cookie, publicUrl));
    const outcome = await authorize(app, {
      query: new URLSearchParams(query),
      browser,
      ip,
      fetches,
      // Who has to do something first, such as set up a second factor, is told so by the page.
      who: () =>
        whoIs(app, new Headers({ cookie: request.headers.cookie ?? '' })).catch((error: unknown) => {
          if (error instanceof AppError) return null;
          throw error;
        }),
    });
    if ('redirectTo' in outcome) return sendElsewhere(response, outcome.redirectTo);
    if ('refused' in outcome) {
      const { refused, host, back } = outcome;
      return sendDeadEnd(response, 400, { problem: refused, home: publicUrl, back: { host, url: back } });
    }
    const page = `/consent?${new URLSearchParams({ request: outcome.ask })}`;
    sendElsewhere(response, page, { 'set-cookie': cookie });
  }

  async function tokenEndpoint({ request, response, ip }: Exchange): Promise<void> {
    const form = await readForm(request);
    const client = await authenticateClient(app, claimOf(request, form));
    sendOauthJson(response, 200, await exchange(app, { client, form, ip }));
  }

  async function registerEndpoint({ request, response, ip }: Exchange): Promise<void> {
    registrations.take(ip);
    sendOauthJson(response, 201, await registerClient(app, await readJsonBody(request), { ip }));
  }

  async function revokeEndpoint({ request, response, ip }: Exchange): Promise<void> {
    const form = await readForm(request);
    const client = await authenticateClient(app, claimOf(request, form));
    const token = form.get('token');
    if (!token) throw new OauthError('invalid_request', 'Send token.');
    await revokeToken(app, { client, token, ip });
    sendOauthJson(response, 200, {});
  }

  async function answer(at: Exchange): Promise<void> {
    const { request, response, path } = at;
    if (METADATA.has(path)) {
      if (request.method === 'OPTIONS') return sendPreflight(response);
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET, HEAD');
      return sendOauthJson(response, 200, metadata, { 'cache-control': 'public, max-age=300' });
    }
    const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
    if (!endpoint) {
      return sendOauthJson(response, 404, {
        error: 'not_found',
        error_description: 'Nothing is served here.',
      });
    }
    if (request.method === 'OPTIONS' && path !== '/oauth/authorize') return sendPreflight(response);
    if (request.method !== endpoint.method) return refuseMethod(response, endpoint.method);
    requests.take(at.ip);
    await endpoint.answer(at);
  }

  return async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const ip = addressGroup(clientAddress(request, publicUrl));
    try {
      await answer({ request, response, path, ip });
    } catch (error) {
      const failure = failureOf(error);
      if (!(error instanceof OauthError || error instanceof AppError)) {
        app.log.error({ err: error, path }, 'a request of OAuth failed unexpectedly');
      }
      if (path === '/oauth/authorize') {
        const retryAfter = failure.headers['retry-after'];
        const shown = { problem: failure.message, home: publicUrl, ...(retryAfter && { retryAfter }) };
        if (!response.headersSent) sendDeadEnd(response, statusAtPage(error, failure), shown);
      } else sendOauthError(response, failure);
    }
  };
}

/** Who sends a request, in the header or in the form; both at once is refused (RFC 6749, 2.3). */
function claimOf(request: IncomingMessage, form: URLSearchParams): ClientClaim {
  const { authorization } = request.headers;
  const inForm = { clientId: form.get('client_id'), secret: form.get('client_secret'), basic: false };
  if (authorization === undefined) return inForm;
  const claim = basicClaim(authorization);
  if (!claim) {
    throw new OauthError('invalid_client', 'Authorization has to be Basic, or left out.', {
      'www-authenticate': 'Basic realm="oauth"',
    });
  }
  if (inForm.secret !== null || (inForm.clientId !== null && inForm.clientId !== claim.clientId)) {
    throw new OauthError('invalid_request', 'Say once who you are: in the header or in the body.');
  }
  return { ...claim, basic: true };
}

function refuseMethod(response: ServerResponse, allow: string): void {
  sendOauthJson(response, 405, { error: 'invalid_request', error_description: `Use ${allow}.` }, { allow });
}

/** An error as clients of OAuth read it. */
function failureOf(error: unknown): OauthError {
  if (error instanceof OauthError) return error;
  if (error instanceof AppError) {
    if (error.code === 'too_many') {
      const ms = Number(error.details['retryAfterMs'] ?? 60_000);
      return new OauthError('slow_down', error.message, { 'retry-after': String(Math.ceil(ms / 1000)) });
    }
    if (error.code !== 'unavailable') return new OauthError('invalid_request', error.message);
  }
  return new OauthError('temporarily_unavailable', 'The server cannot answer this at the moment.', {
    'retry-after': '5',
  });
}

function statusAtPage(error: unknown, failure: OauthError): number {
  return error instanceof AppError ? error.status : failure.status;
}
