import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { callerName } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { Visitor } from '#lib/operations/open-to-try.ts';
import { authenticate, authenticateStranger, callerAddress } from './access.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import { answeredId } from './answered-id.ts';
import { readJson } from './body.ts';
import { Calls } from './calls.ts';
import { sendCard } from './card.ts';
import { createClientRequestIds } from './client-request-id.ts';
import { takeResponse } from './client-response.ts';
import type { Connection, Link } from './connection.ts';
import { ConnectionDoors } from './connection-doors.ts';
import { answer, answerBatch, CALL_CANCELLED, notified } from './dispatch.ts';
import { type Classified, classify, type ProtocolHeaders } from './era.ts';
import { Fault, toFault } from './errors.ts';
import type { Caller } from './exchange.ts';
import { FailedTries } from './failed-tries.ts';
import { holderOf } from './holder.ts';
import { Holds } from './holds.ts';
import { cardAddress, connectionAddress, createOriginCheck, headerOf } from './http-edge.ts';
import { identified } from './identified.ts';
import { type KeptLimits, KeptStreams } from './kept-streams.ts';
import { noteRequest, type Seen } from './note-request.ts';
import { isLegacyVersion, type RequestId } from './protocol.ts';
import { HttpReply, sendEmpty, sendJson } from './reply.ts';
import { SessionStates } from './session-states.ts';
import { createSessions, type Session } from './sessions.ts';
import { COMMON_HEADERS, EventStream } from './stream.ts';
import { type Subscriber, Subscriptions } from './subscriptions.ts';
import { tryAgain } from './try-again.ts';
import { answerWellKnown } from './well-known.ts';

