import { get, type IncomingMessage } from 'node:http';
import type { Message } from './session.ts';
import { type Answer, send } from './wire.ts';

/** A client of 2024-11-05 that sees every message. */
export class SsePeer {
  /** To which it posts. */
  endpoint: string;
  readonly response: IncomingMessage;
  readonly #key: string | null;
  readonly #messages: Message[] = [];
  #waiting: (() => void)[] = [];
  #text = '';
  ended = false;

  private constructor(
    response: IncomingMessage,
    { endpoint, key }: { endpoint: string; key: string | null },
  ) {
    this.response = response;
    this.endpoint = endpoint;
    this.#key = key;
  }

  /** Opens a stream; `url` is the MCP address. */
  static async open(url: string, key: string | null): Promise<SsePeer> {
    const headers = { Accept: 'text/event-stream', ...(key !== null && { Authorization: `Bearer ${key}` }) };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${url}/sse`, { headers, agent: false }, resolve).on('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return new Promise((resolve) => {
      let peer: SsePeer | null = null;
      let head = '';
      response.on('error', () => {});
      response.on('data', (chunk: Buffer) => {
        if (peer) return peer.#take(String(chunk));
        head += chunk;
        const found = /^event: endpoint\ndata: (.*)\n\n/.exec(head);
        if (!found) return;
        peer = new SsePeer(response, { endpoint: new URL(found[1]!, url).href, key });
        peer.#take(head.slice(found[0].length));
        resolve(peer);
      });
      response.on('close', () => {
        if (!peer) return;
        peer.ended = true;
        peer.#wake();
      });
    });
  }

  /** Posts a message, to this stream's address or another replica's. */
  post(message: object, endpoint = this.endpoint): Promise<Answer> {
    return send(endpoint, {
      headers: {
        'Content-Type': 'application/json',
        ...(this.#key !== null && { Authorization: `Bearer ${this.#key}` }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  }

  /** The next message, of those that have not been taken, for which this holds; null when the stream is over. */
  async next(which: (message: Message) => boolean = () => true): Promise<Message | null> {
    for (;;) {
      const at = this.#messages.findIndex(which);
      if (at !== -1) return this.#messages.splice(at, 1)[0]!;
      if (this.ended) return null;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async ask(message: { id: number | string; method: string; params?: object }, endpoint?: string) {
    await this.post(message, endpoint);
    return this.next(({ id, method }) => id === message.id && method === undefined);
  }

  initialize(capabilities: object = {}) {
    const clientInfo = { name: 'Tester', version: '3' };
    const params = { protocolVersion: '2024-11-05', capabilities, clientInfo };
    return this.ask({ id: 0, method: 'initialize', params });
  }

  call(name: string, args: object = {}, options: { id?: number; endpoint?: string } = {}) {
    const { id = 1, endpoint } = options;
    return this.ask({ id, method: 'tools/call', params: { name, arguments: args } }, endpoint);
  }

  close(): void {
    this.response.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const events = this.#text.split('\n\n');
    this.#text = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) this.#messages.push(JSON.parse(data));
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
