import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before replicas: each request goes to the next of those that are well, whoever sent it. */
export interface Balancer {
  url: string;
  /** Breaks every connection that carries an answer at this moment. Returns how many. */
  cut(): number;
  /** Statuses of all answers so far, and 0 for those that could not be had, by what `label` makes of the request. */
  answers: Map<string, number>;
  close(): Promise<void>;
}

export interface BalancerOptions {
  /** Addresses of replicas; asked for every request. */
  targets(): readonly string[];
  /** Called for every answer. */
  onAnswer?(request: IncomingMessage, status: number, headers: IncomingHttpHeaders): void;
}

/** As such things are: keeps connections to replicas open, tries the next when one takes no connection, holds nothing back. */
export async function startBalancer({ targets, onAnswer }: BalancerOptions): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  const open = new Set<ServerResponse>();
  const answers = new Map<string, number>();
  let turn = 0;

  const note = (incoming: IncomingMessage, status: number, headers: IncomingHttpHeaders = {}) => {
    const label = `${incoming.method} ${status}`;
    answers.set(label, (answers.get(label) ?? 0) + 1);
    onAnswer?.(incoming, status, headers);
  };

  function pass(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, tries: number): void {
    const well = targets();
    const target = well[turn++ % Math.max(well.length, 1)];
    const fail = () => {
      note(incoming, 0);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    };
    if (target === undefined) {
      fail();
      return;
    }
    const { hostname, port } = new URL(target);
    const { method, url: path, headers } = incoming;
    const forwarded = request({ hostname, port, method, path, headers, agent });
    let begun = false;
    outgoing.on('close', () => forwarded.destroy());
    forwarded.on('response', (answer) => {
      begun = true;
      note(incoming, answer.statusCode!, answer.headers);
      // `Connection` is between two neighbours.
      const { connection: _, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode!, rest);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    forwarded.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.destroyed) return;
      // What was not taken may be given to another; and nothing else.
      if (!begun && error.code === 'ECONNREFUSED' && tries < 3) pass(incoming, body, outgoing, tries + 1);
      else fail();
    });
    forwarded.end(body);
  }

  const server = createServer((incoming, outgoing) => {
    open.add(outgoing);
    outgoing.once('close', () => open.delete(outgoing));
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => pass(incoming, Buffer.concat(chunks), outgoing, 0));
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    cut() {
      const streams = [...open].filter(({ headersSent }) => headersSent);
      for (const outgoing of streams) outgoing.destroy();
      return streams.length;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
