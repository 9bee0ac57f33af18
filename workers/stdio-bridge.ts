import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEgress, type Egress, type EgressStream } from '#lib/egress/fetch.ts';
import { isRequest, metaOf, type RequestId } from '#lib/gateway/protocol.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A server says something every 15 s on a stream. */
const QUIET_MS = 60_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_ANSWERS_BYTES = 1024 * 1024 * 1024;
/** Requests at once, each with a stream of its own. */
const MAX_SOCKETS = 256;
/** What is under way when standard input ends has this long to be answered. */
const GRACE_MS = 5000;
const REOPEN_MS = 1000;
const REFUSED = -32_000;
const SESSION_UNKNOWN = -32_001;
const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';

export interface BridgeOptions {
  /** The MCP address of a project on a running server. */
  url: string;
  key: string | undefined;
  input: Readable;
  output: Writable;
  /** What a person should know, a line at a time. */
  say(text: string): void;
}

/**
 * Carries messages between lines, as clients exchange them with a program they start, and a running server over
 * Streamable HTTP, in both eras of the protocol. Resolves when the input has ended and what was under way is answered.
 */
export async function bridge(options: BridgeOptions): Promise<void> {
  const { hostname } = new URL(options.url);
  const egress = createEgress({
    allow: [hostname],
    limits: {
      longestMs: DAY_MS,
      requestBytes: MAX_MESSAGE_BYTES,
      largestBytes: MAX_ANSWERS_BYTES,
      socketsPerHost: MAX_SOCKETS,
    },
  });
  const carrier = new Bridge(options, egress);
  try {
    for await (const line of createInterface({ input: options.input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() !== '') carrier.take(line);
    }
    await carrier.end();
  } finally {
    await egress.close();
  }
}

class Bridge {
  readonly #options: BridgeOptions;
  readonly #egress: Egress;
  /** Ends everything. */
  readonly #over = new AbortController();
  /** Requests of 2026-07-28 that are not answered: they are taken back by closing their stream. */
  readonly #modern = new Map<RequestId, AbortController>();
  readonly #underway = new Set<Promise<void>>();
  /** What began the session of 2025, and what is known of it. */
  #initialize: JsonObject | null = null;
  #session: { id: string | undefined; version: string | undefined } | null = null;
  #listens = false;

  constructor(options: BridgeOptions, egress: Egress) {
    this.#options = options;
    this.#egress = egress;
  }

  /** Takes a line from the client. */
  take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#fault(null, 'A line is not JSON.', -32_700);
      return;
    }
    if (isJsonObject(message) && message['method'] === 'notifications/cancelled') {
      const id = isJsonObject(message['params']) ? message['params']['requestId'] : undefined;
      const request = this.#modern.get(id as RequestId);
      if (request) {
        request.abort();
        return;
      }
    }
    const carried = this.#carry(message, line).finally(() => this.#underway.delete(carried));
    // One that listens has no answer to wait for.
    if (!isJsonObject(message) || message['method'] !== 'subscriptions/listen') this.#underway.add(carried);
  }

  async end(): Promise<void> {
    await Promise.race([Promise.all(this.#underway), sleep(GRACE_MS, undefined, { ref: false })]);
    this.#over.abort();
    await Promise.all(this.#underway);
  }

  async #carry(message: unknown, line: string): Promise<void> {
    const request = isRequest(message) ? message : null;
    const isModern = request !== null && metaOf(request)[PROTOCOL_VERSION] !== undefined;
    const gone = new AbortController();
    if (request && isModern) this.#modern.set(request.id, gone);
    let answered = request === null;
    const pass = (told: JsonObject) => {
      if (request && told['id'] === request.id && !('method' in told)) answered = true;
      this.#write(told);
    };
    try {
      const signal = AbortSignal.any([gone.signal, this.#over.signal]);
      await this.#exchange({ message, line, isModern, signal }, pass);
      if (!answered && !gone.signal.aborted)
        throw new Error('The server ended the connection before it answered.');
    } catch (error) {
      if (gone.signal.aborted || this.#over.signal.aborted) return;
      const text = error instanceof Error ? error.message : String(error);
      this.#options.say(text);
      if (request && !answered) this.#fault(request.id, text);
    } finally {
      if (request && this.#modern.get(request.id) === gone) this.#modern.delete(request.id);
    }
  }

  async #exchange(
    sent: { message: unknown; line: string; isModern: boolean; signal: AbortSignal },
    pass: (told: JsonObject) => void,
  ): Promise<void> {
    const { message, line, isModern, signal } = sent;
    const method = isJsonObject(message) ? message['method'] : undefined;
    const begins = method === 'initialize';
    if (begins) this.#initialize = message as JsonObject;
    const headers = begins || isModern ? {} : this.#sessionHeaders();
    const answer = await this.#open({ method: 'POST', headers, body: line }, signal);
    const id = isRequest(message) ? message.id : null;
    for await (const told of messagesOf(answer)) {
      // Refused before the server had read whose message it is.
      const own = told['id'] === null && id !== null ? { ...told, id } : told;
      const { error } = own;
      const lost = isJsonObject(error) && error['code'] === SESSION_UNKNOWN && !begins;
      if (lost && (await this.#beginAgain(signal))) return this.#exchange(sent, pass);
      if (begins) this.#begun(answer, own);
      pass(own);
    }
    if (method === 'notifications/initialized') this.#listen();
  }

  /** The server forgot the session, after a week or with its keys: the client need not know. */
  async #beginAgain(signal: AbortSignal): Promise<boolean> {
    if (!this.#initialize || !this.#session) return false;
    this.#session = null;
    const answer = await this.#open(
      { method: 'POST', headers: {}, body: JSON.stringify(this.#initialize) },
      signal,
    );
    for await (const told of messagesOf(answer)) this.#begun(answer, told);
    return this.#session !== null;
  }

  #begun({ headers }: EgressStream, { result }: JsonObject): void {
    if (!isJsonObject(result)) return;
    const version = result['protocolVersion'];
    this.#session = {
      id: headers['mcp-session-id'],
      version: typeof version === 'string' ? version : undefined,
    };
  }

  #sessionHeaders(): Record<string, string> {
    const { id, version } = this.#session ?? {};
    return { ...(id && { 'mcp-session-id': id }), ...(version && { 'mcp-protocol-version': version }) };
  }

  /** From now on passes on what the server says unasked, until the end. */
  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    void this.#listenOn();
  }

  async #listenOn(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        const answer = await this.#open(
          { method: 'GET', headers: this.#sessionHeaders(), body: null },
          signal,
        );
        if (answer.status !== 200) {
          await answer.body.cancel();
          if (answer.status < 500 && answer.status !== 429) return;
        } else {
          for await (const told of messagesOf(answer)) this.#write(told);
        }
      } catch {
        // Gone for a moment; a call would say more.
      }
      await sleep(REOPEN_MS, undefined, { ref: false, signal }).catch(() => {});
    }
  }

  #open(
    { method, headers, body }: { method: string; headers: Record<string, string>; body: string | null },
    signal: AbortSignal,
  ): Promise<EgressStream> {
    const { url, key } = this.#options;
    return this.#egress.open(
      {
        method,
        url,
        headers: {
          accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
          ...(body !== null && { 'content-type': 'application/json' }),
          ...headers,
        },
        body,
        ...(key !== undefined && { sensitiveHeaders: { authorization: `Bearer ${key}` } }),
        timeoutMs: DAY_MS,
        quietMs: QUIET_MS,
        maxBytes: MAX_ANSWERS_BYTES,
        followRedirects: false,
      },
      signal,
    );
  }

  #fault(id: RequestId | null, message: string, code = REFUSED): void {
    this.#write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  #write(message: JsonObject): void {
    this.#options.output.write(`${JSON.stringify(message)}\n`);
  }
}

/** The messages of an answer, as they come: one, those of a stream, or none. Throws for an answer that is something else. */
async function* messagesOf({ status, headers, body }: EgressStream): AsyncGenerator<JsonObject> {
  const streams = headers['content-type']?.startsWith('text/event-stream') ?? false;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (!streams) continue;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data) yield JSON.parse(data) as JsonObject;
    }
  }
  if (streams || text === '') return;
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Error(
      `The server answered with status ${status}, and not with a message. Is the address right?`,
    );
  }
  for (const one of Array.isArray(told) ? told : [told]) if (isJsonObject(one)) yield one;
}
