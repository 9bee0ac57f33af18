import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { answeredId } from './answered-id.ts';
import { parseMessage } from './body.ts';
import { takeResponse } from './client-response.ts';
import { answer, answerBatch } from './dispatch.ts';
import { type Classified, classify, type ProtocolHeaders } from './era.ts';
import { Fault, faultJson, toFault } from './errors.ts';
import type { Caller, ConnectionState } from './exchange.ts';
import { holderOf } from './holder.ts';
import { identified } from './identified.ts';
import { type Connected, noteMessage, type SeenMessage } from './note-request.ts';
import type { RequestId, RpcNotification, RpcRequest } from './protocol.ts';
import { idJson, isErrorResult, type Reply } from './reply.ts';
import type { Session } from './sessions.ts';
import type { Outlet, Subscriber, Subscriptions } from './subscriptions.ts';

/** A connection as its transport gives it: one message after the other, both ways. */
export interface Link {
  /** Sends one JSON-RPC message, given as JSON text. */
  send(json: string): void;
  /** Bytes that wait for the other side to read. */
  unsent(): number;
  /** Ends it when all is sent. `refused`: the caller may not use it any more. */
  end(why: 'over' | 'refused'): void;
  /** Ends it at once. */
  destroy(): void;
}

/** What all connections of a process share with the requests of plain HTTP. */
export interface ConnectionWorld
  extends Pick<Caller, 'app' | 'sessions' | 'states' | 'requestIds' | 'admission' | 'holds' | 'calls'> {
  subscriptions: Subscriptions;
  unexpected(error: unknown): string;
  /** Bytes unsent on all connections. */
  unsentOfAll(): number;
}

export interface ConnectionOptions extends Pick<Caller, 'admissionKey'> {
  /** Who opened it. */
  who: Pick<Caller, 'project' | 'principal'>;
  /** How, for the log of clients; null where nothing is logged. */
  opened: { transport: Connected; headers: IncomingHttpHeaders } | null;
  /** Who is there, and which project. Asked for every message: keys are revoked and releases change. Throws Fault. */
  admit(): Promise<Pick<Caller, 'project' | 'principal'>>;
}

/** Requests of one connection that are not answered yet. */
const MAX_UNDERWAY = 256;
/** What may lie unsent for a slow reader. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** The same, while all connections together have little: a large answer is no sign of a slow reader. */
const MAX_UNSENT_ANSWERS_BYTES = 16 * 1024 * 1024;
const MAX_UNSENT_OF_ALL_BYTES = 64 * 1024 * 1024;

/** Nothing repeats here what a message says. */
const NO_HEADERS: ProtocolHeaders = { version: undefined, method: undefined, name: undefined };

/** A request on its way, or a batch of them, which has no id. */
interface Underway {
  id: RequestId | null;
  requests: number;
  gone: AbortController;
  /** The caller took it back: it wants no answer. */
  cancelled: boolean;
  /** Ends what `subscriptions/listen` has opened. */
  close?: () => void;
}

/**
 * One client on one connection that carries messages both ways: a WebSocket, an event stream of 2024-11-05, standard
 * input and output. The methods are those of plain HTTP. What HTTP tells by requests and headers is told here by the
 * connection: a session of 2025 is as long as it, and it may be cancelled by closing it.
 */
export class Connection {
  readonly admissionKey: string;
  readonly openedAt = Date.now();
  readonly #world: ConnectionWorld;
  readonly #link: Link;
  readonly #options: ConnectionOptions;
  readonly #name = `connection ${randomUUID()}`;
  readonly #underway = new Set<Underway>();
  /** Of all that are under way. */
  #requests = 0;
  /** What to do when the connection is no more. */
  readonly #ends = new Set<() => void>();
  readonly #state: ConnectionState = { logLevel: null };
  /** As it was found last. */
  #who: ConnectionOptions['who'];
  #session: Session | null = null;
  #stopFollowing: (() => void) | null = null;
  #closing = false;
  #over = false;
  #idle: (() => void) | null = null;

  constructor(world: ConnectionWorld, link: Link, options: ConnectionOptions) {
    this.#world = world;
    this.#link = link;
    this.#options = options;
    this.#who = options.who;
    this.admissionKey = options.admissionKey;
  }

