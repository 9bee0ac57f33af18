import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DATABASE_CHANGED } from '#lib/db/events.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { Fault, faultJson } from './errors.ts';
import { END_OF_STREAM, type EventPlace } from './event-ids.ts';
import { isPrimed, RETRY_MS, type StreamOwner } from './kept-stream.ts';
import { EventStream } from './stream.ts';

/** A client reads this stream elsewhere, from this message on; whoever holds it stores what comes: `{ stream, after, reader }`. */
export const STREAM_WANTED = 'stream.wanted';
/** There are new messages, or at least somebody who makes them: `{ stream, number }`. */
export const STREAM_STORED = 'stream.stored';
/** The process that holds the stream has its reader again: `{ stream }`. */
export const STREAM_TAKEN = 'stream.taken';
/** Whoever held the stream gave it up: `{ stream }`. */
export const STREAM_GONE = 'stream.gone';
/** The answer was handed out: `{ stream }`. */
export const STREAM_DELIVERED = 'stream.delivered';

/** How often whoever holds the stream is asked for a sign of life, and how long that may take; in ms. */
const ASK_MS = 10_000;
const PATIENCE_MS = 3000;

type Place = EventPlace & StreamOwner & { number: number; isGone: boolean };

/** A stream that was begun by another process, or by one that has ended, for a client that comes back here. */
export class StoredStream {
  readonly id = randomUUID();
  readonly #app: App;
  readonly #place: Place;
  readonly #response: ServerResponse;
  readonly #out: EventStream;
  readonly #ends: (() => void)[];
  #over = false;
  /** Whoever holds the stream was heard since it was asked last. */
  #heard = false;
  #gone: boolean;
  #unread = false;
  #wake: () => void = () => {};

  constructor(app: App, place: Place, response: ServerResponse) {
    this.#app = app;
    this.#place = place;
    this.#gone = place.isGone;
    this.#response = response;
    this.#out = new EventStream(response);
    if (isPrimed(place.session)) this.#out.prime(this.#idOf(place.number), RETRY_MS);
    const news = () => {
      this.#unread = true;
      this.#wake();
    };
    const own = (then: (payload: { stream: string; reader?: string }) => void) => (payload: unknown) => {
      if ((payload as { stream?: string }).stream === place.stream) then(payload as { stream: string });
    };
    this.#ends = [
      app.events.subscribe(
        STREAM_STORED,
        own(() => {
          this.#heard = true;
          news();
        }),
      ),
      app.events.subscribe(
        STREAM_GONE,
        own(() => {
          this.#gone = true;
          news();
        }),
      ),
      app.events.subscribe(
        STREAM_WANTED,
        own(({ reader }) => reader !== this.id && this.end()),
      ),
      app.events.subscribe(
        STREAM_TAKEN,
        own(() => this.end()),
      ),
      app.events.subscribe(DATABASE_CHANGED, news),
    ];
    this.#out.onClose(() => this.end());
  }

  /** Resolves when the stream is over, or its reader gone. Never rejects. */
  async run(): Promise<void> {
    const { stream, projectId, principal } = this.#place;
    let { number } = this.#place;
    const { streamMessages } = repository(this.#app.db, principal);
    let askedAt = 0;
    try {
      while (!this.#over) {
        this.#unread = false;
        const messages = await streamMessages.list(projectId, stream, number);
        for (const message of messages) {
          if (this.#over) return;
          number = message.number;
          if (message.last) return this.#finish(message.json, number);
          this.#out.send(message.json, this.#idOf(number));
        }
        if (messages.length > 0) continue;
        const unheard = askedAt > 0 && !this.#heard && Date.now() - askedAt >= PATIENCE_MS;
        if (unheard || this.#gone) return this.#lost();
        if (Date.now() - askedAt >= ASK_MS) {
          askedAt = Date.now();
          this.#heard = false;
          this.#app.events.publish(STREAM_WANTED, { stream, after: number, reader: this.id });
        }
        await this.#news(this.#heard ? askedAt + ASK_MS : askedAt + PATIENCE_MS);
      }
    } catch (error) {
      this.#app.log.warn({ err: error }, 'a stream that was stored could not be read');
    } finally {
      this.end();
    }
  }

  /** Ends the connection. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const end of this.#ends) end();
    this.#out.end();
    this.#wake();
  }

  #finish(json: string, number: number): void {
    const { stream } = this.#place;
    this.#response.once('finish', () => this.#app.events.publish(STREAM_DELIVERED, { stream }));
    this.#out.end(json, this.#idOf(number));
  }

  /** Nobody holds it any more, and no answer was stored. */
  #lost(): void {
    const { requestId, prefix } = this.#place;
    const end = `${prefix}${END_OF_STREAM}`;
    // The client is not to come back for it, which some do even after an error.
    if (requestId === null) this.#out.prime(end, RETRY_MS);
    else this.#out.end(faultJson(new Fault({ code: -32_000, status: 200 }, LOST), requestId), end);
  }

  #news(until: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, Math.max(until - Date.now(), 0) + 1);
      this.#wake = done;
      if (this.#unread || this.#over) done();
    });
  }

  #idOf(number: number): string {
    return `${this.#place.prefix}${number}`;
  }
}

const LOST =
  'The answer to this request is lost: the server that worked on it has ended, or nobody came back for it in time. Send the request again.';
