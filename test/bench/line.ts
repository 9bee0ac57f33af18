import { connect, type Socket } from 'node:net';

/** One answer of a server, as HTTP brought it. */
export interface Answer {
  status: number;
  /** The last message, when it came as an event stream. */
  text: string;
  /** Mcp-Session-Id. */
  session: string | undefined;
}

interface Waiter {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * One keep-alive connection that carries one request at a time. As thin as can be: on two cores the client shares them
 * with the server that it measures.
 */
export class Line {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #path: string;
  #received: string[] = [];
  #head: string | null = null;
  /** Bytes of the answer with its head; null when it comes in chunks. */
  #whole: number | null = null;
  #length = 0;
  #waiter: Waiter | null = null;
  broken = false;

  private constructor(socket: Socket, url: URL) {
    this.#socket = socket;
    this.#host = url.host;
    this.#path = url.pathname;
    socket.setNoDelay(true);
    // One byte per character: lengths in the protocol are bytes.
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received.push(text);
      this.#length += text.length;
      this.#look();
    });
    const fail = () => {
      this.broken = true;
      this.#waiter?.reject(new Error('the connection was closed'));
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

  /** Sends a message and waits for all of its answer. Rejects when the connection ends before. */
  post(body: string, headers: Record<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#write(body, headers);
    });
  }

  /** Sends a message whose answer is a stream, and waits for the first of it. The connection is of no more use then. */
  listen(body: string, headers: Record<string, string>): Promise<string> {
    this.#write(body, headers);
    return new Promise((resolve, reject) => {
      this.#socket.removeAllListeners('data');
      let text = '';
      this.#socket.on('data', (piece: string) => {
        text += piece;
        if (!text.includes('\ndata: ')) return;
        this.#socket.removeAllListeners('data');
        this.#socket.resume();
        resolve(text);
      });
      this.#socket.once('close', () => reject(new Error(`the stream was not opened: ${text.slice(0, 300)}`)));
    });
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #write(body: string, headers: Record<string, string>): void {
    let head = `POST ${this.#path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    this.#socket.write(`${head}\r\n${body}`);
  }

  #look(): void {
    if (this.#head === null) {
      const received = this.#received.join('');
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.#head = received.slice(0, end);
      const length = /content-length: (\d+)/i.exec(this.#head)?.[1];
      this.#whole = length === undefined ? null : end + 4 + Number(length);
    }
    if (!this.#waiter || (this.#whole !== null && this.#length < this.#whole)) return;
    const rest = this.#received.join('').slice(this.#head.length + 4);
    const status = Number(this.#head.slice(9, 12));
    const body = this.#whole === null && status !== 202 ? unchunk(rest) : rest;
    if (body === null) return;
    const text = Buffer.from(body, 'latin1').toString();
    const session = /mcp-session-id: ([^\r\n]+)/i.exec(this.#head)?.[1];
    // A server may answer with an event stream, as ours does when a call takes more than a second.
    const streamed = /content-type: text\/event-stream/i.test(this.#head);
    const { resolve } = this.#waiter;
    this.#waiter = null;
    this.#received = [];
    this.#head = null;
    this.#length = 0;
    resolve({ status, session, text: streamed ? lastMessage(text) : text });
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
