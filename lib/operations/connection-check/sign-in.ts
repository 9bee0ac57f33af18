import { issuerOf } from '#lib/auth/oauth/issuer.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { PROTECTED_RESOURCE } from '../protected-resource.ts';
import { type Finding, failed, type Hop, hop, ok, strange } from './hop.ts';
import { headersOf, legacyMessage, type Part } from './messages.ts';
import type { OwnAnswer, OwnServer } from './own-server.ts';
import { PROXY } from './public-address.ts';

/**
 * How a client finds out where people sign in: the challenge, the metadata of the address and those of the server that
 * signs people in, and whether a client can register there. Nothing is registered by it.
 */
export async function lookAtSignIn(server: OwnServer, part: Part, publicUrl: string): Promise<Hop[]> {
  const where = `${PROTECTED_RESOURCE}${part.path}`;
  return [
    await hop('challenge', 'A client is told that people sign in here', () =>
      lookAtChallenge(server, part, `${publicUrl}${where}`),
    ),
    await hop('resource', 'Where they do is told', () => lookAtResource(server, part, { where, publicUrl })),
    await hop('authorization-server', 'How they do is told', () => lookAtIssuer(server, part, publicUrl)),
    await hop('registration', 'Clients can register', () => lookAtRegistration(server, part)),
  ];
}

async function lookAtChallenge(server: OwnServer, part: Part, metadata: string): Promise<Finding> {
  const answer = await server.ask(legacyMessage({ ...part, key: null }, 'ping'));
  const challenge = answer.headers['www-authenticate'] ?? '';
  if (answer.status === 401 && challenge.includes(`resource_metadata="${metadata}"`)) {
    return ok('Without a token it answers 401, and names the metadata of the address.');
  }
  return failed(
    answer.status === 401 ? `The header WWW-Authenticate said: ${challenge || 'nothing'}.` : strange(answer),
    `${PROXY}it must pass the header WWW-Authenticate on as it is.`,
  );
}

async function lookAtResource(
  server: OwnServer,
  part: Part,
  { where, publicUrl }: { where: string; publicUrl: string },
): Promise<Finding> {
  const answer = await read(server, part, where);
  const document = objectIn(answer);
  if (answer.status !== 200 || !document) return notOurs(answer, where);
  const expected = `${publicUrl}${part.path}`;
  if (document['resource'] !== expected) {
    return failed(
      `The metadata are of ${String(document['resource'])}, and not of ${expected}.`,
      'Clients refuse that. Set PUBLIC_URL to the address they use.',
    );
  }
  return ok(`People sign in at ${String((document['authorization_servers'] as JsonValue[])[0])}.`);
}

async function lookAtIssuer(server: OwnServer, part: Part, publicUrl: string): Promise<Finding> {
  const where = '/.well-known/oauth-authorization-server/oauth';
  const answer = await read(server, part, where);
  const document = objectIn(answer);
  if (answer.status !== 200 || document?.['issuer'] !== issuerOf(publicUrl)) return notOurs(answer, where);
  return ok('Its metadata are where clients look for them.');
}

/** Sends what must be refused in words of this program. */
async function lookAtRegistration(server: OwnServer, part: Part): Promise<Finding> {
  const answer = await server.ask({
    method: 'POST',
    path: '/oauth/register',
    headers: { ...headersOf(part, 'application/json'), 'content-type': 'application/json' },
    body: '{}',
  });
  const error = objectIn(answer)?.['error'];
  if (answer.status === 400 && typeof error === 'string' && error.startsWith('invalid_')) {
    return ok('The address for it answers.');
  }
  return notOurs(answer, '/oauth/register');
}

function read(server: OwnServer, part: Part, path: string): Promise<OwnAnswer> {
  return server.ask({ method: 'GET', path, headers: headersOf(part, 'application/json') });
}

function notOurs(answer: OwnAnswer, path: string): Finding {
  return failed(
    `${path}: ${strange(answer)}`,
    `${PROXY}requests under /.well-known/ and /oauth/ must reach Patchbay as they are, like those under /mcp/.`,
  );
}

function objectIn({ text }: OwnAnswer): JsonObject | null {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
