import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer without sticky sessions. */
export interface RoundRobin {
  url: string;
  /** Where requests go, each to the next one; may be changed at any time. */
  targets: string[];
  /** Requests that each target got. */
  counts: Map<string, number>;
  close(): Promise<void>;
}

/**
 * A small HTTP proxy on a free port: each request goes to the next target, also those of one connection that is kept
 * alive. Bodies pass in both directions as they come, and an end on one side is one on the other. 502 when the target
 * does not answer.
 */
export async function startRoundRobin(): Promise<RoundRobin> {
  let turn = 0;
  const robin: RoundRobin = { url: '', targets: [], counts: new Map(), close };
  const server = createServer((incoming, outgoing) => {
    const target = robin.targets[turn++ % robin.targets.length];
    if (target === undefined) return refuse(outgoing, new Error('it has no targets'));
    robin.counts.set(target, (robin.counts.get(target) ?? 0) + 1);
    pass(new URL(target), incoming, outgoing);
  });
  // Idle connections of clients are never cut off: that is another proxy's fault, not what is tried here.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  robin.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return robin;

  async function close() {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, rawHeaders } = incoming;
  const forwarded: ClientRequest = request({
    host: target.hostname,
    port: target.port,
    method,
    path: url,
    // As they came, Host too.
    headers: rawHeaders,
    setHost: false,
    // One that is kept could be closed by the target at the moment in which it is used.
    agent: false,
  });
  forwarded.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
    answer.on('aborted', () => outgoing.destroy());
  });
  forwarded.on('error', (error) => refuse(outgoing, error));
  incoming.on('error', () => forwarded.destroy());
  incoming.pipe(forwarded);
  outgoing.on('close', () => forwarded.destroy());
}

function refuse(outgoing: ServerResponse, why: Error): void {
  if (outgoing.headersSent) outgoing.destroy();
  else outgoing.writeHead(502).end(`The proxy got no answer: ${why.message}`);
}
