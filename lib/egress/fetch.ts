import { lookup as systemLookup } from 'node:dns/promises';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { HttpRequest, HttpResponse } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { piecesOf, readBody, tooLarge } from './body.ts';
import { guardedConnector, type Lookup } from './connector.ts';
import { failureOf } from './failure.ts';
import { checkHeaders, withoutBody, withoutPrivate } from './headers.ts';
import { createPolicy } from './policy.ts';
import { checkUrl } from './url.ts';

const MiB = 1024 * 1024;

/** Upper bounds of one exchange; times in ms, sizes in bytes. */
export interface EgressLimits {
  connectMs: number;
  /** Until the answer's headers are complete. */
  headersMs: number;
  /** Between two pieces of the answer. */
  idleMs: number;
  /** The whole exchange, when the request does not say; and the most it can say. */
  totalMs: number;
  longestMs: number;
  headerBytes: number;
  requestBytes: number;
  /** The answer, inflated, when the request does not say; and the most it can say. */
  bodyBytes: number;
  largestBytes: number;
  redirects: number;
  socketsPerHost: number;
}

export const LIMITS: EgressLimits = {
  connectMs: 5_000,
  headersMs: 15_000,
  idleMs: 15_000,
  totalMs: 30_000,
  longestMs: 300_000,
  headerBytes: 16 * 1024,
  requestBytes: 5 * MiB,
  bodyBytes: 5 * MiB,
  largestBytes: 50 * MiB,
  redirects: 5,
  socketsPerHost: 16,
};

export interface EgressOptions {
  /** The entries of EGRESS_ALLOW: addresses, CIDR ranges, exact host names. */
  allow: readonly string[];
  /** How names are looked up; the system's way unless said. */
  lookup?: Lookup;
  /** How a checked address is dialled; undici's way unless said. */
  dial?: buildConnector.connector;
  limits?: Partial<EgressLimits>;
}

export interface EgressRequest extends Omit<HttpRequest, 'connectionId'> {
  /** Credentials: sent to the request's own origin, never along a redirect to another one. */
  sensitiveHeaders?: Record<string, string>;
}

/** An answer whose body is still on its way. */
export interface EgressStream extends Omit<HttpResponse, 'body'> {
  /** Inflated. Fails with a StepError; the limits of the exchange hold until its end, or until it is cancelled. */
  body: ReadableStream<Uint8Array>;
}

/** The only way out. */
export interface Egress {
  /**
   * One exchange, redirects followed. Throws StepError: `BAD_URL`, `BAD_HEADER`, `EGRESS_BLOCKED`, `TIMEOUT`,
   * `TOO_LARGE`, `NETWORK`, or `CANCELLED` when `signal` aborts.
   */
  request(request: EgressRequest, signal: AbortSignal): Promise<HttpResponse>;
  /** The same, as soon as the headers of the answer are there. */
  open(request: EgressRequest, signal: AbortSignal): Promise<EgressStream>;
  /** Closes every connection; exchanges under way fail. */
  close(): Promise<void>;
}

/** Throws Error when an entry of `allow` cannot be read. */
export function createEgress(options: EgressOptions): Egress {
  const limits = { ...LIMITS, ...options.limits };
  const agent = new Agent({
    connect: guardedConnector({
      policy: createPolicy(options.allow),
      lookup: options.lookup ?? ((hostname) => systemLookup(hostname, { all: true })),
      dial: options.dial ?? buildConnector({ allowH2: false, timeout: limits.connectMs }),
    }),
    allowH2: false,
    connections: limits.socketsPerHost,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.idleMs,
  });
  return {
    request: (request, signal) => exchange(agent, limits, { request, signal }),
    open: (request, signal) => openExchange(agent, limits, { request, signal }),
    close: () => agent.destroy(),
  };
}

/** What is sent on one hop. */
interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
  quietMs: number | undefined;
}

interface Asked {
  request: EgressRequest;
  signal: AbortSignal;
}

async function exchange(agent: Agent, limits: EgressLimits, asked: Asked): Promise<HttpResponse> {
  const watch = watched(limits, asked);
  try {
    return await received(await follow(agent, limits, { ...asked, signal: watch.signal }));
  } catch (error) {
    throw watch.reasonOf(error);
  } finally {
    watch.end();
  }
}

async function openExchange(agent: Agent, limits: EgressLimits, asked: Asked): Promise<EgressStream> {
  const watch = watched(limits, asked);
  try {
    const answered = await follow(agent, limits, { ...asked, signal: watch.signal });
    const pieces = piecesOf(answered.body, answered.encoding, answered.maxBytes);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (!done) return controller.enqueue(value);
          watch.end();
          controller.close();
        } catch (error) {
          watch.end();
          controller.error(watch.reasonOf(failureOf(error, answered.host)));
        }
      },
      async cancel() {
        watch.cancel();
        watch.end();
        await pieces.return(undefined).catch(ignore);
      },
    });
    return { ...answered.head, body };
  } catch (error) {
    watch.end();
    throw watch.reasonOf(error);
  }
}

