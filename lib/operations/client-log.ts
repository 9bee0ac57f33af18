import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { CLIENT_LIMITS, type ClientAccess, type ClientNews } from '#lib/db/clients.ts';
import type { Database } from '#lib/db/database.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { RequestFailure } from './client-advice.ts';
import { type WriteBehind, writeBehind } from './write-behind.ts';

/** One request to a project's address, as it was answered. Holds neither arguments nor secrets. */
export interface NotedRequest {
  /** ms since the epoch. */
  at: number;
  ms: number;
  project: { id: string; organizationId: string };
  access: ClientAccess;
  keyId: string | null;
  /** What may be shown of a key that was refused. */
  preview: string | null;
  /** `claude-code 2.1`: what the client calls itself; else its User-Agent is looked at. */
  client: string | null;
  userAgent: string | null;
  /** `tools/call`; of a request without a message, the HTTP method. */
  method: string;
  /** The tool or prompt. */
  tool: string | null;
  /** `stream`: one that stays open for news. */
  transport: 'http' | 'stream' | 'websocket' | 'sse';
  era: 'modern' | 'legacy' | null;
  protocol: string | null;
  /** Of HTTP; null for a message on a connection. */
  status: number | null;
  /** Of JSON-RPC. */
  code: number | null;
  failure: RequestFailure | null;
  /** Words of ours that say more. */
  detail: string | null;
  runId: string | null;
}

/** What clients did of late, on its way to the database. */
export interface ClientLog extends WriteBehind {
  /** Takes note of a request. Every one is counted; of each client the last are kept. */
  note(request: NotedRequest): void;
}

export interface ClientLogOptions {
  db: Database;
  log: Logger;
  /** Requests under this User-Agent are the server's own. */
  ownAgent: string;
}

const FLUSH_MS = 3000;
/** Clients of all projects that wait to be stored; and of one project, such as were refused. */
const MAX_WAITING = 1000;
const MAX_REFUSED = 2 * CLIENT_LIMITS.refused;
const MAX_TEXT = 120;
/** Ways in which clients named themselves. */
const MAX_FACES = 2000;

/** What was seen of a client since it was last stored. */
interface Waiting extends Omit<ClientNews, 'log'> {
  /** Its newest requests; with as many as are kept, the next one takes the place of the oldest. */
  ring: NotedRequest[];
}

/** What a first success of these methods means for a client. */
const MILESTONE_OF: Readonly<Record<string, 'discoveredAt' | 'listedAt' | 'calledAt'>> = {
  initialize: 'discoveredAt',
  'server/discover': 'discoveredAt',
  'tools/list': 'listedAt',
  'tools/call': 'calledAt',
};

/**
 * Keeps what clients do in memory for three seconds at most, then stores it in one batch. Sorted as it comes: requests
 * that lay in one heap until then outlived the quick part of the garbage collection, and held the event loop at once.
 */
