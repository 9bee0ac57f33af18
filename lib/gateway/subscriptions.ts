import { SUBSCRIPTION_ID_META_KEY } from '@modelcontextprotocol/server';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '#lib/operations/app.ts';
import { STREAMS_AT_ONCE } from '#lib/operations/call-limits.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import {
  LIST_CHANGED,
  type ListChanged,
  RESOURCE_CHANGED,
  type ResourceChanged,
} from '#lib/operations/news-capability.ts';
import { mayReadOffered, OFFERED_CHANGED } from '#lib/operations/offered.ts';
import { addressOf } from '#lib/operations/pinned-address.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { ACCESS_CHANGED } from './access-changed.ts';
import { Fault } from './errors.ts';
import { isPrimed, RETRY_MS } from './kept-stream.ts';
import { LISTS, type List, listPrints } from './list-prints.ts';
import { mayFollow } from './may-follow.ts';
import { SESSION_SUBSCRIBED, type SessionSubscribed } from './methods/resources-subscribe.ts';
import { type RequestId, type RpcRequest, resultMeta } from './protocol.ts';
import { idJson } from './reply.ts';
import { ResourcePolls } from './resource-polls.ts';
import type { Session } from './sessions.ts';
import { whatIsSeen } from './what-is-seen.ts';

/** A stream ends after an hour; clients open the next. */
const MAX_AGE_MS = 60 * 60 * 1000;
const RECHECK_MS = 60_000;

/** What each list is called in the filter of `subscriptions/listen`. */
const WANTED: Record<List, string> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
};

/** Characters of each list's print in the id of an event. */
const PLACE_LENGTH = 12;

const NO_URIS: ReadonlySet<string> = new Set();

/** URIs in one filter. */
const MAX_URIS = 100;

export interface Subscriber {
  project: LiveProject;
  principal: Principal;
  /** Of a 2025 client that has one. */
  session: Session | null;
  admissionKey: string;
  /** Who the caller is now; null when they may not use the project any more. Rejects where that cannot be found out. */
  identify(): Promise<Principal | null>;
}

/** Where the news go: a stream of their own, or a connection that carries other messages too. */
export interface Outlet {
  /** Sends one JSON-RPC message, given as JSON text; where events have ids, with this one. */
  send(json: string, id?: string): void;
  /** Ends it, after this message. */
  end(json?: string): void;
  onClose(listener: () => void): void;
  /** Where events have ids: says where to go on, and after how many ms to come back. */
  prime?(id: string, retryMs: number): void;
}

interface Subscription extends Subscriber {
  /** The lists it is told of, as they were when it was told last. */
  lists: Partial<Record<List, string>>;
  /** The resources it is told of. */
  uris: ReadonlySet<string>;
  openedAt: number;
  stream: Outlet;
  /** Of every notification; none in 2025. */
  meta: JsonObject | undefined;
  /** To the request that opened it, which is answered at the end; none in 2025. */
  requestId: RequestId | undefined;
}

/**
 * Streams that stay open to tell a client that a list or a resource changed: `subscriptions/listen` of 2026-07-28
 * and the GET stream of 2025. They hold no state but the connection.
 */
export class Subscriptions {
  readonly #app: App;
  readonly #open = new Set<Subscription>();
  /** How many each caller has. */
  readonly #counts = new Map<string, number>();
  /** Those of 2025, by the name of their session. */
  readonly #ofSession = new Map<string, Set<Subscription>>();
  readonly #polls: ResourcePolls;
  readonly #ends: (() => void)[];
  readonly #sweep: NodeJS.Timeout;