export interface Gateway {
  /** Answers one request under /mcp/. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers one request under /.well-known, see `answerWellKnown`. */
  wellKnown(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers one request to upgrade to a WebSocket. Never rejects. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Answers one POST of a person who plays a client, and whom the caller of this has let in. Never rejects. */
  visit(request: IncomingMessage, response: ServerResponse, visitor: Visitor): Promise<void>;
  /** Serves a project on a connection that this process has itself, see `ConnectionDoors.connect`. */
  connect(link: Link, slug: string): Promise<Connection>;
  /** Ends streams, refuses new requests, and resolves when no call is running; after `graceMs` calls are cancelled. */
  close(graceMs?: number): Promise<void>;
}

/** How it is found out who sends a request of HTTP, and whether they may still when it goes on for long. */
interface Entrance {
  /** Throws Fault for who may not. */
  admit(): Promise<Pick<Caller, 'project' | 'principal'>>;
  /** Who it is now; null for who may not any more. Rejects where that cannot be found out. */
  identify(): Promise<Caller['principal'] | null>;
}

/** The MCP server of every project of this process: plain HTTP in, tools of live workflows out. */
export function createGateway(
  app: App,
  { limits, kept }: { limits?: AdmissionLimits; kept?: Partial<KeptLimits> } = {},
): Gateway {
  const checkOrigin = createOriginCheck(app.env.publicUrl);
  const admission = new Admission(limits);
  const tries = new FailedTries();
  const calls = new Calls();
  const sessions = createSessions(app.secrets);
  const requestIds = createClientRequestIds(app.secrets);
  const holds = new Holds();
  const streams = new KeptStreams(app, kept);
  const subscriptions = new Subscriptions(app);
  const states = new SessionStates(app, (name) => {
    calls.cancelAll(identityOfSession(name));
    subscriptions.endSession(name);
  });
  /** One for each request that waits for its answer. */
  const waiting = new Set<AbortController>();
  const underway = new Set<Promise<void>>();
  let closed = false;
  const unsubscribe = app.events.subscribe(CALL_CANCELLED, (payload) => {
    const { identity, id } = payload as { identity: string; id: RequestId };
    calls.cancel(identity, id);
  });

  const unexpected = (error: unknown): string => {
    const requestId = randomUUID();
    app.log.error({ err: error, requestId }, 'an MCP request failed unexpectedly');
    return requestId;
  };

  function refuseWhenClosed(): void {
    if (!closed) return;
    throw new Fault('unavailable', 'The server is shutting down.', { headers: { 'retry-after': '5' } });
  }

  /** Cheap checks first: nothing of the body is read before the caller is known. */
  async function admit(
    request: IncomingMessage,
    slug?: string,
  ): Promise<Pick<Caller, 'project' | 'principal'>> {
    refuseWhenClosed();
    return identify(request, slug);
  }

  async function identify(
    request: IncomingMessage,
    slug?: string,
  ): Promise<Pick<Caller, 'project' | 'principal'>> {
    checkOrigin(request);
    return authenticateStranger(app, request, { tries, slug });
  }

  /** Of a client: by its key, where the project wants one. */
  function clientEntrance(request: IncomingMessage): Entrance {
    return {
      admit: () => identify(request),
      identify: () => identified(authenticate(app, request)),
    };
  }

  /**
   * The session a 2025 message belongs to; null for none. Throws Fault 404 for an id that is no longer good, or a session
   * that was ended, which tells the client to begin anew; a client that does so may send the old id along.
   */
  async function sessionOf(
    request: IncomingMessage,
    { project, principal }: Pick<Caller, 'project' | 'principal'>,
    classified: Classified | null,
  ): Promise<Session | null> {
    const id = headerOf(request, 'mcp-session-id');
    if (id === undefined || classified?.era === 'modern') return null;
    if (classified?.kind === 'request' && classified.message.method === 'initialize') return null;
    const session = sessions.open(id, holderOf(project, principal));
    if (session) {
      await states.mustBeOpen({ project, principal }, session);
      return session;
    }
    throw new Fault('session_unknown', 'There is no such session. Send initialize to begin a new one.');
  }

  async function post(
    request: IncomingMessage,
    response: ServerResponse,
    entrance = clientEntrance(request),
  ): Promise<void> {
    const reply = new HttpReply(response, request.headers.accept);
    const seen: Seen = { request, at: Date.now() };
    const gone = new AbortController();
    abortWith(response, reply, gone);
    let body: unknown;
    try {
      const { project, principal } = await entrance.admit();
      seen.caller = { project, principal };
      body = await readJson(request);
      seen.body = body;
      const headers: ProtocolHeaders = {
        version: headerOf(request, 'mcp-protocol-version'),
        method: headerOf(request, 'mcp-method'),
        name: headerOf(request, 'mcp-name'),
      };
      const batch = Array.isArray(body) ? body : null;
      const classified = batch ? null : classify(body, headers);
      seen.classified = classified;
      // A client sends its answer to a question once: also who is about to end takes it, and whoever waits goes on.
      if (!classified || classified.kind === 'request') refuseWhenClosed();
      const findSession = () => sessionOf(request, { project, principal }, classified);
      const isAnswer = classified?.kind === 'response';
      const session = await (isAnswer ? tryAgain(findSession) : findSession());
      seen.session = session;
      const admissionKey = admissionKeyOf(request, principal);
      const caller: Caller = {
        app,
        project,
        principal,
        admissionKey,
        identity: session ? identityOfSession(session.name) : `${admissionKey} ${identityOf(request)}`,
        headers: request.headers,
        session,
        sessions,
        states,
        requestIds,
        admission,
        holds,
        calls,
        signal: gone.signal,
      };
      if (!classified) {
        const answers = await answerBatch(caller, batch ?? [], headers, unexpected);
        if (answers === null) sendEmpty(response, 202);
        else sendJson(response, 200, answers);
        return;
      }
      if (classified.kind !== 'request') {
        if (classified.kind === 'notification') notified(caller, classified.era, classified.message);
        else await tryAgain(() => takeResponse(caller, classified.message));
        sendEmpty(response, 202);
        return;
      }
      const { era, message } = classified;
      if (session) {
        const owner = { session, projectId: project.id, principal, admissionKey };
        reply.keepIn((on) => streams.open(on, message.id, owner, () => gone.abort(new Error('cancelled'))));
      }
      if (era === 'modern' && message.method === 'subscriptions/listen') {
        subscriptions.listen(subscriberOf(entrance, caller), message, () => longStream(response));
        return;
      }
      reply.result(message.id, await answer(caller, era, message, reply));
    } catch (error) {
      if (reply.reachable) reply.fault(toFault(error, unexpected), answeredIdOf(request, body));
    } finally {
      waiting.delete(gone);
      noteRequest(app, seen, { response, reply });
    }
  }

  /** The stream on which a 2025 client hears of changes; or, with the id of an event, the rest of a stream that it lost. */
  async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = new HttpReply(response, undefined);
    const seen: Seen = { request, at: Date.now() };
    try {
      const { project, principal } = await admit(request);
      seen.caller = { project, principal };
      const version = headerOf(request, 'mcp-protocol-version');
      const wanted = request.headers.accept?.includes('text/event-stream');
      if (!wanted || (version !== undefined && !isLegacyVersion(version))) throw methodNotAllowed();
      const session = await sessionOf(request, { project, principal }, null);
      seen.session = session;
      const admissionKey = admissionKeyOf(request, principal);
      const lastEventId = headerOf(request, 'last-event-id');
      if (session && lastEventId !== undefined) {
        const owner = { session, projectId: project.id, principal, admissionKey };
        if (streams.resume(response, lastEventId, owner)) return;
      }
      const subscriber = subscriberOf(clientEntrance(request), { project, principal, admissionKey, session });
      subscriptions.get(subscriber, () => longStream(response), lastEventId);
    } catch (error) {
      reply.fault(toFault(error, unexpected), answeredIdOf(request));
    } finally {
      noteRequest(app, seen, { response, reply });
    }
  }

  /** A 2025 client says that it needs its session no more. */
  async function remove(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = new HttpReply(response, undefined);
    const seen: Seen = { request, at: Date.now() };
    try {
      const caller = await admit(request);
      seen.caller = caller;
      const session = await sessionOf(request, caller, null);
      seen.session = session;
      if (session) await states.end(caller, session);
      response.writeHead(204, COMMON_HEADERS).end();
    } catch (error) {
      reply.fault(toFault(error, unexpected), answeredIdOf(request));
    } finally {
      noteRequest(app, seen, { response, reply });
    }
  }

