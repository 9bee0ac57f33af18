import type { ServerResponse } from 'node:http';
import { Pulse } from './pulse.ts';

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

/** One for all streams of the process: of thousands that are idle, each would have a timer else. */
const keepAlive = new Pulse(KEEP_ALIVE_MS);

/** An open event stream. Ends by itself when the reader is gone, or reads too slowly. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #slot: number;
  #stuck = false;

  /** `connection: close` is for streams that stay open for long: their end would leave an idle connection. */
  constructor(response: ServerResponse, headers?: { connection: 'close' }) {
    this.#response = response;
    response.writeHead(200, headers ? { ...STREAM_HEADERS, ...headers } : STREAM_HEADERS);
    response.flushHeaders();
    this.#slot = keepAlive.add(this);
    response.once('close', () => keepAlive.remove(this, this.#slot));
  }

  /** Sends one JSON-RPC message, given as JSON text. A client that loses the stream comes back with the last `id`. */
  send(json: string, id?: string): void {
    this.#write(eventOf(json, id));
  }

  /**
   * Sends an event without a message: from now on the client knows where to go on, and how many ms it is to wait before
   * it comes back.
   */
  prime(id: string, retryMs: number): void {
    this.#write(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
  }

  end(json?: string, id?: string): void {
    keepAlive.remove(this, this.#slot);
    if (!this.#response.writableEnded) this.#response.end(json === undefined ? undefined : eventOf(json, id));
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** Whether all that was written is on its way. */
  get flushed(): boolean {
    return this.#response.writableFinished;
  }

  /** The turn of its sign of life. */
  beat(): void {
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

function eventOf(json: string, id: string | undefined): string {
  return id === undefined
    ? `event: message\ndata: ${json}\n\n`
    : `id: ${id}\nevent: message\ndata: ${json}\n\n`;
}
