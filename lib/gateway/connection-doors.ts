import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { authenticate } from './access.ts';
import type { Connection, ConnectionWorld, Link } from './connection.ts';
import { Connections } from './connections.ts';
import { Fault, toFault } from './errors.ts';
import type { Caller } from './exchange.ts';
import { type ConnectionAddress, connectionAddress, refuseKeyInQuery } from './http-edge.ts';
import { type Connected, noteHttp, noteRequest, type Seen } from './note-request.ts';
import { HttpReply } from './reply.ts';
import { type Admitted, SseTransport } from './sse.ts';
import { refuseUpgrade, WebSocketTransport } from './websocket.ts';

/** How callers are let in, the same as over plain HTTP. Both throw Fault. */
export interface Entrance {
  /** Where the request comes from, and who sends it. */
  admit(request: IncomingMessage, slug: string): Promise<Pick<Caller, 'project' | 'principal'>>;
  admissionKeyOf(request: IncomingMessage, principal: Caller['principal']): string;
}

/** What the log of clients calls them. */
const NOTED: Record<ConnectionAddress['transport'], Connected> = { ws: 'websocket', sse: 'sse' };

/** The transports that keep a connection: event streams of 2024-11-05, WebSocket, and whatever the process itself has. */
export class ConnectionDoors {
  readonly #world: Omit<ConnectionWorld, 'unsentOfAll'>;
  readonly #entrance: Entrance;
  readonly #connections: Connections;
  readonly #sse: SseTransport;
  readonly #webSocket: WebSocketTransport;

  constructor(world: Omit<ConnectionWorld, 'unsentOfAll'>, entrance: Entrance) {
    this.#world = world;
    this.#entrance = entrance;
    this.#connections = new Connections(world.app, world);
    this.#sse = new SseTransport(world, this.#connections);
    this.#webSocket = new WebSocketTransport(this.#connections);
  }

  /** Answers a request to one of the addresses. Never rejects. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    address: ConnectionAddress,
  ): Promise<void> {
    const reply = new HttpReply(response, undefined);
    const seen: Seen = { request, at: Date.now(), transport: NOTED[address.transport] };
    try {
      if (address.transport === 'ws') {
        throw new Fault({ code: -32_000, status: 426 }, 'This address is for WebSocket.', {
          headers: { upgrade: 'websocket' },
        });
      }
      const { method } = request;
      if (method !== 'GET' && method !== 'POST') {
        throw new Fault('method_not_allowed', 'Method not allowed.', { headers: { allow: 'GET, POST' } });
      }
      const admitted = await this.#admit(request, address, seen);
      if (method === 'POST') return await this.#sse.post(request, response, admitted);
      this.#sse.open(response, admitted);
      noteRequest(this.#world.app, seen, { response, reply });
    } catch (error) {
      const fault = toFault(error, this.#world.unexpected);
      if (!response.destroyed) reply.fault(fault, null);
      noteRequest(this.#world.app, seen, { response, reply });
    }
  }

  /** Answers a request to upgrade. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // It may be gone before anybody else listens.
    socket.on('error', () => {});
    const { app, unexpected } = this.#world;
    const seen: Seen = { request, at: Date.now(), transport: 'websocket' };
    try {
      const address = connectionAddress(request.url ?? '');
      if (address?.transport !== 'ws') throw new Fault('not_found', 'Nothing is served here.');
      const options = await this.#admit(request, address, seen);
      this.#webSocket.open({ request, socket, head }, options);
      noteHttp(app, seen, { status: 101, failed: null, gone: false });
    } catch (error) {
      const failed = toFault(error, unexpected);
      refuseUpgrade(socket, failed);
      noteHttp(app, seen, { status: failed.status, failed, gone: false });
    }
  }

  /**
   * Serves a project on a connection of this process's own, whose other side may do all: it has the data. The transport
   * calls `receive` and `gone` of what this returns. Throws Fault when there is no such project.
   */
  async connect(link: Link, slug: string): Promise<Connection> {
    const { live } = this.#world.app;
    const admit = async () => {
      const project = await live.get(slug);
      if (project) return { project, principal: { type: 'system' } as const };
      throw new Fault('unauthenticated', `There is no project "${slug}".`);
    };
    const who = await admit();
    return this.#connections.add(link, { admissionKey: 'this process', who, opened: null, admit });
  }

  /** Takes nothing new, and resolves when what is under way is answered; ends it when `signal` aborts. */
  async close(signal: AbortSignal): Promise<void> {
    await this.#connections.close(signal);
    this.#sse.close();
  }

  async #admit(
    request: IncomingMessage,
    { slug, query, transport }: ConnectionAddress,
    seen: Seen,
  ): Promise<Admitted> {
    refuseKeyInQuery(query);
    const { admit, admissionKeyOf } = this.#entrance;
    const who = await admit(request, slug);
    seen.caller = who;
    return {
      slug,
      query,
      who,
      admissionKey: admissionKeyOf(request, who.principal),
      opened: { transport: NOTED[transport], headers: request.headers },
      admit: () => authenticate(this.#world.app, request, { slug }),
    };
  }
}
