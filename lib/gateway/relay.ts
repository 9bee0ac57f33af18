import { randomUUID } from 'node:crypto';
import type { App } from '#lib/operations/app.ts';
import { Fault } from './errors.ts';

/** A piece of a message for a stream that another process holds. */
const MESSAGE = 'sse.message';
/** It arrived: `{ id }`. */
const TAKEN = 'sse.taken';

interface Piece {
  /** Of the stream. */
  to: string;
  /** Of the message. */
  id: string;
  index: number;
  count: number;
  /** Base64. */
  bytes: string;
}

/** Bytes in one piece: with base64 and what is around them, less than an event may have. */
const PIECE_BYTES = 5400;
/** ms until the process that holds the stream has said that it took the message. */
const ANSWER_MS = 5000;
/** Messages on their way from this process, and their bytes: each goes to every process. */
const MAX_SENDING = 256;
const MAX_SENDING_OF_CALLER = 64;
const MAX_SENDING_BYTES = 8 * 1024 * 1024;
/** Bytes of unfinished messages that are kept here. */
const MAX_UNFINISHED_BYTES = 16 * 1024 * 1024;

interface Unfinished {
  pieces: Map<number, Buffer>;
  bytes: number;
  timer: NodeJS.Timeout;
}

/**
 * Brings messages to event streams that other processes hold, in pieces over the event bus. Whoever has the stream says
 * that the message arrived; until then its sender is not told so.
 */
export class Relay {
  readonly #app: App;
  readonly #deliver: (to: string, message: Buffer) => boolean;
  readonly #holds: (to: string) => boolean;
  readonly #ends: (() => void)[];
  readonly #sent = new Map<string, { caller: string; taken(): void }>();
  readonly #unfinished = new Map<string, Unfinished>();
  #sendingBytes = 0;
  #unfinishedBytes = 0;

  constructor(
    app: App,
    { holds, deliver }: { holds(to: string): boolean; deliver(to: string, message: Buffer): boolean },
  ) {
    this.#app = app;
    this.#holds = holds;
    this.#deliver = deliver;
    this.#ends = [
      app.events.subscribe(MESSAGE, (payload) => this.#take(payload as unknown as Piece)),
      app.events.subscribe(TAKEN, (payload) => this.#sent.get((payload as { id: string }).id)?.taken()),
    ];
  }

  /** Resolves when the message is with the stream. Throws Fault when no process has it, or too much is on its way. */
  async send(to: string, message: Buffer, caller: string): Promise<void> {
    const own = [...this.#sent.values()].filter((one) => one.caller === caller).length;
    const full = this.#sent.size >= MAX_SENDING || this.#sendingBytes + message.length > MAX_SENDING_BYTES;
    if (full || own >= MAX_SENDING_OF_CALLER) {
      throw new Fault('unavailable', 'The server is busy. Try again in a moment.', {
        headers: { 'retry-after': '1' },
      });
    }
    const id = randomUUID();
    const count = Math.max(Math.ceil(message.length / PIECE_BYTES), 1);
    this.#sendingBytes += message.length;
    try {
      const taken = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), ANSWER_MS);
        const arrived = () => {
          clearTimeout(timer);
          resolve(true);
        };
        this.#sent.set(id, { caller, taken: arrived });
      });
      for (let index = 0; index < count; index++) {
        const bytes = message.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES).toString('base64');
        this.#app.events.publish(MESSAGE, { to, id, index, count, bytes });
      }
      if (await taken) return;
    } finally {
      this.#sendingBytes -= message.length;
      this.#sent.delete(id);
    }
    throw new Fault('session_unknown', 'There is no such stream. Open a new one with GET.');
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const id of [...this.#unfinished.keys()]) this.#drop(id);
  }

  #take({ to, id, index, count, bytes }: Piece): void {
    if (!this.#holds(to)) return;
    const piece = Buffer.from(bytes, 'base64');
    const entry = this.#unfinished.get(id) ?? this.#begin(id);
    if (entry.pieces.has(index) || this.#unfinishedBytes + piece.length > MAX_UNFINISHED_BYTES) return;
    entry.pieces.set(index, piece);
    entry.bytes += piece.length;
    this.#unfinishedBytes += piece.length;
    if (entry.pieces.size < count) return;
    this.#drop(id);
    const message = Buffer.concat(Array.from({ length: count }, (_, at) => entry.pieces.get(at)!));
    if (this.#deliver(to, message)) this.#app.events.publish(TAKEN, { id });
  }

  #begin(id: string): Unfinished {
    const timer = setTimeout(() => this.#drop(id), ANSWER_MS);
    const entry = { pieces: new Map<number, Buffer>(), bytes: 0, timer };
    this.#unfinished.set(id, entry);
    return entry;
  }

  #drop(id: string): void {
    const entry = this.#unfinished.get(id);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.#unfinishedBytes -= entry.bytes;
    this.#unfinished.delete(id);
  }
}
