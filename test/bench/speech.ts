import type { Contender } from './contender.ts';
import type { Line } from './line.ts';

/** How a client speaks: the two eras of the protocol, the older one without and with a session. */
export type Speech = '2026-07-28' | '2025' | '2025 session';

const LEGACY_VERSION = '2025-11-25';

const CLIENT = { name: 'bench', version: '1' };

const META = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
});

/** One message and what it is sent with. */
export interface Utterance {
  id: number;
  method: string;
  /** Members of params as JSON text, without the braces; '' for none. */
  params: string;
  /** What the header Mcp-Name repeats. */
  name?: string;
}

/** One client on a connection of its own. */
export class Speaker {
  readonly line: Line;
  readonly #speech: Speech;
  readonly #headers: Record<string, string>;

  private constructor(line: Line, speech: Speech, headers: Record<string, string>) {
    this.line = line;
    this.#speech = speech;
    this.#headers = headers;
  }

  /** Introduces itself, where that is the custom. Throws when it is not let in. */
  static async begin(line: Line, contender: Contender, speech: Speech): Promise<Speaker> {
    if (speech === '2026-07-28') {
      return new Speaker(line, speech, { ...contender.headers, 'MCP-Protocol-Version': '2026-07-28' });
    }
    const headers = { ...contender.headers, 'MCP-Protocol-Version': LEGACY_VERSION };
    if (speech === '2025') return new Speaker(line, speech, headers);
    const params = { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: CLIENT };
    const hello = { jsonrpc: '2.0', id: 0, method: 'initialize', params };
    const { status, session, text } = await line.post(JSON.stringify(hello), contender.headers);
    if (status !== 200 || session === undefined) throw new Error(`No session: HTTP ${status} ${text}`);
    const speaker = new Speaker(line, speech, { ...headers, 'Mcp-Session-Id': session });
    await line.post('{"jsonrpc":"2.0","method":"notifications/initialized"}', speaker.#headers);
    return speaker;
  }

  /** The body of a message and its headers. */
  say({ id, method, params, name }: Utterance): [body: string, headers: Record<string, string>] {
    if (this.#speech !== '2026-07-28') {
      return [`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{${params}}}`, this.#headers];
    }
    const body = `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{${params}${params && ','}"_meta":${META}}}`;
    const headers: Record<string, string> = { ...this.#headers, 'Mcp-Method': method };
    if (name !== undefined) headers['Mcp-Name'] = name;
    return [body, headers];
  }
}
