import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseMessage, readBody } from './body.ts';
import { NO_ABILITIES } from './client-abilities.ts';
import type { Connection, ConnectionOptions, ConnectionWorld, Link } from './connection.ts';
import type { Connections } from './connections.ts';
import { Fault } from './errors.ts';
import { holderOf } from './holder.ts';
import { OLDER_VERSION } from './protocol.ts';
import { Relay } from './relay.ts';
import { sendEmpty } from './reply.ts';
import { KEEP_ALIVE_MS, STREAM_HEADERS } from './stream.ts';

/** Who asks, how to ask again, and for what. */
export interface Admitted extends ConnectionOptions {
  slug: string;
  /** Of the request's address. */
  query: string;
}

/**
 * The transport of 2024-11-05: a GET opens a stream for all that the server says, its first event is the address to
 * which the client posts its messages. The process that has the stream serves them; one that is posted elsewhere is
 * brought there. The address names the stream, signed, for one caller of one project.
 */
export class SseTransport {
  readonly #world: Pick<ConnectionWorld, 'app' | 'sessions'>;
  readonly #connections: Connections;
  /** By the name of the stream. */
  readonly #open = new Map<string, Connection>();
  readonly #relay: Relay;

  constructor(world: Pick<ConnectionWorld, 'app' | 'sessions'>, connections: Connections) {
    this.#world = world;
    this.#connections = connections;
    this.#relay = new Relay(world.app, {
      holds: (name) => this.#open.has(name),
      deliver: (name, message) => {
        const connection = this.#open.get(name);
        connection?.receive(message);
        return connection !== undefined;
      },
    });
  }

  /** GET: opens the stream. Throws Fault. */
  open(response: ServerResponse, admitted: Admitted): void {
    const { slug, who } = admitted;
    this.#connections.admit(admitted.admissionKey);
    const { sessions } = this.#world;
    const holder = holderOf(who.project, who.principal);
    const facts = { protocolVersion: OLDER_VERSION, client: null, abilities: NO_ABILITIES };
    const { id, name } = sessions.issue(facts, holder);
    // Its end would leave a connection that may be used for more.
    response.writeHead(200, { ...STREAM_HEADERS, connection: 'close' });
    const connection = this.#connections.add(linkTo(response), admitted);
    this.#open.set(name, connection);
    response.once('close', () => {
      this.#open.delete(name);
      connection.gone();
    });
    response.write(`event: endpoint\ndata: /mcp/${slug}/sse?session=${id}\n\n`);
  }

  /** POST: takes a message for a stream. Throws Fault, 404 when the stream is no more. */
  async post(
    request: IncomingMessage,
    response: ServerResponse,
    { who, query, admissionKey }: Admitted,
  ): Promise<void> {
    const id = new URLSearchParams(query).get('session');
    if (id === null) {
      throw new Fault('method_not_allowed', 'Open the stream with GET; its first event says where to POST.', {
        headers: { allow: 'GET' },
      });
    }
    const session = this.#world.sessions.open(id, holderOf(who.project, who.principal));
    if (!session) throw new Fault('session_unknown', 'There is no such stream. Open a new one with GET.');
    const bytes = await readBody(request);
    const body = parseMessage(bytes);
    const connection = this.#open.get(session.name);
    if (connection) connection.take(body);
    else await this.#relay.send(session.name, bytes, admissionKey);
    sendEmpty(response, 202);
  }

  close(): void {
    this.#relay.close();
  }
}

function linkTo(response: ServerResponse): Link {
  const keepAlive = setInterval(() => {
    if (!response.writableEnded) response.write(': keep-alive\n\n');
  }, KEEP_ALIVE_MS);
  response.once('close', () => clearInterval(keepAlive));
  return {
    send(json) {
      if (!response.destroyed && !response.writableEnded) {
        response.write(`event: message\ndata: ${json}\n\n`);
      }
    },
    unsent: () => response.writableLength,
    end: () => void response.end(),
    destroy: () => void response.destroy(),
  };
}
