import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { credentialOf } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { NotedRequest } from '#lib/operations/client-log.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { readAddress } from '#lib/operations/pinned-address.ts';
import type { Classified } from './era.ts';
import type { Caller } from './exchange.ts';
import { connectionAddress, presentedKey, projectSlug } from './http-edge.ts';
import { envelopeVersion, implementationName, isNotification, isRequest, metaOf } from './protocol.ts';
import type { HttpReply } from './reply.ts';
import { type Ending, outcomeOf } from './request-outcome.ts';
import type { Session } from './sessions.ts';

/** What is known of a message when it has been answered; filled in on the way. */
export interface SeenMessage {
  /** ms since the epoch. */
  at: number;
  caller?: Pick<Caller, 'project' | 'principal'>;
  session?: Session | null;
  /** As it was sent: what it says of the client counts also where the rest of it is wrong. */
  body?: unknown;
  /** Null for a batch. */
  classified?: Classified | null;
}

/** The same of a request of HTTP. */
export interface Seen extends SeenMessage {
  request: IncomingMessage;
  /** Where it is for a connection that carries messages both ways. */
  transport?: Connected;
}

/** Transports that keep a connection. */
export type Connected = Extract<NotedRequest['transport'], 'websocket' | 'sse'>;

/** Notes a request for the list of clients, whatever became of it. Never throws. */
export function noteRequest(
  app: App,
  seen: Seen,
  { response, reply }: { response: ServerResponse; reply: HttpReply },
): void {
  // One that came back for its answer reads it from another response.
  const gone = response.destroyed && !response.writableFinished && !reply.kept?.hasReader;
  noteHttp(app, seen, { status: response.statusCode, failed: reply.failed, gone });
}

/** As `noteRequest`, of a request that is answered in another way. */
export function noteHttp(
  app: App,
  seen: Seen,
  ended: Pick<Ending, 'failed' | 'gone'> & { status: number },
): void {
  const { request, caller } = seen;
  const { headers, method = 'POST' } = request;
  const transport = seen.transport ?? (method === 'GET' ? 'stream' : 'http');
  const facts = factsOf(seen, { ...ended, headers, method, transport });
  if (caller) note(app, caller, facts);
  else noteRefused(app, request, facts);
}

/** Notes one message of a connection. Never throws. */
export function noteMessage(
  app: App,
  seen: SeenMessage & Required<Pick<SeenMessage, 'caller'>>,
  ended: Ending & { transport: Connected },
): void {
  const method = Array.isArray(seen.body) ? 'batch' : 'message';
  note(app, seen.caller, factsOf(seen, { ...ended, method, status: null }));
}

type Facts = Omit<NotedRequest, 'project' | 'access' | 'keyId' | 'preview'>;

function note(app: App, { principal, project }: Pick<Caller, 'project' | 'principal'>, facts: Facts): void {
  // Somebody of the team who tries the tools is no client that came.
  if (principal.type === 'user') return;
  const keyId = credentialOf(principal);
  app.clients.note({
    ...facts,
    project,
    access: principal.type === 'grant' ? 'oauth' : keyId === null ? 'public' : 'key',
    keyId,
    preview: null,
  });
}

/** Look-ups of projects for refused requests, at once: a flood of them is not worth more. */
const MAX_LOOKS = 20;
let looks = 0;

function noteRefused(app: App, request: IncomingMessage, facts: Facts): void {
  const slug = slugOf(request);
  if (slug === null || looks >= MAX_LOOKS) return;
  // Of somebody who failed too often nothing is looked up.
  if (facts.status === 429 && app.live.needsRead(slug)) return;
  const preview = previewOf(request);
  looks += 1;
  projectAt(app, slug)
    .then(
      (project) =>
        project && app.clients.note({ ...facts, project, access: 'refused', keyId: null, preview }),
      // The request itself was told of it.
      () => {},
    )
    .finally(() => {
      looks -= 1;
    });
}

/** What the address names; where it names a release or a toolset that there is not, its project all the same. */
async function projectAt({ live }: App, address: string): Promise<LiveProject | null> {
  const named = readAddress(address);
  return (await live.get(address)) ?? (named && live.get(named.slug));
}

function factsOf(
  { at, session, classified, body }: SeenMessage,
  ended: Ending & Pick<NotedRequest, 'method' | 'transport' | 'status'>,
): Facts {
  const { headers, method, transport, status } = ended;
  const message = isRequest(body) || isNotification(body) ? body : undefined;
  const params = message?.params;
  const meta = message ? metaOf(message) : {};
  const initialize = message?.method === 'initialize';
  const named =
    message?.method === 'tools/call' || message?.method === 'prompts/get' ? params?.['name'] : null;
  const version = initialize
    ? params?.['protocolVersion']
    : ((message && envelopeVersion(message)) ?? session?.protocolVersion);
  const info = initialize ? params?.['clientInfo'] : meta[CLIENT_INFO_META_KEY];
  return {
    at,
    ms: Date.now() - at,
    client: session?.client ?? implementationName(info),
    userAgent: headers['user-agent'] ?? null,
    method: message?.method ?? (classified?.kind === 'response' ? 'answer' : method),
    tool: typeof named === 'string' ? named : null,
    transport,
    era: classified?.era ?? null,
    protocol: typeof version === 'string' ? version : versionIn(headers),
    status,
    ...outcomeOf(ended),
  };
}

function versionIn(headers: IncomingHttpHeaders): string | null {
  const version = headers['mcp-protocol-version'];
  return typeof version === 'string' ? version.trim() : null;
}

/** As much of a refused key as lists of keys show of a good one. */
function previewOf(request: IncomingMessage): string | null {
  const key = presentedKey(request);
  if (!key) return null;
  return /^pb[ka]_\w{4}/.exec(key)?.[0].concat('…') ?? null;
}

function slugOf(request: IncomingMessage): string | null {
  const address = (request.url ?? '').split('?', 1)[0]!;
  const connected = connectionAddress(address);
  if (connected) return connected.slug;
  try {
    return projectSlug(address);
  } catch {
    return null;
  }
}