  /** Takes one message as it came. Never throws; what is wrong with it is told on the connection. */
  receive(bytes: Buffer): void {
    if (this.#over) return;
    const at = Date.now();
    try {
      this.take(parseMessage(bytes));
    } catch (error) {
      this.#note({ at }, this.#fault(error, null));
    }
  }

  /** Takes one message, parsed. Never throws. */
  take(body: unknown): void {
    if (this.#over) return;
    if (Array.isArray(body)) return void this.#takeBatch(body);
    const seen: SeenMessage = { at: Date.now(), body };
    let classified: Classified;
    try {
      classified = classify(body, NO_HEADERS);
    } catch (error) {
      this.#note(seen, this.#fault(error, answeredId(body, undefined)));
      return;
    }
    seen.classified = classified;
    if (classified.kind === 'request') void this.#takeRequest(classified, seen);
    else if (classified.kind === 'notification') this.#takeNotification(classified.message, seen);
    else void this.#takeAnswer(classified.message, seen);
  }

  /** Called when the transport is gone: what is still running for nobody ends. */
  gone(): void {
    if (this.#over) return;
    this.#over = true;
    for (const entry of this.#underway) {
      entry.close?.();
      entry.gone.abort(new Error('cancelled'));
    }
    for (const end of this.#ends) end();
    this.#idle?.();
  }

  /** Calls `end` when the connection is no more. */
  onGone(end: () => void): void {
    this.#ends.add(end);
  }

  /** Bytes that wait for the other side to read. */
  unsent(): number {
    return this.#link.unsent();
  }

  /** Ends it when the caller may not use it any more. */
  async check(): Promise<void> {
    try {
      await this.#options.admit();
    } catch (error) {
      if (error instanceof Fault) this.#link.end('refused');
    }
  }

  /** Refuses new requests, and ends when those under way are answered. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#underway.size > 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (!this.#over) this.#link.end('over');
  }

  /** Ends it at once. */
  destroy(): void {
    this.#link.destroy();
    this.gone();
  }

  async #takeRequest(
    { era, message }: { era: 'modern' | 'legacy'; message: RpcRequest },
    seen: SeenMessage,
  ): Promise<void> {
    const entry = underway(message.id, 1);
    const tell = (json: string) => {
      if (!entry.cancelled) this.#send(json);
    };
    try {
      this.#enter(entry);
      const caller = await this.#caller(entry.gone.signal);
      if (era === 'modern' && message.method === 'subscriptions/listen') {
        const over = this.#listen(caller, message, entry);
        this.#note(seen, null);
        await over;
        return;
      }
      const result = await answer(caller, era, message, this.#replyOf(caller, tell));
      tell(`{"jsonrpc":"2.0","id":${idJson(message.id)},"result":${result}}`);
      this.#note(seen, isErrorResult(result) ? result : null);
      if (message.method === 'initialize') this.#follow(caller);
    } catch (error) {
      const fault = toFault(error, this.#world.unexpected);
      if (!entry.cancelled) this.#fault(fault, message.id);
      this.#note(seen, fault);
    } finally {
      this.#leave(entry);
    }
  }

  async #takeBatch(batch: unknown[]): Promise<void> {
    const entry = underway(null, batch.length);
    const seen: SeenMessage = { at: Date.now(), body: batch, classified: null };
    try {
      this.#enter(entry);
      const caller = await this.#caller(entry.gone.signal);
      const headers = { ...NO_HEADERS, version: this.#session?.protocolVersion };
      const answers = await answerBatch(caller, batch, headers, this.#world.unexpected);
      if (answers !== null) this.#send(answers);
      this.#note(seen, null);
    } catch (error) {
      this.#note(seen, this.#fault(error, null));
    } finally {
      this.#leave(entry);
    }
  }

  /** Throws Fault when there is no more room, or time. */
  #enter(entry: Underway): void {
    if (this.#closing) throw new Fault('unavailable', 'The server is shutting down.');
    if (this.#requests + entry.requests > MAX_UNDERWAY) {
      throw new Fault('too_many', `${MAX_UNDERWAY} requests of this connection are not answered yet.`);
    }
    this.#requests += entry.requests;
    this.#underway.add(entry);
  }

  #leave(entry: Underway): void {
    if (this.#underway.delete(entry)) this.#requests -= entry.requests;
    if (this.#underway.size === 0) this.#idle?.();
  }

  /** Of notifications, the one that takes a request back is acted on. */
  #takeNotification({ method, params }: RpcNotification, seen: SeenMessage): void {
    this.#note(seen, null);
    if (method !== 'notifications/cancelled') return;
    const id = params?.['requestId'];
    if (typeof id !== 'string' && typeof id !== 'number') return;
    for (const entry of this.#underway) {
      if (entry.id !== id || entry.cancelled) continue;
      // Where it is to stop is known to the call when it has begun; a run that waits for its client ends with it.
      const found = this.#world.calls.cancel(this.#name, id);
      entry.cancelled = true;
      entry.close?.();
      if (!found) entry.gone.abort(new Error('cancelled'));
    }
  }

  /** What the client answers to a request of the server's. */
  async #takeAnswer(message: Parameters<typeof takeResponse>[1], seen: SeenMessage): Promise<void> {
    try {
      await takeResponse(await this.#caller(new AbortController().signal), message);
      this.#note(seen, null);
    } catch (error) {
      // One that does not fit is asked again; an answer has no answer.
      this.#note(seen, toFault(error, this.#world.unexpected));
    }
  }

  async #caller(signal: AbortSignal): Promise<Caller> {
    const { app, sessions, states, requestIds, admission, holds, calls } = this.#world;
    const { admissionKey, opened } = this.#options;
    const userAgent = opened?.headers['user-agent'];
    const headers: IncomingHttpHeaders = userAgent === undefined ? {} : { 'user-agent': userAgent };
    try {
      this.#who = await this.#options.admit();
    } catch (error) {
      if (error instanceof Fault && error.status === 401) queueMicrotask(() => this.#link.end('refused'));
      throw error;
    }
    return {
      app,
      ...this.#who,
      admissionKey,
      identity: this.#name,
      headers,
      connection: this.#state,
      session: this.#session,
      sessions,
      states,
      requestIds,
      admission,
      holds,
      calls,
      signal,
    };
  }

  #replyOf({ project, principal }: Caller, tell: (json: string) => void): Reply {
    return {
      notify: (method, params) => tell(JSON.stringify({ jsonrpc: '2.0', method, params })),
      mayTakeLong: () => {},
      request: (id, method, params) => {
        tell(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
        return !this.#over;
      },
      header: (name, value) => {
        if (name === 'mcp-session-id') {
          this.#session = this.#world.sessions.open(value, holderOf(project, principal));
        }
      },
    };
  }

  /** Serves `subscriptions/listen`; resolves when it is over. Throws as `Subscriptions.listen`. */
  #listen(caller: Caller, message: RpcRequest, entry: Underway): Promise<void> {
    const { subscriptions } = this.#world;
    return new Promise((resolve, reject) => {
      const listeners: (() => void)[] = [resolve];
      const close = () => {
        for (const listener of listeners.splice(0)) listener();
      };
      const open = (): Outlet => {
        entry.close = close;
        return {
          send: (json) => this.#send(json),
          end: (json) => {
            if (json !== undefined) this.#send(json);
            close();
          },
          onClose: (listener) => listeners.push(listener),
        };
      };
      try {
        if (entry.cancelled || this.#over) return resolve();
        subscriptions.listen(this.#subscriber(caller), message, open);
      } catch (error) {
        reject(error);
      }
    });
  }

  /** From `initialize` on a client of 2025 hears of changes without asking. */
  #follow(caller: Caller): void {
    this.#stopFollowing?.();
    if (this.#over) return;
    const listeners: (() => void)[] = [];
    const stop = () => {
      this.#ends.delete(stop);
      for (const listener of listeners.splice(0)) listener();
    };
    this.#stopFollowing = stop;
    this.#ends.add(stop);
    this.#world.subscriptions.follow(this.#subscriber(caller), {
      send: (json) => this.#send(json),
      // Of age, or because the caller may not listen any more.
      end: () => {
        stop();
        if (!this.#over && !this.#closing) void this.#followAgain();
      },
      onClose: (listener) => listeners.push(listener),
    });
  }

  async #followAgain(): Promise<void> {
    try {
      this.#follow(await this.#caller(new AbortController().signal));
    } catch {
      this.#link.end('refused');
    }
  }

  #subscriber({ project, principal, session }: Caller): Subscriber {
    return {
      project,
      principal,
      session,
      admissionKey: this.admissionKey,
      identify: () => identified(this.#options.admit()),
    };
  }

  /** Tells an error, and returns it. */
  #fault(error: unknown, id: RequestId | null | undefined): Fault {
    const fault = toFault(error, this.#world.unexpected);
    this.#send(faultJson(fault, id));
    return fault;
  }

  #note(seen: SeenMessage, failed: Fault | string | null): void {
    const { opened } = this.#options;
    if (!opened) return;
    const known = { ...seen, caller: this.#who, session: this.#session };
    noteMessage(this.#world.app, known, { ...opened, failed, gone: this.#over });
  }

  #send(json: string): void {
    if (this.#over) return;
    const unsent = this.#link.unsent();
    const tooMuch =
      unsent > MAX_UNSENT_BYTES &&
      (unsent > MAX_UNSENT_ANSWERS_BYTES || this.#world.unsentOfAll() > MAX_UNSENT_OF_ALL_BYTES);
    if (tooMuch) this.destroy();
    else this.#link.send(json);
  }
}

function underway(id: Underway['id'], requests: number): Underway {
  return { id, requests, gone: new AbortController(), cancelled: false };
}
