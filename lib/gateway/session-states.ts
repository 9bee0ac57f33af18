import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE_CHANGED } from '#lib/db/events.ts';
import type { ChangedSession } from '#lib/db/mcp-sessions.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { Fault } from './errors.ts';
import type { Caller } from './exchange.ts';
import type { Session } from './sessions.ts';

/** Whose session it is. */
type Owner = Pick<Caller, 'project' | 'principal'>;

/** Something of a session is another now: a SessionChanged. */
const SESSION_CHANGED = 'session.changed';

interface SessionChanged {
  name: string;
  /** For good. */
  ended: boolean;
}

/** ms that news take to all processes, on a busy machine too. Sessions change seldom, and nobody waits for it. */
const NEWS_MS = 250;
/** Of sessions that this process knows about. */
const MAX_KNOWN = 10_000;

const UNCHANGED: ChangedSession = { logLevel: null, endedAt: null };

/**
 * What changed of the sessions of 2025 clients since they began: how much of the log they want, and that they ended. It is
 * read once for each session and process; a session that began here is known without.
 */
export class SessionStates {
  readonly #app: App;
  readonly #known = new Map<string, ChangedSession | Promise<ChangedSession>>();
  readonly #ends: (() => void)[];

  /** `onEnd` is told the names of sessions that end, in whichever process. */
  constructor(app: App, onEnd: (name: string) => void) {
    this.#app = app;
    this.#ends = [
      app.events.subscribe(SESSION_CHANGED, (payload) => {
        const { name, ended } = payload as unknown as SessionChanged;
        this.#known.delete(name);
        if (ended) onEnd(name);
      }),
      app.events.subscribe(DATABASE_CHANGED, () => this.#known.clear()),
    ];
  }

  /** It has just begun: there is nothing to read. */
  began({ name }: Session): void {
    this.#remember(name, UNCHANGED);
  }

  /** Throws Fault 404 when it has ended, at once where that is known. */
  mustBeOpen(owner: Owner, session: Session): void | Promise<void> {
    const state = this.#stateOf(owner, session);
    return state instanceof Promise ? state.then(refuseEnded) : refuseEnded(state);
  }

  /** The least urgent level of log messages that it wants; null when it did not say. */
  logLevel(owner: Owner, session: Session): string | null | Promise<string | null> {
    const state = this.#stateOf(owner, session);
    return state instanceof Promise ? state.then(({ logLevel }) => logLevel) : state.logLevel;
  }

  /** From now on, in every process. */
  async setLogLevel(owner: Owner, session: Session, logLevel: string): Promise<void> {
    await this.#stored(owner).setLogLevel(owner.project.id, markOf(session), logLevel);
    await this.#tell({ name: session.name, ended: false });
  }

  /** For good, in every process. What it was subscribed to is forgotten. */
  async end(owner: Owner, session: Session): Promise<void> {
    await this.#stored(owner).end(owner.project.id, markOf(session));
    await this.#tell({ name: session.name, ended: true });
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#known.clear();
  }

  /** Resolves when all processes should have heard: the client's next request, at another one, must not overtake the news. */
  async #tell({ name, ended }: SessionChanged): Promise<void> {
    const { events, db } = this.#app;
    await events.publish(SESSION_CHANGED, { name, ended });
    if (db.provider === 'postgresql') await sleep(NEWS_MS);
  }

  #stored({ principal }: Owner) {
    return repository(this.#app.db, principal).sessions;
  }

  #stateOf(owner: Owner, { name }: Session): ChangedSession | Promise<ChangedSession> {
    const known = this.#known.get(name);
    if (known) return known;
    const reading = this.#stored(owner)
      .find(owner.project.id, name)
      .then((found) => found ?? UNCHANGED);
    this.#remember(name, reading);
    // News that came meanwhile took it out: what was read may be older than they are.
    const settle = (state: ChangedSession | null) => {
      if (this.#known.get(name) !== reading) return;
      if (state) this.#known.set(name, state);
      else this.#known.delete(name);
    };
    reading.then(settle, () => settle(null));
    return reading;
  }

  #remember(name: string, state: ChangedSession | Promise<ChangedSession>): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(name, state);
  }
}

function markOf({ name, expiresAt }: Session): { name: string; expiresAt: Date } {
  return { name, expiresAt: new Date(expiresAt) };
}

function refuseEnded({ endedAt }: ChangedSession): void {
  if (endedAt === null) return;
  throw new Fault('session_unknown', 'This session was ended. Send initialize to begin a new one.');
}
