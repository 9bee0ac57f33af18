import type { App } from '#lib/operations/app.ts';
import { ACCESS_CHANGED } from './access-changed.ts';
import { Connection, type ConnectionOptions, type ConnectionWorld, type Link } from './connection.ts';
import { Fault } from './errors.ts';

const MAX_PER_CALLER = 256;
const MAX_PER_PROCESS = 2048;
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const RECHECK_MS = 60_000;

/** The open connections of this process, whatever their transport. */
export class Connections {
  readonly #world: ConnectionWorld;
  readonly #open = new Set<Connection>();
  readonly #sweep: NodeJS.Timeout;
  readonly #ends: (() => void)[];

  constructor(app: App, world: Omit<ConnectionWorld, 'unsentOfAll'>) {
    const unsentOfAll = () => [...this.#open].reduce((sum, connection) => sum + connection.unsent(), 0);
    this.#world = { ...world, unsentOfAll };
    this.#sweep = setInterval(() => this.#check(), RECHECK_MS);
    this.#sweep.unref();
    this.#ends = ACCESS_CHANGED.map((topic) => app.events.subscribe(topic, () => this.#check()));
  }

  /** Throws Fault when there are too many. */
  admit(admissionKey: string): void {
    const own = [...this.#open].filter((other) => other.admissionKey === admissionKey).length;
    if (own < MAX_PER_CALLER && this.#open.size < MAX_PER_PROCESS) return;
    throw new Fault(own < MAX_PER_CALLER ? 'unavailable' : 'too_many', 'Too many open connections.', {
      headers: { 'retry-after': '60' },
    });
  }

  /** The transport calls `receive` of what this returns for each message, and `gone` at the end. */
  add(link: Link, options: ConnectionOptions): Connection {
    const connection = new Connection(this.#world, link, options);
    this.#open.add(connection);
    connection.onGone(() => this.#open.delete(connection));
    return connection;
  }

  /** Ends all when what is under way is answered; at once when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    clearInterval(this.#sweep);
    for (const end of this.#ends) end();
    const destroy = () => {
      for (const connection of this.#open) connection.destroy();
    };
    if (signal.aborted) destroy();
    signal.addEventListener('abort', destroy, { once: true });
    await Promise.all([...this.#open].map((connection) => connection.close()));
    signal.removeEventListener('abort', destroy);
  }

  #check(): void {
    for (const connection of this.#open) {
      if (Date.now() - connection.openedAt > MAX_AGE_MS) void connection.close();
      else void connection.check();
    }
  }
}
