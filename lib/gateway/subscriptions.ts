import { SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { Fault } from './errors.ts';
import { LISTS, type List, listPrints } from './list-prints.ts';
import { isObject, type RpcRequest, resultMeta } from './protocol.ts';
import { idJson } from './reply.ts';

const MAX_PER_CALLER = 100;
const MAX_PER_PROCESS = 1024;
/** A stream ends after an hour; clients open the next. */
const MAX_AGE_MS = 60 * 60 * 1000;
const RECHECK_MS = 60_000;

/** What each list is called in the filter of `subscriptions/listen`. */
const WANTED: Record<List, string> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

export interface Subscriber {
  project: LiveProject;
  admissionKey: string;
  /** Whether the caller may still use the project. */
  stillAllowed(): Promise<boolean>;
}

/** Where the news go: a stream of their own, or a connection that carries other messages too. */
export interface Outlet {
  /** Sends one JSON-RPC message, given as JSON text. */
  send(json: string): void;
  /** Ends it, after this message. */
  end(json?: string): void;
  onClose(listener: () => void): void;
}

interface Subscription extends Subscriber {
  /** The lists it is told of, as they were when it was told last. */
  lists: Partial<Record<List, string>>;
  openedAt: number;
  stream: Outlet;
  /** Of every notification; none in 2025. */
  meta: JsonObject | undefined;
  /** Says goodbye; JSON text, or nothing for 2025. */
  goodbye: string | undefined;
}

/**
 * Streams that stay open to tell a client that a list changed: `subscriptions/listen` of 2026-07-28 and
 * the GET stream of 2025. They hold no state but the connection.
 */
export class Subscriptions {
  readonly #app: App;
  readonly #open = new Set<Subscription>();
  readonly #ends: (() => void)[];
  readonly #sweep: NodeJS.Timeout;

  constructor(app: App) {
    this.#app = app;
    const look = () => void this.#look();
    this.#ends = [
      app.events.subscribe('release.changed', look),
      app.events.subscribe('project.changed', look),
      app.events.subscribe('database.changed', look),
      app.events.subscribe('key.revoked', () => void this.#check()),
    ];
    this.#sweep = setInterval(() => void this.#check(), RECHECK_MS);
    this.#sweep.unref();
  }

  /**
   * Serves `subscriptions/listen` on what `open` opens. Throws Fault, before that, when the filter is missing or there
   * are too many.
   */
  listen(subscriber: Subscriber, message: RpcRequest, open: () => Outlet): void {
    const filter = message.params?.['notifications'];
    if (!isObject(filter)) {
      throw new Fault('invalid_params', 'params.notifications must say what to listen for.');
    }
    this.#admit(subscriber);
    const lists = LISTS.filter((list) => filter[WANTED[list]] === true);
    const honoured: JsonObject = Object.fromEntries(lists.map((list) => [WANTED[list], true]));
    const meta = { [SUBSCRIPTION_ID_META_KEY]: message.id };
    const result = { resultType: 'complete', _meta: { ...meta, ...resultMeta(subscriber.project) } };
    const goodbye = `{"jsonrpc":"2.0","id":${idJson(message.id)},"result":${JSON.stringify(result)}}`;
    const stream = open();
    stream.send(
      notification('notifications/subscriptions/acknowledged', { notifications: honoured, _meta: meta }),
    );
    if (Object.keys(honoured).length === 0) stream.end(goodbye);
    else this.#add(subscriber, { stream, lists, meta, goodbye });
  }

  /** Serves the GET stream of 2025. Throws Fault when there are too many. */
  get(subscriber: Subscriber, open: () => Outlet): void {
    this.#admit(subscriber);
    this.follow(subscriber, open());
  }

  /** Tells a client of 2025 of every change, on a connection that was admitted as such. */
  follow(subscriber: Subscriber, stream: Outlet): void {
    this.#add(subscriber, { stream, lists: LISTS, meta: undefined, goodbye: undefined });
  }

  /** Ends all streams, politely. */
  close(): void {
    clearInterval(this.#sweep);
    for (const end of this.#ends) end();
    for (const subscription of this.#open) this.#end(subscription);
  }

  #admit({ admissionKey }: Subscriber): void {
    const own = [...this.#open].filter((other) => other.admissionKey === admissionKey).length;
    if (own < MAX_PER_CALLER && this.#open.size < MAX_PER_PROCESS) return;
    throw new Fault(own < MAX_PER_CALLER ? 'unavailable' : 'too_many', 'Too many open streams.', {
      headers: { 'retry-after': '60' },
    });
  }

  #add(
    subscriber: Subscriber,
    { lists, ...wire }: Pick<Subscription, 'stream' | 'meta' | 'goodbye'> & { lists: readonly List[] },
  ): void {
    const prints = listPrints(subscriber.project);
    const subscription: Subscription = {
      ...subscriber,
      ...wire,
      lists: Object.fromEntries(lists.map((list) => [list, prints[list]])),
      openedAt: Date.now(),
    };
    this.#open.add(subscription);
    wire.stream.onClose(() => this.#open.delete(subscription));
  }

  #end(subscription: Subscription): void {
    this.#open.delete(subscription);
    subscription.stream.end(subscription.goodbye);
  }

  /** Something changed somewhere: tells those whose project has other lists than the ones they know. */
  async #look(): Promise<void> {
    for (const slug of new Set([...this.#open].map(({ project }) => project.slug))) {
      try {
        const now = await this.#app.live.get(slug);
        for (const subscription of this.#open) {
          if (subscription.project.slug !== slug) continue;
          if (now?.id !== subscription.project.id) this.#end(subscription);
          else tellLists(subscription, listPrints(now));
        }
      } catch (error) {
        this.#app.log.warn({ err: error, project: slug }, 'listeners could not be told of a change');
      }
    }
  }

  /** Ends streams that are old, or whose key is no longer good. */
  async #check(): Promise<void> {
    const now = Date.now();
    for (const subscription of [...this.#open]) {
      const allowed = await subscription.stillAllowed().catch(() => true);
      if (!allowed || now - subscription.openedAt > MAX_AGE_MS) this.#end(subscription);
    }
  }
}

function tellLists({ lists, stream, meta }: Subscription, prints: Record<List, string>): void {
  for (const list of LISTS) {
    if (lists[list] === undefined || lists[list] === prints[list]) continue;
    lists[list] = prints[list];
    stream.send(notification(`notifications/${list}/list_changed`, meta && { _meta: meta }));
  }
}

function notification(method: string, params?: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', method, ...(params && { params }) });
}
