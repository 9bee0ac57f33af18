import type { IncomingMessage } from 'node:http';
import { Fault } from './errors.ts';

/**
 * A project, one of its releases, or a toolset of either: `orders`, `orders@12`, `orders/analysis`. Some clients write
 * the @ as %40.
 */
const TOOLSET = '/(?!(?:ws|sse|messages|server-card)(?:/|$))[a-z][a-z0-9-]{1,38}';
const PLACE = `([a-z][a-z0-9-]{1,38}(?:(?:@|%40)[1-9][0-9]{0,8})?(?:${TOOLSET})?)`;
const ADDRESS = new RegExp(`^/mcp/${PLACE}/?$`);
const CONNECTION_ADDRESS = new RegExp(`^/mcp/${PLACE}/(sse|ws)$`);
const CARD_ADDRESS = new RegExp(`^/mcp/${PLACE}/server-card$`);
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Names under which clients put keys into addresses, where every log keeps them. */
const KEY_PARAMETERS = ['key', 'api_key', 'apikey', 'api-key', 'token', 'access_token', 'authorization'];

/** What an MCP address names: `orders`, `orders@12`, `orders/analysis`. Throws Fault 404, or 400 for a key in the query. */
export function projectSlug(url: string): string {
  const query = url.indexOf('?');
  if (query !== -1) refuseKeyInQuery(url.slice(query + 1));
  const slug = ADDRESS.exec(query === -1 ? url : url.slice(0, query))?.[1];
  if (slug === undefined)
    throw new Fault(
      'not_found',
      'Nothing is served here. MCP addresses are /mcp/<project>, /mcp/<project>@<number> for one of its releases, and /mcp/<project>/<toolset>.',
    );
  return slug.replace('%40', '@');
}

/** What the address of a server card names, `/mcp/<project>/server-card`; null for every other address. */
export function cardAddress(url: string): string | null {
  return CARD_ADDRESS.exec(url.split('?', 1)[0]!)?.[1]?.replace('%40', '@') ?? null;
}

export interface ConnectionAddress {
  /** As of `projectSlug`. */
  slug: string;
  transport: 'sse' | 'ws';
  /** Without the `?`. */
  query: string;
}

/** Reads the address of a connection, `/mcp/<project>/sse` or `/ws`; null for every other address. */
export function connectionAddress(url: string): ConnectionAddress | null {
  const query = url.indexOf('?');
  const found = CONNECTION_ADDRESS.exec(query === -1 ? url : url.slice(0, query));
  if (!found) return null;
  const [, slug, transport] = found as unknown as [string, string, ConnectionAddress['transport']];
  return { slug: slug.replace('%40', '@'), transport, query: query === -1 ? '' : url.slice(query + 1) };
}

/** Throws Fault 400 for a query with a key in it. */
export function refuseKeyInQuery(query: string): void {
  for (const [name, value] of new URLSearchParams(query)) {
    if (!KEY_PARAMETERS.includes(name.toLowerCase()) && !/^pb[ka]_/.test(value)) continue;
    throw new Fault(
      'bad_request',
      'Never put a key into an address: it ends up in logs. Revoke it, and send a new one as Authorization: Bearer.',
    );
  }
}

/**
 * Refuses requests that came here under a foreign name (DNS rebinding) or from a foreign page.
 * `publicUrl` is the origin people use; loopback names are always this machine.
 */
export function createOriginCheck(publicUrl: string): (request: IncomingMessage) => void {
  const { hostname } = new URL(publicUrl);
  const names = new Set([hostname, ...LOOPBACK]);
  /** Host headers that were found good; as many as there are spellings. */
  const known = new Set<string>();

  const nameOf = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

  return ({ headers }) => {
    const host = headers.host ?? '';
    if (!known.has(host)) {
      if (!names.has(nameOf(host))) {
        throw new Fault(
          'forbidden',
          'This server does not answer to that name. Set PUBLIC_URL to the address in use.',
        );
      }
      if (known.size < 100) known.add(host);
    }
    const { origin } = headers;
    if (
      origin === undefined ||
      origin === publicUrl ||
      origin === `http://${host}` ||
      origin === `https://${host}`
    ) {
      return;
    }
    throw new Fault('forbidden', 'Pages of other sites may not call this server.');
  };
}

/** The key or the token a request presents, if it presents one. */
export function presentedKey({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const { authorization } = headers;
  if (authorization !== undefined) {
    if (authorization.startsWith('Bearer ')) return authorization.slice(7).trim();
    return /^bearer\s+(.+)$/i.exec(authorization)?.[1]?.trim() ?? '';
  }
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key.trim() : null;
}

/** A header that came once or not at all; without the spaces around it. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}
