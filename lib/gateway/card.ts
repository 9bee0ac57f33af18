import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LiveProject } from '#lib/operations/live.ts';
import { serverCard } from '#lib/operations/server-card.ts';
import { headerOf } from './http-edge.ts';
import { sendEmpty, sendJson } from './reply.ts';

/**
 * The card of a project (SEP-2127), to whoever may call it: that a project with keys is there is told to nobody else.
 * Pages of any site may read what is public.
 */
export function sendCard(
  project: LiveProject,
  publicUrl: string,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): void {
  const json = JSON.stringify(serverCard(project, publicUrl));
  const etag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"`;
  const open = project.access === 'public';
  const headers = {
    'content-type': 'application/mcp-server-card+json',
    'cache-control': `${open ? 'public' : 'private'}, max-age=3600`,
    etag,
    ...(open && { 'access-control-allow-origin': '*' }),
  };
  if (headerOf(request, 'if-none-match') === etag) sendEmpty(response, 304, headers);
  else sendJson(response, 200, json, headers);
}
