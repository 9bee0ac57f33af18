import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '#lib/operations/app.ts';
import { PROTECTED_RESOURCE, protectedResource } from '#lib/operations/protected-resource.ts';
import { projectSlug } from './http-edge.ts';
import { sendJson } from './reply.ts';

/** The same for all that is not there: clients ask for much, and want a quick answer that is no page. */
const NOTHING = JSON.stringify({ error: 'not_found', error_description: 'Nothing is served here.' });

/**
 * Answers a request under /.well-known: the metadata of MCP addresses where people sign in. Addresses of keys, public ones
 * and those that are not there have none, nor has the server as a whole, which is no resource.
 */
export async function answerWellKnown(
  app: App,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.split('?', 1)[0]!;
  const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' };
  const document = method === 'GET' || method === 'HEAD' ? await documentAt(app, path) : null;
  if (document === null) sendJson(response, 404, NOTHING, headers);
  else sendJson(response, 200, document, { ...headers, 'cache-control': 'public, max-age=300' });
}

async function documentAt(app: App, path: string): Promise<string | null> {
  if (!path.startsWith(`${PROTECTED_RESOURCE}/mcp/`)) return null;
  let address: string;
  try {
    address = projectSlug(path.slice(PROTECTED_RESOURCE.length));
  } catch {
    return null;
  }
  const project = await app.live.get(address);
  return project?.access === 'oauth' ? JSON.stringify(protectedResource(project, app.env.publicUrl)) : null;
}