  constructor(app: App) {
    this.#app = app;
    this.#polls = new ResourcePolls(app, (projectId, uri) => this.#tellUpdated(projectId, uri));
    const look = () => void this.#look();
    this.#ends = [
      app.events.subscribe('release.changed', look),
      app.events.subscribe('project.changed', look),
      app.events.subscribe('database.changed', () => {
        look();
        void this.#followAll();
      }),
      app.events.subscribe(OFFERED_CHANGED, (payload) => {
        void this.#tellDocuments((payload as { projectId: string }).projectId);
      }),
      app.events.subscribe(RESOURCE_CHANGED, (payload) => {
        const { projectId, uri } = payload as ResourceChanged;
        this.#tellUpdated(projectId, uri);
      }),
      app.events.subscribe(LIST_CHANGED, (payload) => this.#tellList(payload as ListChanged)),
      app.events.subscribe(SESSION_SUBSCRIBED, (payload) => {
        const { session, uri, on } = payload as unknown as SessionSubscribed;
        for (const subscription of this.#of(session)) {
          const others = [...subscription.uris].filter((one) => one !== uri);
          this.#setUris(subscription, new Set(on ? [...others, uri] : others));
        }
      }),
      ...ACCESS_CHANGED.map((topic) => app.events.subscribe(topic, () => void this.#check())),
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
    if (!isJsonObject(filter)) {
      throw new Fault('invalid_params', 'params.notifications must say what to listen for.');
    }
    const asked = urisOf(filter);
    this.#admit(subscriber);
    const lists = LISTS.filter((list) => filter[WANTED[list]] === true);
    const uris = asked.filter((uri) => mayFollow(subscriber.principal, subscriber.project, uri));
    const honoured: JsonObject = {
      ...Object.fromEntries(lists.map((list) => [WANTED[list], true])),
      ...(uris.length > 0 && { resourceSubscriptions: uris }),
    };
    const meta = { [SUBSCRIPTION_ID_META_KEY]: message.id };
    const stream = open();
    stream.send(
      notification('notifications/subscriptions/acknowledged', { notifications: honoured, _meta: meta }),
    );
    if (Object.keys(honoured).length === 0) stream.end(goodbyeOf(subscriber.project, message.id));
    else this.#add(subscriber, { stream, lists, uris: new Set(uris), meta, requestId: message.id });
  }

  /**
   * Serves the GET stream of 2025; a client that comes back with the id of an event is told of the lists that changed
   * meanwhile. Throws Fault when there are too many.
   */
  get(subscriber: Subscriber, open: () => Outlet, lastEventId?: string): void {
    this.#admit(subscriber);
    this.follow(subscriber, open(), lastEventId);
  }

  /** Tells a client of 2025 of every change, on a connection that was admitted as such. */
  follow(subscriber: Subscriber, stream: Outlet, lastEventId?: string): void {
    const wire = { stream, lists: LISTS, uris: NO_URIS, meta: undefined, requestId: undefined };
    const subscription = this.#add(subscriber, wire);
    const { session, project, principal } = subscription;
    if (!session) return;
    const now = listPrints(project, principal);
    if (stream.prime && isPrimed(session)) stream.prime(placeOf(now), RETRY_MS);
    if (lastEventId !== undefined) {
      for (const list of changedSince(lastEventId, now)) subscription.lists[list] = '';
      tellLists(subscription, now);
    }
    void this.#follow(session.name);
  }

  /** Ends the stream of a session of 2025 that is no more. */
  endSession(name: string): void {
    for (const subscription of this.#of(name)) this.#end(subscription);
  }

  /** Ends all streams, politely. */
  close(): void {
    clearInterval(this.#sweep);
    this.#polls.close();
    for (const end of this.#ends) end();
    for (const subscription of this.#open) this.#end(subscription);
  }

  #admit({ admissionKey }: Subscriber): void {
    const own = this.#counts.get(admissionKey) ?? 0;
    if (own < STREAMS_AT_ONCE.perCaller && this.#open.size < STREAMS_AT_ONCE.perProcess) return;
    throw new Fault(own < STREAMS_AT_ONCE.perCaller ? 'unavailable' : 'too_many', 'Too many open streams.', {
      headers: { 'retry-after': '60' },
    });
  }

  #add(
    subscriber: Subscriber,
    {
      lists,
      ...wire
    }: Pick<Subscription, 'stream' | 'uris' | 'meta' | 'requestId'> & { lists: readonly List[] },
  ): Subscription {
    const prints = listPrints(subscriber.project, subscriber.principal);
    const subscription: Subscription = {
      ...subscriber,
      ...wire,
      lists: Object.fromEntries(lists.map((list) => [list, prints[list]])),
      openedAt: Date.now(),
    };
    const { admissionKey, session } = subscription;
    this.#open.add(subscription);
    this.#counts.set(admissionKey, (this.#counts.get(admissionKey) ?? 0) + 1);
    if (session && !wire.meta) {
      const all = this.#ofSession.get(session.name) ?? new Set();
      this.#ofSession.set(session.name, all.add(subscription));
    }
    for (const uri of wire.uris) this.#polls.add(subscription.project, uri);
    wire.stream.onClose(() => this.#remove(subscription));
    return subscription;
  }

  #remove(subscription: Subscription): void {
    if (!this.#open.delete(subscription)) return;
    const { admissionKey, session } = subscription;
    const left = (this.#counts.get(admissionKey) ?? 0) - 1;
    if (left > 0) this.#counts.set(admissionKey, left);
    else this.#counts.delete(admissionKey);
    const all = session && this.#ofSession.get(session.name);
    if (session && all?.delete(subscription) && all.size === 0) this.#ofSession.delete(session.name);
    for (const uri of subscription.uris) this.#polls.remove(subscription.project, uri);
  }

  /** Looks what a session of 2025 is subscribed to, for its streams that are open here. */
  async #follow(session: string): Promise<void> {
    const [first] = this.#of(session);
    if (!first) return;
    const { project, principal } = first;
    try {
      const uris = new Set(await repository(this.#app.db, principal).subscriptions.list(project.id, session));
      for (const subscription of this.#of(session)) this.#setUris(subscription, uris);
    } catch (error) {
      this.#app.log.warn({ err: error, project: project.slug }, 'subscriptions of a session were not read');
    }
  }

  /** The same for all sessions that have a stream here, in few reads: there may be thousands. */
  async #followAll(): Promise<void> {
    const projects = new Map<string, Subscription>();
    for (const [first] of this.#ofSession.values()) if (first) projects.set(first.project.id, first);
    for (const [projectId, { principal, project }] of projects) {
      const names = [...this.#ofSession].flatMap(([name, [first]]) =>
        first?.project.id === projectId ? [name] : [],
      );
      try {
        const uris = await repository(this.#app.db, principal).subscriptions.listOf(projectId, names);
        for (const name of names) {
          for (const one of this.#of(name)) this.#setUris(one, new Set(uris.get(name)));
        }
      } catch (error) {
        this.#app.log.warn({ err: error, project: project.slug }, 'subscriptions of sessions were not read');
      }
    }
  }

  #of(session: string): Subscription[] {
    return [...(this.#ofSession.get(session) ?? [])];
  }

  #setUris(subscription: Subscription, uris: ReadonlySet<string>): void {
    const { project, uris: before } = subscription;
    subscription.uris = uris;
    for (const uri of uris) if (!before.has(uri)) this.#polls.add(project, uri);
    for (const uri of before) if (!uris.has(uri)) this.#polls.remove(project, uri);
  }

  #tellUpdated(projectId: string, uri: string): void {
    for (const { project, uris, stream, meta } of this.#open) {
      if (project.id !== projectId || !uris.has(uri)) continue;
      stream.send(notification('notifications/resources/updated', { uri, ...(meta && { _meta: meta }) }));
    }
  }

  /** A workflow says that clients should list again. */
  #tellList({ projectId, list }: ListChanged): void {
    for (const { project, lists, stream, meta } of this.#open) {
      // What is pinned stays as it is.
      if (project.id !== projectId || project.pin !== undefined || lists[list] === undefined) continue;
      stream.send(notification(`notifications/${list}/list_changed`, meta && { _meta: meta }));
    }
  }

  /** The documents that a project offers are others. */
  async #tellDocuments(projectId: string): Promise<void> {
    for (const { project, principal, lists, stream, meta } of [...this.#open]) {
      if (project.id !== projectId || lists.resources === undefined) continue;
      const now = await this.#app.live.get(addressOf(project)).catch(() => null);
      if (!now || !mayReadOffered(principal, now)) continue;
      stream.send(notification('notifications/resources/list_changed', meta && { _meta: meta }));
    }
  }

  #end(subscription: Subscription): void {
    this.#remove(subscription);
    const { stream, project, requestId } = subscription;
    stream.end(requestId === undefined ? undefined : goodbyeOf(project, requestId));
  }

  /** Something changed somewhere: tells those whose project has other lists than the ones they know. */
  async #look(): Promise<void> {
    for (const address of new Set([...this.#open].map(({ project }) => addressOf(project)))) {
      try {
        const now = await this.#app.live.get(address);
        for (const subscription of this.#open) {
          if (addressOf(subscription.project) !== address) continue;
          if (now?.id !== subscription.project.id) {
            this.#end(subscription);
          } else {
            // So that the release before can go.
            subscription.project = now;
            tellLists(subscription, listPrints(now, subscription.principal));
          }
        }
      } catch (error) {
        this.#app.log.warn({ err: error, project: address }, 'listeners could not be told of a change');
      }
    }
  }

  /** Ends streams that are old, or whose caller may not use the project any more. */
  async #check(): Promise<void> {
    const now = Date.now();
    for (const subscription of [...this.#open]) {
      const principal = await subscription.identify().catch(() => subscription.principal);
      if (!principal || now - subscription.openedAt > MAX_AGE_MS) this.#end(subscription);
      else this.#see(subscription, principal);
    }
  }

  /** The same caller, who may have more now, or less. */
  #see(subscription: Subscription, principal: Principal): void {
    const { project, uris } = subscription;
    const seen = whatIsSeen(project, subscription.principal);
    subscription.principal = principal;
    if (whatIsSeen(project, principal) === seen) return;
    const left = [...uris].filter((uri) => mayFollow(principal, project, uri));
    if (left.length < uris.size) this.#setUris(subscription, new Set(left));
    tellLists(subscription, listPrints(project, principal));
  }
}

/** Throws Fault when it is no list of texts, or too long. */
function urisOf(filter: JsonObject): string[] {
  const given = filter['resourceSubscriptions'] ?? [];
  if (!Array.isArray(given) || given.length > MAX_URIS || given.some((uri) => typeof uri !== 'string')) {
    throw new Fault('invalid_params', `resourceSubscriptions must be a list of at most ${MAX_URIS} URIs.`);
  }
  return [...new Set(given as string[])];
}

function tellLists({ lists, stream, meta, session }: Subscription, prints: Record<List, string>): void {
  for (const list of LISTS) {
    if (lists[list] === undefined || lists[list] === prints[list]) continue;
    lists[list] = prints[list];
    const id = session && !meta ? placeOf({ ...prints, ...lists }) : undefined;
    stream.send(notification(`notifications/${list}/list_changed`, meta && { _meta: meta }), id);
  }
}

/** The id of an event behind which these are the lists that the client knows. */
function placeOf(prints: Record<List, string>): string {
  return ['lists', ...LISTS.map((list) => prints[list].slice(0, PLACE_LENGTH))].join('.');
}

/** The lists that are others than behind this event; none for an id that is none of `placeOf`. */
function changedSince(id: string, prints: Record<List, string>): List[] {
  const [kind, ...before] = id.split('.');
  if (kind !== 'lists' || before.length !== LISTS.length) return [];
  return LISTS.filter((list, index) => before[index] !== prints[list].slice(0, PLACE_LENGTH));
}

function goodbyeOf(project: LiveProject, requestId: RequestId): string {
  const meta = { [SUBSCRIPTION_ID_META_KEY]: requestId, ...resultMeta(project) };
  const result = JSON.stringify({ resultType: 'complete', _meta: meta });
  return `{"jsonrpc":"2.0","id":${idJson(requestId)},"result":${result}}`;
}

function notification(method: string, params?: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', method, ...(params && { params }) });
}