export function createClientLog({ db, log, ownAgent }: ClientLogOptions): ClientLog {
  const { clients } = repository(db, { type: 'system' });
  let waiting = new Map<string, Waiting>();
  /** The same by what requests bring along, with the version it says: to work out who it is takes longer than the rest. */
  let faces = new Map<string, { seen: Waiting; version: string | null }>();
  let failed = false;

  function add(request: NotedRequest): void {
    const found = faceOf(request);
    if (!found) return;
    const { seen, version } = found;
    const { client, ring } = seen;
    ring[client.requests % CLIENT_LIMITS.requests] = request;
    client.requests += 1;
    if (request.failure) client.failures += 1;
    client.version = version ?? client.version;
    client.protocol = request.protocol ?? client.protocol;
    const milestone = MILESTONE_OF[request.method];
    if (milestone && !request.failure) client[milestone] ??= new Date(request.at);
  }

  /** Whose request it is; null when there are too many to keep. */
  function faceOf(request: NotedRequest): { seen: Waiting; version: string | null } | null {
    const { project, access, keyId, preview, client, userAgent } = request;
    // Nothing but what a client calls itself may hold a line break.
    const face = `${project.id}\n${access}\n${keyId ?? ''}\n${preview ?? ''}\n${userAgent ?? ''}\n${client ?? ''}`;
    const known = faces.get(face);
    if (known) return known;
    const { name, version } = nameOf(request);
    const key = JSON.stringify([project.id, ...whoOf(request, name)]);
    const seen = waiting.get(key) ?? begin(key, request, { id: idOf(request, name), name, version });
    if (!seen) return null;
    const found = { seen, version };
    if (faces.size < MAX_FACES) faces.set(face, found);
    return found;
  }

  function begin(
    key: string,
    { project, access, keyId, preview, at }: NotedRequest,
    named: { id: string; name: string; version: string | null },
  ): Waiting | null {
    if (waiting.size >= MAX_WAITING) return null;
    if (access === 'refused' && refusedOf(project.id) >= MAX_REFUSED) return null;
    const seen = { firstSeenAt: new Date(at), lastSeenAt: new Date(at) };
    const reached = { discoveredAt: null, listedAt: null, calledAt: null };
    const news: Waiting = {
      projectId: project.id,
      organizationId: project.organizationId,
      client: {
        ...named,
        access,
        keyId,
        preview,
        protocol: null,
        ...seen,
        ...reached,
        requests: 0,
        failures: 0,
      },
      ring: [],
    };
    waiting.set(key, news);
    return news;
  }

  function refusedOf(projectId: string): number {
    let count = 0;
    for (const { projectId: other, client } of waiting.values()) {
      if (other === projectId && client.access === 'refused') count += 1;
    }
    return count;
  }

  async function write(): Promise<void> {
    if (waiting.size === 0) return;
    const batch = waiting;
    waiting = new Map();
    faces = new Map();
    try {
      await clients.record([...batch.values()].map(newsOf));
      failed = false;
    } catch (error) {
      // Worth a line in the log, not worth keeping: it is about what just happened.
      if (!failed) log.warn({ err: error }, 'requests of clients could not be stored');
      failed = true;
    }
  }

  return {
    ...writeBehind(FLUSH_MS, write),
    note(request) {
      if (request.userAgent !== ownAgent) add(request);
    },
  };
}

/** Name and version, as the client gave them or from the first word of its User-Agent: `curl/8.5.0`. */
function nameOf({ client, userAgent }: NotedRequest): { name: string; version: string | null } {
  const own = client === null ? null : /^(.*\S) (\S+)$/.exec(client);
  if (own) return { name: clean(own[1]!), version: own[2] === 'undefined' ? null : clean(own[2]!) };
  const agent = /^([^/\s]+)(?:\/(\S+))?/.exec(userAgent ?? '');
  if (!agent) return { name: 'unnamed', version: null };
  return { name: clean(agent[1]!), version: agent[2] === undefined ? null : clean(agent[2]) };
}

/** Two clients are one when they use the same key and the same name. */
function whoOf({ access, keyId, preview }: NotedRequest, name: string): (string | null)[] {
  return [access, keyId, preview, name];
}

function idOf(request: NotedRequest, name: string): string {
  return createHash('sha256')
    .update(JSON.stringify(whoOf(request, name)))
    .digest('base64url')
    .slice(0, 22);
}

let made = 0;

/** Ids of one process are in the order of the requests: several come within a millisecond. */
function nextId(): string {
  made += 1;
  return `${made.toString(36).padStart(10, '0')}-${randomUUID()}`;
}

/** What is stored of it: ids and texts are made now, for those requests that nothing came after. */
function newsOf({ ring, client, ...news }: Waiting): ClientNews {
  const oldest = client.requests % CLIENT_LIMITS.requests;
  const inOrder = client.requests > ring.length ? [...ring.slice(oldest), ...ring.slice(0, oldest)] : ring;
  const log = inOrder.map((request) => ({
    id: nextId(),
    at: new Date(request.at),
    facts: factsOf(request),
  }));
  return { ...news, client: { ...client, lastSeenAt: log.at(-1)!.at }, log };
}

function factsOf(request: NotedRequest): JsonObject {
  const { method, tool, transport, era, protocol, status, code, failure, detail, runId, ms } = request;
  return {
    method: clean(method),
    tool: tool === null ? null : clean(tool),
    transport,
    era,
    protocol: protocol === null ? null : clean(protocol),
    status,
    code,
    failure,
    detail: detail === null ? null : clean(detail, 300),
    runId,
    ms: Math.round(ms),
  };
}

/** What a client says of itself is text of a stranger: short, on one line, storable, and without a key in it. */
function clean(text: string, most = MAX_TEXT): string {
  return text
    .slice(0, most)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/pb([ka])_\w+/g, 'pb$1_…');
}
