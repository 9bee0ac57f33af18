import * as z from 'zod';
import {
  clientMetadata,
  redirectsFault,
  shownName,
  shownUri,
  wantsCodes,
} from '#lib/auth/oauth/client-metadata.ts';
import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import type { NewOauthClient } from '#lib/db/oauth-clients.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from '../app.ts';

const MOST_BYTES = 5 * 1024;
const TIMEOUT_MS = 5000;
/** However its headers say, it is read again after a day, and not before five minutes. */
const SHORTEST_MS = 5 * 60_000;
const LONGEST_MS = 24 * 60 * 60_000;
const USUAL_MS = 60 * 60_000;

const clientDocument = clientMetadata.extend({ client_id: z.string() });

/** No more is told: whoever asks is a stranger, and chose where to. */
const WHY: Record<string, string> = {
  TIMEOUT: 'did not come in time',
  TOO_LARGE: `is larger than ${MOST_BYTES} bytes`,
};

/** Whether an id is the address of a document that says who the client is. */
export function isDocumentAddress(clientId: string): boolean {
  return clientId.startsWith('https://');
}

/**
 * Reads the document of a client (Client ID Metadata Documents). No redirect is followed: the address is the identity.
 * Throws OauthError `invalid_client` for an address that cannot be one, and for a document that is not there or wrong.
 */
export async function fetchClientDocument(
  { publicEgress }: Pick<App, 'publicEgress'>,
  clientId: string,
): Promise<NewOauthClient> {
  const fault = addressFault(clientId);
  if (fault !== null) throw new OauthError('invalid_client', `client_id ${fault}.`);
  const response = await publicEgress
    .request(
      {
        method: 'GET',
        url: clientId,
        headers: { accept: 'application/json' },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
        followRedirects: false,
      },
      AbortSignal.timeout(TIMEOUT_MS),
    )
    .catch((error: unknown) => {
      const why = error instanceof StepError ? WHY[error.code] : undefined;
      throw new OauthError('invalid_client', `The document at client_id ${why ?? 'could not be read'}.`);
    });
  if (response.status !== 200) {
    throw new OauthError(
      'invalid_client',
      `The document at client_id is not there: its server answered ${response.status}.`,
    );
  }
  return {
    ...clientIn(clientId, response.body),
    freshUntil: new Date(Date.now() + freshMs(response.headers['cache-control'])),
  };
}

/** What is wrong with the address of a document, by the rules for them; null when it can be one. */
function addressFault(clientId: string): string | null {
  if (clientId.length > 500 || !/^[\x21-\x7e]+$/.test(clientId) || !URL.canParse(clientId))
    return 'is no address';
  const { pathname, username, password, href } = new URL(clientId);
  if (clientId.includes('#')) return 'has a fragment (#)';
  if (username !== '' || password !== '') return 'has a user name in it';
  if (pathname === '/') return 'names no document, only a host';
  // Dots in the path, capitals in the host, a port that needs not be said: one document would have several ids.
  return href === clientId ? null : `should be written as ${href}`;
}

function clientIn(clientId: string, body: Uint8Array): NewOauthClient {
  const wrong = (why: string) => new OauthError('invalid_client', `The document at client_id ${why}.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw wrong('is no JSON');
  }
  const read = clientDocument.safeParse(json);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw wrong(`is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`);
  }
  const { client_id, client_name, client_uri, redirect_uris, token_endpoint_auth_method: method } = read.data;
  if (client_id !== clientId) throw wrong('names another client_id than its own address');
  const redirects = redirectsFault(redirect_uris);
  if (redirects !== null) throw wrong(`cannot be used. ${redirects.slice(0, -1)}`);
  if (!wantsCodes(read.data)) throw wrong('leaves out authorization_code and code, the only ways here');
  if (method?.startsWith('client_secret'))
    throw wrong('asks for a shared secret, which nobody could have given it');
  return {
    clientId,
    kind: 'document',
    name: shownName(client_name, new URL(clientId).host),
    redirectUris: redirect_uris,
    // With a key of its own it can sign, but need not: what it was given to prove is the code's verifier.
    authMethod: 'none',
    secretHash: null,
    uri: shownUri(client_uri),
    freshUntil: null,
  };
}

/** How long a document may be kept, ms. */
function freshMs(cacheControl: string | undefined): number {
  const directives = (cacheControl ?? '').toLowerCase();
  if (/\bno-(store|cache)\b/.test(directives)) return SHORTEST_MS;
  const seconds = /\bmax-age=(\d{1,9})\b/.exec(directives)?.[1];
  const wanted = seconds === undefined ? USUAL_MS : Number(seconds) * 1000;
  return Math.min(Math.max(wanted, SHORTEST_MS), LONGEST_MS);
}
