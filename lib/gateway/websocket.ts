import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_BODY_BYTES } from './body.ts';
import type { ConnectionOptions, Link } from './connection.ts';
import type { Connections } from './connections.ts';
import { type Fault, faultJson } from './errors.ts';
import { COMMON_HEADERS } from './stream.ts';

const PROTOCOL = 'mcp';
const PING_MS = 20_000;
/** Pings that may go unanswered while a large answer is on its way. */
const MAX_UNANSWERED = 2;
/** ms for the other side to agree that it is over. */
const CLOSE_MS = 2000;

/** Close codes of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;

/** A request to upgrade, as the HTTP server hands it over. */
export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** One JSON-RPC message in each text frame, both ways. */
export class WebSocketTransport {
  readonly #connections: Connections;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_BODY_BYTES,
    // A small message may be made of very many pieces.
    maxFragments: 1024,
    maxBufferedChunks: 4096,
    // Inflating costs memory for each connection, and a few bytes may become very many.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Answers a request to upgrade whose caller is known. Throws Fault when there are too many connections. */
  open({ request, socket, head }: Upgrade, options: ConnectionOptions): void {
    this.#connections.admit(options.admissionKey);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, options));
  }

  #serve(webSocket: WebSocket, options: ConnectionOptions): void {
    const connection = this.#connections.add(linkTo(webSocket), options);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) webSocket.close(UNSUPPORTED_DATA, 'Send messages as text.');
      else connection.receive(data as Buffer);
    });
    let unanswered = 0;
    webSocket.on('pong', () => {
      unanswered = 0;
    });
    const ping = setInterval(() => {
      if (unanswered++ >= MAX_UNANSWERED) webSocket.terminate();
      else webSocket.ping();
    }, PING_MS);
    // Frames that break the protocol: the library closes the connection with the code for it.
    webSocket.on('error', () => {});
    webSocket.on('close', () => {
      clearInterval(ping);
      connection.gone();
    });
  }
}

function linkTo(webSocket: WebSocket): Link {
  return {
    send(json) {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(json, () => {});
    },
    unsent: () => webSocket.bufferedAmount,
    end(why) {
      webSocket.close(why === 'refused' ? POLICY_VIOLATION : GOING_AWAY);
      const timer = setTimeout(() => webSocket.terminate(), CLOSE_MS);
      webSocket.once('close', () => clearTimeout(timer));
    },
    destroy: () => webSocket.terminate(),
  };
}

/**
 * Answers a request to upgrade that is refused, as plain HTTP. The socket is nobody's then: where the other side keeps
 * its half of the connection, nothing else would end it, nor would the server end.
 */
export function refuseUpgrade(socket: Duplex, fault: Fault): void {
  const body = faultJson(fault, null);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...COMMON_HEADERS,
    Connection: 'close',
    ...fault.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${fault.status} Refused\r\n${lines.join('')}\r\n${body}`);
}
