import * as z from 'zod';
import { CLIENT_AUTH_METHODS } from './issuer.ts';
import { redirectFault } from './redirects.ts';

const MOST_REDIRECTS = 20;
const MOST_NAME = 80;

/** What a client says of itself, in a registration (RFC 7591) or in the document at its id. What is not here is ignored. */
export const clientMetadata = z.object({
  redirect_uris: z.array(z.string()).min(1).max(MOST_REDIRECTS),
  client_name: z.string().max(1000).optional(),
  client_uri: z.string().max(1000).optional(),
  token_endpoint_auth_method: z.string().max(100).optional(),
  grant_types: z.array(z.string().max(200)).max(20).optional(),
  response_types: z.array(z.string().max(200)).max(20).optional(),
});
export type ClientMetadata = z.output<typeof clientMetadata>;

/** The first redirect address that is not allowed, in words; null when all are. */
export function redirectsFault(uris: readonly string[]): string | null {
  for (const uri of uris) {
    const fault = redirectFault(uri);
    if (fault !== null) return `redirect_uris: ${JSON.stringify(uri.slice(0, 200))} ${fault}.`;
  }
  return null;
}

/** Whether a client that says this can be served: it has to want codes. */
export function wantsCodes({ grant_types, response_types }: ClientMetadata): boolean {
  return (grant_types?.includes('authorization_code') ?? true) && (response_types?.includes('code') ?? true);
}

/**
 * A name that can be shown: one line, without what turns text around or hides in it. `fallback` where nothing is left.
 */
export function shownName(name: string | undefined, fallback: string): string {
  const plain = (name ?? '')
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(/\p{C}+/gu, '')
    .trim();
  return [...(plain === '' ? fallback : plain)].slice(0, MOST_NAME).join('');
}

/** The home page of a client, where it is one that can be shown. */
export function shownUri(uri: string | undefined): string | null {
  if (uri === undefined || !URL.canParse(uri)) return null;
  const { protocol, username, password, href } = new URL(uri);
  return protocol === 'https:' && username === '' && password === '' ? href.slice(0, 300) : null;
}

/** How a client that registers shows who it is; RFC 7591 says what is meant by nothing. */
export function authMethodOf(asked: string | undefined): (typeof CLIENT_AUTH_METHODS)[number] | null {
  return CLIENT_AUTH_METHODS.find((method) => method === (asked ?? 'client_secret_basic')) ?? null;
}
