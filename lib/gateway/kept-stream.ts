import type { Principal } from '#lib/db/principal.ts';
import type { StreamMessage } from '#lib/db/stream-messages.ts';
import type { Session } from './sessions.ts';
import type { EventStream } from './stream.ts';

/** Messages of one stream that are kept for a client that comes back: the newest, and all that it must answer. */
const MAX_MESSAGES = 200;
/** Their length in all, in UTF-16 units. */
const MAX_LENGTH = 8 * 1024 * 1024;

/** ms after which a client comes back that has lost a stream: so long that a restart may be over. */
export const RETRY_MS = 3000;
/** The same, where nothing is wrong. */
const POLL_RETRY_MS = 500;

const PRIMED_FROM = '2025-11-25';

/** Whose stream it is. */
export interface StreamOwner {
  session: Session;
  projectId: string;
  principal: Principal;
  admissionKey: string;
}

export interface StreamFacts {
  /** Its name. */
  name: string;
  /** What the ids of its events begin with. */
  prefix: string;
  session: Session;
  projectId: string;
  admissionKey: string;
}

export interface StreamHooks {
  /** It has a reader no more. `delivered`: the answer was handed to the network before. */
  away(delivered: boolean): void;
  /** A message was added. */
  added(): void;
}

interface KeptMessage extends StreamMessage {
  /** The client need not get it: newer ones say more. */
  spare: boolean;
}

/**
 * The event stream of one request of a session. Its messages are numbered and kept, so that a client whose connection
 * breaks goes on where it was; the call behind it does not notice.
 */
export class KeptStream {
  readonly facts: StreamFacts;
  readonly #hooks: StreamHooks;
  readonly #pollMs: number;
  #messages: KeptMessage[] = [];
  #length = 0;
  #number = 0;
  #reader: EventStream | null = null;
  #poll: NodeJS.Timeout | undefined;
  /** The answer is among the messages. */
  ended = false;
  /** It is kept no longer, and a client that comes back is told so. */
  dropped = false;
  /** Called when its client got the answer after all. */
  readonly onDelivered: (() => void)[] = [];
  /** Called when it has no reader any more, before the answer. */
  onAway: (() => void) | null = null;

  /** `pollMs`: a connection is closed after so long, and the client comes back; 0 for never. */
  constructor(facts: StreamFacts, hooks: StreamHooks, pollMs = 0) {
    this.facts = facts;
    this.#hooks = hooks;
    this.#pollMs = pollMs;
  }

  /** Of all messages that are kept. */
  get length(): number {
    return this.#length;
  }

  get hasReader(): boolean {
    return this.#reader !== null;
  }

  /** The number of the last message so far. */
  get number(): number {
    return this.#number;
  }

  /** Messages behind this one, as far as they are kept. */
  after(number: number): KeptMessage[] {
    return this.#messages.filter((message) => message.number > number);
  }

  /** From now on this is the reader, in place of the one before; it has all up to `number` already. */
  attach(reader: EventStream, number: number): void {
    this.detach();
    this.#reader = reader;
    // Also of a stream that is taken up again: a client forgets the place with the connection that it lost.
    if (isPrimed(this.facts.session)) reader.prime(this.#idOf(number), RETRY_MS);
    reader.onClose(() => this.#closed(reader));
    for (const message of this.after(number)) this.#tell(message);
    if (this.#pollMs > 0 && isPrimed(this.facts.session) && !this.ended) {
      this.#poll = setTimeout(() => this.#letCome(), this.#pollMs);
    }
  }

  /** Ends the connection of the reader, if it has one. */
  detach(): void {
    clearTimeout(this.#poll);
    const reader = this.#reader;
    this.#reader = null;
    reader?.end();
  }

  /** `spare`: need not be kept for long, as later ones say more. */
  send(json: string, { spare = false } = {}): void {
    this.#add({ number: this.#number + 1, json, last: false, spare });
  }

  /** The answer. */
  end(json: string): void {
    if (this.ended) return;
    this.ended = true;
    this.#add({ number: this.#number + 1, json, last: true, spare: false });
  }

  /** Keeps nothing any longer. */
  drop(): void {
    this.dropped = true;
    this.#messages = [];
    this.#length = 0;
    this.onDelivered.length = 0;
  }

  #add(message: KeptMessage): void {
    this.#number = message.number;
    if (!this.dropped) {
      this.#messages.push(message);
      this.#length += message.json.length;
      this.#trim();
    }
    if (this.#reader) this.#tell(message);
    this.#hooks.added();
  }

  /** Leaves out the oldest of those that are spare. */
  #trim(): void {
    while (this.#messages.length > MAX_MESSAGES || this.#length > MAX_LENGTH) {
      const index = this.#messages.findIndex(({ spare }) => spare);
      if (index === -1) {
        this.drop();
        return;
      }
      this.#length -= this.#messages[index]!.json.length;
      this.#messages.splice(index, 1);
    }
  }

  #tell({ number, json, last }: StreamMessage): void {
    if (last) {
      clearTimeout(this.#poll);
      this.#reader?.end(json, this.#idOf(number));
    } else {
      this.#reader?.send(json, this.#idOf(number));
    }
  }

  /** A connection that is open for so long may be cut on its way: the client is told to come back with another one. */
  #letCome(): void {
    this.#reader?.prime(this.#idOf(this.#number), POLL_RETRY_MS);
    this.detach();
    this.#leave();
  }

  #closed(reader: EventStream): void {
    if (this.#reader !== reader) return;
    clearTimeout(this.#poll);
    this.#reader = null;
    if (this.ended && reader.flushed) {
      for (const listener of this.onDelivered.splice(0)) listener();
      this.#hooks.away(true);
    } else {
      this.#leave();
    }
  }

  #leave(): void {
    this.#hooks.away(false);
    this.onAway?.();
  }

  #idOf(number: number): string {
    return `${this.facts.prefix}${number}`;
  }
}

/** Whether the client of this session knows what an event without a message is for. */
export function isPrimed({ protocolVersion }: Session): boolean {
  return protocolVersion >= PRIMED_FROM;
}