/** The signal that ends an exchange: when its caller takes it back, or when its time is over. */
function watched(limits: EgressLimits, { request, signal }: Asked) {
  const timeoutMs = Math.min(request.timeoutMs ?? limits.totalMs, limits.longestMs);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(overdue(timeoutMs)), timeoutMs);
  const cancel = () => stop.abort(new StepError('CANCELLED', 'The HTTP call was cancelled.'));
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return {
    signal: stop.signal,
    cancel,
    /** Whatever the wire says once it was told to stop, this is why. */
    reasonOf: (error: unknown): unknown => (stop.signal.aborted ? stop.signal.reason : error),
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}

/** An answer of which the headers are there. */
interface Answered {
  head: Omit<HttpResponse, 'body'>;
  body: Dispatcher.ResponseData['body'];
  encoding: string | undefined;
  maxBytes: number;
  host: string;
}

async function follow(agent: Agent, limits: EgressLimits, { request, signal }: Asked): Promise<Answered> {
  const maxBytes = Math.min(request.maxBytes ?? limits.bodyBytes, limits.largestBytes);
  const added = request.sensitiveHeaders ?? {};
  let hop = await firstHop(request, limits.requestBytes);
  for (let redirects = 0; ; redirects++) {
    signal.throwIfAborted();
    const answer = await send(agent, hop, signal);
    const location = request.followRedirects === false ? null : locationOf(answer);
    if (location === null) return answered(answer, hop, maxBytes);
    answer.body.on('error', ignore).destroy();
    if (redirects === limits.redirects) {
      throw new StepError('NETWORK', `${hop.url.host} redirected more than ${limits.redirects} times.`);
    }
    hop = nextHop(hop, answer.statusCode, { location, added: Object.keys(added) });
  }
}

async function firstHop(request: EgressRequest, requestBytes: number): Promise<Hop> {
  const method = request.method.toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method) || method === 'CONNECT' || method === 'TRACE') {
    throw new StepError('BAD_METHOD', `"${request.method}" is not a method that can be called.`);
  }
  const url = checkUrl(request.url);
  const headers: Record<string, string> = {
    'user-agent': 'Patchbay',
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    ...checkHeaders({ ...request.headers }),
    ...checkHeaders({ ...request.sensitiveHeaders }),
  };
  const [body, contentType] = await encoded(request.body);
  if (contentType !== null) headers['content-type'] = contentType;
  if (body && body.byteLength > requestBytes) {
    throw new StepError('TOO_LARGE', `The request is larger than ${requestBytes} bytes, which is the limit.`);
  }
  return { url, method, headers, body, quietMs: request.quietMs };
}

/** The body's bytes, and the content type of a form, which holds its boundary. */
async function encoded(body: HttpRequest['body']): Promise<[Uint8Array | null, contentType: string | null]> {
  if (body === null || body === undefined) return [null, null];
  if (typeof body === 'string') return [Buffer.from(body), null];
  if (body instanceof Uint8Array) return [body, null];
  const form = new Response(body);
  return [await form.bytes(), form.headers.get('content-type')];
}

async function send(agent: Agent, { url, method, headers, body, quietMs }: Hop, signal: AbortSignal) {
  try {
    return await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body,
      signal,
      headersTimeout: quietMs,
      bodyTimeout: quietMs,
    });
  } catch (error) {
    throw failureOf(error, url.host);
  }
}

function locationOf({ statusCode, headers }: Dispatcher.ResponseData): string | null {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return null;
  const { location } = headers;
  return (Array.isArray(location) ? location[0] : location) ?? null;
}

/** Where a redirect leads, checked like a first address, with what may be told there. */
function nextHop(hop: Hop, status: number, { location, added }: { location: string; added: string[] }): Hop {
  const url = checkUrl(location, hop.url);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new StepError('EGRESS_BLOCKED', 'Blocked by egress policy (redirect from https to http).');
  }
  let { method, headers, body } = hop;
  if (url.origin !== hop.url.origin) headers = withoutPrivate(headers, added);
  if ((status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST')) {
    method = 'GET';
    headers = withoutBody(headers);
    body = null;
  }
  return { ...hop, url, method, headers, body };
}

/** Throws StepError `TOO_LARGE` when the other side says so itself. */
function answered(answer: Dispatcher.ResponseData, { url, method }: Hop, maxBytes: number): Answered {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { statusCode: status, statusText, body } = answer;
  const empty = method === 'HEAD' || status === 204 || status === 304;
  if (!empty && Number(headers['content-length']) > maxBytes) {
    body.on('error', ignore).destroy();
    throw tooLarge(maxBytes);
  }
  return {
    head: { status, statusText, headers, url: url.href },
    body,
    encoding: empty ? undefined : headers['content-encoding'],
    maxBytes,
    host: url.host,
  };
}

async function received({ head, body, encoding, maxBytes, host }: Answered): Promise<HttpResponse> {
  try {
    return { ...head, body: await readBody(body, encoding, maxBytes) };
  } catch (error) {
    throw failureOf(error, host);
  }
}

function overdue(timeoutMs: number): StepError {
  return new StepError('TIMEOUT', `The HTTP call took longer than ${timeoutMs / 1000} s.`, {
    transient: true,
  });
}

function ignore(): void {
  // A stream that is thrown away may still fail; nobody is there to hear of it.
}
