import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { App } from '#lib/operations/app.ts';
import type { RequestFailure } from '#lib/operations/client-advice.ts';
import type { NotedRequest } from '#lib/operations/client-log.ts';
import type { Classified } from './era.ts';
import type { Fault } from './errors.ts';
import type { Caller } from './exchange.ts';
import { headerOf, presentedKey, projectSlug } from './http-edge.ts';
import {
  envelopeVersion,
  implementationName,
  isNotification,
  isObject,
  isRequest,
  metaOf,
} from './protocol.ts';
import type { HttpReply } from './reply.ts';
import type { Session } from './sessions.ts';

/** What is known of a request when it has been answered; filled in on the way. */
export interface Seen {
  request: IncomingMessage;
  /** ms since the epoch. */
  at: number;
  caller?: Pick<Caller, 'project' | 'principal'>;
  session?: Session | null;
  /** As it was sent: what it says of the client counts also where the rest of it is wrong. */
  body?: unknown;
  /** Null for a batch. */
  classified?: Classified | null;
}

/** Look-ups of projects for refused requests, at once: a flood of them is not worth more. */
const MAX_LOOKS = 20;
let looks = 0;

/** Notes a request for the list of clients, whatever became of it. Never throws. */
export function noteRequest(
  app: App,
  seen: Seen,
  { response, reply }: { response: ServerResponse; reply: HttpReply },
): void {
  const { caller } = seen;
  const facts = factsOf(seen, response, reply);
  if (caller) {
    const { principal, project } = caller;
    const keyId = principal.type === 'key' ? principal.keyId : null;
    app.clients.note({ ...facts, project, access: keyId === null ? 'public' : 'key', keyId, preview: null });
    return;
  }
  const slug = slugOf(seen.request);
  if (slug === null || looks >= MAX_LOOKS) return;
  // Of somebody who failed too often nothing is looked up.
  if (response.statusCode === 429 && app.live.needsRead(slug)) return;
  const preview = previewOf(seen.request);
  looks += 1;
  app.live
    .get(slug)
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

type Facts = Omit<NotedRequest, 'project' | 'access' | 'keyId' | 'preview'>;

function factsOf(seen: Seen, response: ServerResponse, reply: HttpReply): Facts {
  const { request, at, session, classified, body } = seen;
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
  const gone = response.destroyed && !response.writableFinished;
  return {
    at,
    ms: Date.now() - at,
    client: session?.client ?? implementationName(info),
    userAgent: request.headers['user-agent'] ?? null,
    method: message?.method ?? (classified?.kind === 'response' ? 'answer' : (request.method ?? 'POST')),
    tool: typeof named === 'string' ? named : null,
    transport: request.method === 'GET' ? 'stream' : 'http',
    era: classified?.era ?? null,
    protocol: typeof version === 'string' ? version : (headerOf(request, 'mcp-protocol-version') ?? null),
    status: response.statusCode,
    ...outcomeOf(reply, request, gone),
  };
}

type Outcome = Pick<Facts, 'code' | 'failure' | 'detail' | 'runId'>;

const FINE: Outcome = { code: null, failure: null, detail: null, runId: null };

function outcomeOf(reply: HttpReply, request: IncomingMessage, gone: boolean): Outcome {
  const { failed } = reply;
  if (failed === null) return gone ? { ...FINE, failure: 'gone' } : FINE;
  if (typeof failed === 'string') {
    const runId = runOf(failed);
    return { ...FINE, failure: runId === null ? 'bad_arguments' : 'tool_failed', runId };
  }
  // A run of a prompt or a resource that waits for somebody is in order, and is told with an error all the same.
  if (failed.status === 200 && failed.code === -32_000) return FINE;
  const failure = failureOf(failed, request);
  const tells = TELLING.has(failure) && !failed.message.startsWith('Resource');
  return { code: failed.code, failure, detail: tells ? failed.message : null, runId: null };
}

/** Of these the gateway’s words name nothing that a caller sent but methods, names and versions; a URI may hold arguments. */
const TELLING = new Set<RequestFailure>([
  'headers_differ',
  'client_lacks',
  'wrong_version',
  'unknown_method',
  'unknown_tool',
  'bad_message',
  'internal',
]);

const BY_STATUS: Readonly<Record<number, RequestFailure>> = {
  405: 'no_stream',
  408: 'too_slow',
  413: 'too_large',
  415: 'not_json',
  429: 'too_many',
  503: 'busy',
};

const BY_CODE: Readonly<Record<number, RequestFailure>> = {
  [-32_700]: 'not_json',
  [-32_601]: 'unknown_method',
  [-32_020]: 'headers_differ',
  [-32_021]: 'client_lacks',
  [-32_022]: 'wrong_version',
  [-32_001]: 'session_unknown',
  [-32_002]: 'unknown_tool',
  [-32_603]: 'internal',
};

function failureOf({ status, code, message }: Fault, request: IncomingMessage): RequestFailure {
  if (status === 401 || message.startsWith('Too many requests from this address'))
    return hasKey(request) ? 'wrong_key' : 'no_key';
  if (status === 403) return request.headers.origin === undefined ? 'wrong_name' : 'wrong_origin';
  if (code === -32_602) {
    if (message.startsWith('params.')) return 'bad_message';
    return /^(Unknown|Resource not found)/.test(message) ? 'unknown_tool' : 'bad_arguments';
  }
  if (code === -32_603 && status === 200) return 'tool_failed';
  if (status === 400 && message.startsWith('Never put a key')) return 'key_in_address';
  if (message.startsWith('MCP-Protocol-Version')) return 'wrong_version';
  return BY_STATUS[status] ?? BY_CODE[code] ?? 'bad_message';
}

function hasKey(request: IncomingMessage): boolean {
  const key = presentedKey(request);
  return key !== null && key !== '';
}

/** As much of a refused key as lists of keys show of a good one. */
function previewOf(request: IncomingMessage): string | null {
  const key = presentedKey(request);
  if (!key) return null;
  return /^pbk_\w{4}/.exec(key)?.[0].concat('…') ?? null;
}

function slugOf(request: IncomingMessage): string | null {
  try {
    return projectSlug((request.url ?? '').split('?', 1)[0]!);
  } catch {
    return null;
  }
}

/** The run that a result names; null when there was none, or the text is something else. */
function runOf(resultJson: string): string | null {
  const result: unknown = JSON.parse(resultJson);
  const meta = isObject(result) ? result['_meta'] : undefined;
  const run = isObject(meta) ? meta['patchbay/run'] : undefined;
  return typeof run === 'string' ? run : null;
}