  function admissionKeyOf(request: IncomingMessage, principal: Caller['principal']): string {
    return principal.type === 'public' ? `address ${callerAddress(app, request)}` : callerName(principal);
  }

  /** Not a message: pages of other sites may ask for it too, and it is no news of a client. */
  async function card(request: IncomingMessage, response: ServerResponse, slug: string): Promise<void> {
    try {
      const { project } = await authenticateStranger(app, request, { tries, slug });
      sendCard(project, app.env.publicUrl, { request, response });
    } catch (error) {
      new HttpReply(response, undefined).fault(toFault(error, unexpected), answeredIdOf(request));
    }
  }

  function subscriberOf(
    entrance: Entrance,
    caller: Pick<Caller, 'project' | 'principal' | 'admissionKey' | 'session'>,
  ): Subscriber {
    const { project, principal, admissionKey, session } = caller;
    // Not more of the caller than that: it is kept for as long as the stream.
    const who = { project, principal };
    const open = async () => {
      const now = await entrance.identify();
      if (now && session) await states.mustBeOpen(who, session);
      return now;
    };
    const identify = () =>
      open().catch((error: unknown) => {
        if (error instanceof Fault) return null;
        throw error;
      });
    return { project, principal, admissionKey, session, identify };
  }

  /** `gone` aborts when nobody waits for the answer any more. */
  function abortWith(response: ServerResponse, reply: HttpReply, gone: AbortController): void {
    waiting.add(gone);
    response.once('close', () => {
      // A client that may come back for the answer is waited for.
      if (!reply.kept && !response.writableFinished) gone.abort(new Error('cancelled'));
    });
  }

  const doors = new ConnectionDoors(
    { app, sessions, states, requestIds, admission, holds, calls, subscriptions, unexpected },
    { admit, admissionKeyOf },
  );

  function answerOne(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = connectionAddress(request.url ?? '');
    if (address) return doors.handle(request, response, address);
    const { method } = request;
    const carded = method === 'GET' ? cardAddress(request.url ?? '') : null;
    if (carded !== null) return card(request, response, carded);
    if (method === 'POST') return post(request, response);
    if (method === 'DELETE' && namesSession(request)) return remove(request, response);
    return method === 'GET' ? get(request, response) : refuseMethod(request, response);
  }

  function track(handled: Promise<void>): Promise<void> {
    underway.add(handled);
    return handled.finally(() => underway.delete(handled));
  }

  return {
    handle: (request, response) => track(answerOne(request, response)),
    wellKnown: (request, response) => track(answerWellKnown(app, request, response)),
    visit(request, response, { project, principal, identify }) {
      const admitVisitor = async () => ({ project, principal });
      return track(post(request, response, { admit: admitVisitor, identify }));
    },
    upgrade: (request, socket, head) => doors.upgrade(request, socket, head),
    connect: (link, slug) => doors.connect(link, slug),
    async close(graceMs = 25_000) {
      closed = true;
      const overdue = new AbortController();
      // Before their subscriptions end, so that they know why.
      const connectionsEnd = doors.close(overdue.signal);
      subscriptions.close();
      holds.close();
      streams.leave();
      states.close();
      unsubscribe();
      const timer = setTimeout(() => {
        for (const request of waiting) request.abort(new Error('cancelled'));
        overdue.abort();
      }, graceMs);
      await Promise.all([...underway, connectionsEnd]);
      clearTimeout(timer);
      await streams.close();
    },
  };
}

/** Of a stream that stays open for long: its end would leave an idle connection. */
function longStream(response: ServerResponse): EventStream {
  return new EventStream(response, { connection: 'close' });
}

async function refuseMethod(request: IncomingMessage, response: ServerResponse): Promise<void> {
  new HttpReply(response, undefined).fault(methodNotAllowed(), answeredIdOf(request));
}

function answeredIdOf(request: IncomingMessage, body?: unknown): RequestId | null | undefined {
  return answeredId(body, headerOf(request, 'mcp-protocol-version'));
}

/** Without one there is nothing that DELETE could mean. */
function namesSession(request: IncomingMessage): boolean {
  const version = headerOf(request, 'mcp-protocol-version');
  const served = version === undefined || isLegacyVersion(version);
  return served && headerOf(request, 'mcp-session-id') !== undefined;
}

function methodNotAllowed(): Fault {
  return new Fault('method_not_allowed', 'Method not allowed: send messages with POST.', {
    headers: { allow: 'GET, POST' },
  });
}

function identityOfSession(name: string): string {
  return `session ${name}`;
}

/** What tells two clients of one key apart, as far as that is possible without sessions. */
function identityOf(request: IncomingMessage): string {
  return `${request.socket.remoteAddress} ${request.headers['user-agent']}`;
}
