import type { ServerResponse } from 'node:http';
import type { OauthError } from '#lib/auth/oauth/oauth-error.ts';

/**
 * Pages of any site may ask what programs may ask: nothing here goes by cookie. Browser-based clients send these headers.
 */
export const OPEN_TO_PAGES = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'www-authenticate, retry-after',
};

const PREFLIGHT = {
  ...OPEN_TO_PAGES,
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, accept, mcp-protocol-version',
  'access-control-max-age': '86400',
};

const COMMON = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Sends JSON, not to be stored by anybody unless the headers say otherwise. */
export function sendOauthJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  const json = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...COMMON,
    ...OPEN_TO_PAGES,
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}

/** Sends what a client did wrong (RFC 6749, 5.2). */
export function sendOauthError(response: ServerResponse, error: OauthError): void {
  sendOauthJson(
    response,
    error.status,
    { error: error.code, error_description: asciiOf(error.message) },
    error.headers,
  );
}

/** What a browser asks before it lets a page ask. */
export function sendPreflight(response: ServerResponse): void {
  response.writeHead(204, { ...PREFLIGHT, 'content-length': 0 });
  response.end();
}

/** Sends the browser elsewhere; it asks there with GET. */
export function sendElsewhere(
  response: ServerResponse,
  location: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(303, { ...COMMON, location, 'content-length': 0, ...headers });
  response.end();
}

/** Descriptions are ASCII without quotes (RFC 6749, 5.2). */
function asciiOf(text: string): string {
  return text.replace(/"/g, "'").replace(/[^\x20-\x7e]/g, '?');
}
