import type { ServerResponse } from 'node:http';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { Fault } from './errors.ts';
import { createEventIds, type EventIds } from './event-ids.ts';
import { KeptStream, type StreamFacts, type StreamOwner } from './kept-stream.ts';
import type { RequestId } from './protocol.ts';
import { sendEmpty } from './reply.ts';
import {
  STREAM_DELIVERED,
  STREAM_GONE,
  STREAM_STORED,
  STREAM_TAKEN,
  STREAM_WANTED,
  StoredStream,
} from './stored-stream.ts';
import { EventStream } from './stream.ts';

export interface KeptLimits {
  /** ms that a stream without a reader is kept, and the call behind it goes on. */
  awayMs: number;
  /** The same, when the answer was handed to the network: it may have got lost there. */
  doneMs: number;
  /** Streams without a reader of one key, and of the process; the oldest is given up. */
  perCaller: number;
  perProcess: number;
  /** UTF-16 units of all that is kept. */
  length: number;
  /** Clients that read here what another process holds. */
  readers: number;
  /** ms between two looks for what is kept no longer. */
  sweepMs: number;
}

const LIMITS: KeptLimits = {
  awayMs: 5 * 60_000,
  doneMs: 60_000,
  perCaller: 100,
  perProcess: 1000,
  length: 64 * 1024 * 1024,
  readers: 1000,
  sweepMs: 5000,
};

/** A client that comes back at once, to the same process, costs no row. */
const STORE_AFTER_MS = 1000;
/** Rows of one stream; of those that are spare, none come after so many. */
const MAX_ROWS = 1000;
/** Names that are remembered of streams that were given up. */
const MAX_GIVEN_UP = 2000;

interface Entry {
  stream: KeptStream;
  principal: Principal;
  /** Ends the call when nobody comes back for it. */
  giveUp(): void;
  /** Since when it has no reader, or was last read elsewhere. */
  awayAt: number;
  /** The answer was handed to the network. */
  delivered: boolean;
  /** Messages up to this one need not be stored. */
  stored: number;
  /** How many are. */
  rows: number;
  /** Its messages are read as rows. */
  storing: boolean;
  writing: Promise<void> | null;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The event streams of sessions, whose clients may come back with the id of the last event they saw: to this process,
 * to another one, or to one that is started later. As long as a stream is expected to be taken up again its call goes on.
 */
export class KeptStreams {
  readonly #app: App;
  readonly #limits: KeptLimits;
  readonly #ids: EventIds;
  /** By name. Those without a reader are in the order in which they lost it. */
  readonly #entries = new Map<string, Entry>();
  readonly #readers = new Map<string, StoredStream>();
  /** Names of streams that were given up here: who asks for one need not wait whether anybody has it. */
  readonly #givenUp = new Set<string>();
  readonly #ends: (() => void)[];
  readonly #sweep: NodeJS.Timeout;
  #closing = false;

  constructor(app: App, limits: Partial<KeptLimits> = {}) {
    this.#app = app;
    this.#limits = { ...LIMITS, ...limits };
    this.#ids = createEventIds(app.secrets);
    this.#ends = [
      app.events.subscribe(STREAM_WANTED, (payload) => {
        const { stream, after } = payload as { stream: string; after: number };
        this.#handOver(stream, after);
      }),
      app.events.subscribe(STREAM_DELIVERED, (payload) => {
        this.#delivered((payload as { stream: string }).stream);
      }),
    ];
    this.#sweep = setInterval(() => this.#look(), this.#limits.sweepMs);
    this.#sweep.unref();
  }

