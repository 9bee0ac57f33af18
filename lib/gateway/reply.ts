import type { ServerResponse } from 'node:http';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type Fault, faultJson } from './errors.ts';
import type { KeptStream } from './kept-stream.ts';
import type { RequestId } from './protocol.ts';
import { COMMON_HEADERS, EventStream } from './stream.ts';

/** From here on a client gets signs of life: proxies and clients give up on silent answers. */
const STREAM_AFTER_MS = 1000;

/** Where the answer to one request goes. A message of a batch has no stream of its own. */
export interface Reply {
  /** Tells the caller something while it waits. Lost where nothing can be streamed. */
  notify(method: string, params: JsonObject): void;
  /** Called when the request begins to wait for something slow. */
  mayTakeLong(): void;
  /** Asks the client something on the stream of this answer. False where there is none. */
  request(id: string, method: string, params: JsonObject): boolean;
  /** Adds a header to the answer, unless it has begun. */
  header(name: string, value: string): void;
  /** The stream of this answer, where its client may come back for it after its connection broke. */
  readonly kept?: KeptStream | null;
}

/** Answers one request: with JSON, or with an event stream when something has to be said before the end. */
export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #accepts: boolean;
  #stream: EventStream | KeptStream | null = null;
  #keep: ((response: ServerResponse) => KeptStream) | null = null;
  kept: KeptStream | null = null;
  #timer: NodeJS.Timeout | null = null;
  #headers: Record<string, string> | undefined;
  /** What it was answered in place of what was asked for: an error, or (as JSON text) a result that is one. */
  failed: Fault | string | null = null;

  constructor(response: ServerResponse, accept: string | undefined) {
    this.#response = response;
    this.#accepts = accept?.includes('text/event-stream') ?? false;
  }

  /** If the answer becomes a stream, it is to be this one. */
  keepIn(keep: (response: ServerResponse) => KeptStream): void {
    this.#keep = keep;
  }

  /** Whether an answer can still get to the client. */
  get reachable(): boolean {
    return this.kept ? !this.kept.dropped : !this.#response.destroyed;
  }

  notify(method: string, params: JsonObject): void {
    const json = JSON.stringify({ jsonrpc: '2.0', method, params });
    if (!this.#open()) return;
    // A client that was away needs the latest; but every word that takes something back.
    if (this.kept) this.kept.send(json, { spare: method !== 'notifications/cancelled' });
    else this.#stream?.send(json);
  }

  mayTakeLong(): void {
    if (this.#accepts && !this.#stream) this.#timer ??= setTimeout(() => this.#open(), STREAM_AFTER_MS);
  }

  request(id: string, method: string, params: JsonObject): boolean {
    const stream = this.#open();
    stream?.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return stream !== null;
  }

  header(name: string, value: string): void {
    this.#headers = { ...this.#headers, [name]: value };
  }

  /** Ends with the result, given as JSON text. */
  result(id: RequestId, resultJson: string): void {
    if (isErrorResult(resultJson)) this.failed = resultJson;
    this.#end(200, `{"jsonrpc":"2.0","id":${idJson(id)},"result":${resultJson}}`, this.#headers);
  }

  /** Ends with an error. The HTTP status is lost when a stream is open. */
  fault(fault: Fault, id: RequestId | null | undefined): void {
    this.failed = fault;
    this.#end(fault.status, faultJson(fault, id), fault.headers);
  }

  #end(status: number, json: string, headers?: Record<string, string>): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#stream) this.#stream.end(json);
    else sendJson(this.#response, status, json, headers);
  }

  #open(): EventStream | KeptStream | null {
    if (this.kept) return this.kept;
    if (!this.#accepts || this.#response.writableEnded || this.#response.destroyed) return null;
    this.kept = this.#keep?.(this.#response) ?? null;
    this.#stream ??= this.kept ?? new EventStream(this.#response);
    return this.#stream;
  }
}

/** Results that are errors are short, and say so after their content. */
const MAX_ERROR_LENGTH = 64 * 1024;

/** Whether this result, given as JSON text, says that it is an error. */
export function isErrorResult(json: string): boolean {
  if (json.length > MAX_ERROR_LENGTH || !json.includes('"isError":true')) return false;
  return (JSON.parse(json) as { isError?: unknown }).isError === true;
}

/** Where notifications of a batch go: nowhere. */
export const NO_STREAM: Reply = {
  notify: () => {},
  mayTakeLong: () => {},
  request: () => false,
  header: () => {},
};

/** Sends a complete JSON answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers?: Record<string, string>,
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...COMMON_HEADERS,
    'content-length': Buffer.byteLength(json),
    ...headers,
  });
  response.end(json);
}

/** Sends an answer without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers?: Record<string, string>): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { ...COMMON_HEADERS, 'content-length': 0, ...headers });
  response.end();
}

export function idJson(id: RequestId): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id);
}
