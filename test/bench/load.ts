import { connect, type Socket } from 'node:net';
import type { Contender } from './contender.ts';
import type { Workload } from './workloads.ts';

export interface Measured {
  calls: number;
  failures: number;
  /** The first failure, in words. */
  firstFailure: string | null;
  seconds: number;
  /** ms of each call, sorted. */
  latencies: Float64Array;
}

const META = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
});

let counter = 0;

/**
 * Calls a tool for some seconds over `concurrency` sockets that stay open, each with one call at a time. Every answer
 * is compared with what it must be. The client is as thin as can be: on two cores it shares them with the server.
 */
export async function load(
  contender: Contender,
  workload: Workload,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<Measured> {
  const latencies: number[] = [];
  const failures: string[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  const loop = async () => {
    const line = await Line.open(contender.url);
    while (performance.now() < until) {
      const n = counter++;
      const at = performance.now();
      const failure = await call(line, contender, workload, n).catch((error: Error) => error.message);
      latencies.push(performance.now() - at);
      if (failure === null) continue;
      failures.push(failure);
      if (line.broken) break;
    }
    line.close();
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return {
    calls: latencies.length,
    failures: failures.length,
    firstFailure: failures[0] ?? null,
    seconds: (performance.now() - began) / 1000,
    latencies: Float64Array.from(latencies).sort(),
  };
}

/** One call on a new connection; throws when the answer is not the right one. */
export async function callOnce(contender: Contender, workload: Workload): Promise<void> {
  const line = await Line.open(contender.url);
  try {
    const failure = await call(line, contender, workload, counter++);
    if (failure !== null) throw new Error(`${contender.name}: ${failure}`);
  } finally {
    line.close();
  }
}

async function call(line: Line, contender: Contender, workload: Workload, n: number): Promise<string | null> {
  const body = `{"jsonrpc":"2.0","id":${n},"method":"tools/call","params":{"name":"${workload.name}","arguments":${JSON.stringify(workload.args(n))},"_meta":${META}}}`;
  const { status, text } = await line.post(body, {
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call',
    'Mcp-Name': workload.name,
    ...contender.headers,
  });
  if (status !== 200) return `HTTP ${status}: ${text.slice(0, 300)}`;
  const message = JSON.parse(text);
  const answer = JSON.stringify(message.result?.structuredContent);
  if (message.id === n && answer === workload.expected(n)) return null;
  return `call ${n} was answered ${text.slice(0, 300)}`;
}

/** One keep-alive connection that carries one request at a time. */
class Line {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #path: string;
  #received = '';
  #settle: { resolve(answer: { status: number; text: string }): void; reject(error: Error): void } | null =
    null;
  broken = false;

  private constructor(socket: Socket, url: URL) {
    this.#socket = socket;
    this.#host = url.host;
    this.#path = url.pathname;
    socket.setNoDelay(true);
    // One byte per character: lengths in the protocol are bytes.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#look();
    });
    const fail = () => {
      this.broken = true;
      this.#settle?.reject(new Error('the connection was closed'));
    };
    socket.on('close', fail);
    socket.on('error', fail);
  }

  static open(address: string): Promise<Line> {
    const url = new URL(address);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => {
        socket.off('error', reject);
        resolve(new Line(socket, url));
      });
      socket.once('error', reject);
    });
  }

  post(body: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
    let head = `POST ${this.#path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${head}\r\n${body}`);
    });
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #look(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#received.slice(0, end).toLowerCase();
    const rest = this.#received.slice(end + 4);
    const length = /content-length: (\d+)/.exec(head)?.[1];
    const body = length === undefined ? unchunk(rest) : rest.length >= Number(length) ? rest : null;
    if (body === null || !this.#settle) return;
    const { resolve } = this.#settle;
    this.#settle = null;
    this.#received = '';
    const text = Buffer.from(body, 'latin1').toString();
    // A server may answer with an event stream, as ours does when a call takes more than a second.
    const streamed = head.includes('content-type: text/event-stream');
    resolve({ status: Number(head.slice(9, 12)), text: streamed ? lastMessage(text) : text });
  }
}

/** The answer is the last message of the stream. */
function lastMessage(text: string): string {
  return (
    text
      .match(/^data: (.*)$/gm)
      ?.at(-1)
      ?.slice('data: '.length) ?? ''
  );
}

/** The body of a chunked answer; null while it is not complete. */
function unchunk(text: string): string | null {
  let body = '';
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const start = lineEnd + 2;
    if (text.length < start + size + 2) return null;
    if (size === 0) return body;
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}