  /** Begins the stream of a request on its own response. `giveUp` is called when nobody comes back for the answer. */
  open(
    response: ServerResponse,
    requestId: RequestId,
    { session, projectId, principal, admissionKey }: StreamOwner,
    giveUp: () => void,
  ): KeptStream {
    const { stream: name, prefix } = this.#ids.issue(requestId, session);
    const facts: StreamFacts = { name, prefix, session, projectId, admissionKey };
    const stream = new KeptStream(
      facts,
      {
        away: (delivered) => this.#away(name, delivered),
        added: () => this.#added(name),
      },
      this.#app.env.streamSeconds * 1000,
    );
    this.#entries.set(name, {
      stream,
      principal,
      giveUp,
      awayAt: Number.POSITIVE_INFINITY,
      delivered: false,
      stored: 0,
      rows: 0,
      storing: false,
      writing: null,
      timer: undefined,
    });
    stream.attach(new EventStream(response), 0);
    return stream;
  }

  /**
   * Goes on with a stream on a new response, behind the event that its client saw last. False for an id that this
   * session was never sent. Throws Fault when there are too many.
   */
  resume(response: ServerResponse, eventId: string, owner: StreamOwner): boolean {
    const place = this.#ids.open(eventId, owner.session);
    if (!place) return false;
    const { stream: name, number } = place;
    const entry = this.#entries.get(name);
    if (number === null || (entry?.stream.ended && !entry.stream.dropped && number >= entry.stream.number)) {
      // All was said: whoever is told so with an empty stream comes back for more again and again.
      sendEmpty(response, 204);
      return true;
    }
    if (entry && !entry.stream.dropped) {
      clearTimeout(entry.timer);
      if (entry.storing) this.#app.events.publish(STREAM_TAKEN, { stream: name });
      entry.storing = false;
      entry.awayAt = Number.POSITIVE_INFINITY;
      entry.stream.attach(new EventStream(response), number);
      return true;
    }
    if (this.#readers.size >= this.#limits.readers) {
      throw new Fault('unavailable', 'Too many open streams.', { headers: { 'retry-after': '5' } });
    }
    const isGone = this.#givenUp.has(name);
    const reader = new StoredStream(this.#app, { ...place, number, isGone, ...owner }, response);
    this.#readers.set(reader.id, reader);
    void reader.run().finally(() => this.#readers.delete(reader.id));
    return true;
  }

  /** Sends those away that read here what another process holds: they come back to one that stays. */
  leave(): void {
    this.#closing = true;
    for (const reader of this.#readers.values()) reader.end();
  }

  /** Stores what nobody has read yet. Call it when no call is running any more. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const entry of this.#entries.values()) {
      clearTimeout(entry.timer);
      if (!entry.stream.hasReader && !entry.delivered) this.#store(entry);
    }
    await Promise.all([...this.#entries.values()].map(({ writing }) => writing));
    for (const end of this.#ends) end();
  }

  #away(name: string, delivered: boolean): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    // The last in the order of those that are away.
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.awayAt = Date.now();
    entry.delivered = delivered;
    if (entry.stream.dropped) {
      this.#giveUp(entry);
      return;
    }
    if (!delivered) {
      entry.timer = setTimeout(() => this.#store(entry), this.#closing ? 0 : STORE_AFTER_MS);
      entry.timer.unref();
    }
    this.#makeRoom(entry.stream.facts.admissionKey);
  }

  #added(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    if (entry.stream.dropped) {
      if (!entry.stream.hasReader) this.#giveUp(entry);
    } else if (entry.storing) {
      this.#store(entry);
    }
  }

  /** Another process has the reader. */
  #handOver(name: string, after: number): void {
    if (this.#givenUp.has(name)) this.#app.events.publish(STREAM_GONE, { stream: name });
    const entry = this.#entries.get(name);
    if (!entry || entry.stream.dropped) return;
    entry.stream.detach();
    entry.awayAt = Date.now();
    entry.stored = Math.max(entry.stored, after);
    this.#store(entry);
    // Also when there is nothing new: so the reader knows that the call goes on.
    this.#tellStored(entry);
  }

  #delivered(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry?.stream.ended) return;
    entry.delivered = true;
    for (const listener of entry.stream.onDelivered.splice(0)) listener();
  }

  /** Writes what is not written yet, and from now on all that comes, until there is a reader in this process. */
  #store(entry: Entry): void {
    entry.storing = true;
    entry.writing ??= this.#write(entry).finally(() => {
      entry.writing = null;
    });
  }

  async #write(entry: Entry): Promise<void> {
    const { stream, principal } = entry;
    const { name, projectId } = stream.facts;
    const { streamMessages } = repository(this.#app.db, principal);
    try {
      for (;;) {
        const messages = stream.after(entry.stored);
        if (messages.length === 0) return;
        const rows = entry.rows < MAX_ROWS ? messages : messages.filter(({ spare }) => !spare);
        const expiresAt = new Date(Date.now() + this.#limits.awayMs);
        if (rows.length > 0) await streamMessages.add(projectId, name, rows, expiresAt);
        entry.rows += rows.length;
        entry.stored = messages.at(-1)!.number;
        this.#tellStored(entry);
      }
    } catch (error) {
      this.#app.log.warn({ err: error }, 'messages of a stream that its client lost were not stored');
    }
  }

  #tellStored({ stream, stored }: Entry): void {
    this.#app.events.publish(STREAM_STORED, { stream: stream.facts.name, number: stored });
  }

  #giveUp(entry: Entry): void {
    const { stream } = entry;
    const { name } = stream.facts;
    clearTimeout(entry.timer);
    this.#entries.delete(name);
    // Of one whose answer was stored, the rows say all there is to say.
    if (!stream.ended || !entry.storing) this.#givenUp.add(name);
    if (this.#givenUp.size > MAX_GIVEN_UP) this.#givenUp.delete(this.#givenUp.values().next().value!);
    stream.drop();
    if (!stream.ended) entry.giveUp();
  }

  /** Gives up the oldest while there are too many, those first whose answer was handed to the network. */
  #makeRoom(admissionKey: string): void {
    const { perCaller, perProcess, length } = this.#limits;
    let own = 0;
    let all = 0;
    let sum = 0;
    for (const { stream } of this.#entries.values()) {
      sum += stream.length;
      if (stream.hasReader) continue;
      all += 1;
      if (stream.facts.admissionKey === admissionKey) own += 1;
    }
    if (own <= perCaller && all <= perProcess && sum <= length) return;
    const away = [...this.#entries.values()].filter(({ stream }) => !stream.hasReader);
    for (const entry of away.sort((a, b) => Number(b.delivered) - Number(a.delivered))) {
      const isOwn = entry.stream.facts.admissionKey === admissionKey;
      if (all <= perProcess && sum <= length && (own <= perCaller || !isOwn)) continue;
      all -= 1;
      own -= isOwn ? 1 : 0;
      sum -= entry.stream.length;
      this.#giveUp(entry);
    }
  }

  #look(): void {
    const { awayMs, doneMs } = this.#limits;
    const now = Date.now();
    for (const entry of [...this.#entries.values()]) {
      if (entry.stream.hasReader) continue;
      if (now - entry.awayAt > (entry.delivered ? doneMs : awayMs)) this.#giveUp(entry);
    }
  }
}
