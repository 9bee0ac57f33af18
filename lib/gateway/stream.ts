import type { ServerResponse } from 'node:http';

export const KEEP_ALIVE_MS = 15_000;
/** What may lie unsent in memory for one slow reader. Without a bound, 20 of them cost 2.2 GB. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** Of every answer: nothing is kept by caches or guessed at by browsers. */
export const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export const STREAM_HEADERS = {
  ...COMMON_HEADERS,
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  // Proxies would hold messages back until a buffer is full.
  'x-accel-buffering': 'no',
};

/** An open event stream. Ends by itself when the reader is gone, or reads too slowly. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;
  #stuck = false;

  /** `connection: close` is for streams that stay open for long: their end would leave an idle connection. */
  constructor(response: ServerResponse, headers?: { connection: 'close' }) {
    this.#response = response;
    response.writeHead(200, { ...STREAM_HEADERS, ...headers });
    response.flushHeaders();
    this.#keepAlive = setInterval(() => this.#tick(), KEEP_ALIVE_MS);
    response.once('close', () => clearInterval(this.#keepAlive));
  }

  /** Sends one JSON-RPC message, given as JSON text. */
  send(json: string): void {
    this.#write(`event: message\ndata: ${json}\n\n`);
  }

  end(json?: string): void {
    clearInterval(this.#keepAlive);
    this.#response.end(json === undefined ? undefined : `event: message\ndata: ${json}\n\n`);
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  #tick(): void {
    // A whole interval without taking anything: nobody reads.
    if (this.#stuck && this.#response.writableNeedDrain) this.#response.destroy();
    else this.#write(': keep-alive\n\n');
    this.#stuck = this.#response.writableNeedDrain;
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    this.#response.write(text);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) this.#response.destroy();
  }
}
