import { request } from 'node:http';
import type { JsonObject } from '#lib/workflow/json.ts';

/** The envelope of every 2026-07-28 request. */
export const ENVELOPE: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body as JSON; of an event stream, the last message. */
  json: {
    id?: unknown;
    result?: Record<string, never> & { content: { type: string; text: string }[]; isError?: boolean };
    error?: { code: number; message: string; data?: JsonObject };
  };
}

/** One HTTP request, exactly as given: no header is added but those HTTP needs. */
export function send(
  url: string,
  {
    method = 'POST',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode!, headers: response.headers, text, json: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): Answer['json'] {
  const data =
    text
      .match(/^data: (.*)$/gm)
      ?.at(-1)
      ?.slice('data: '.length) ?? text;
  try {
    return JSON.parse(data);
  } catch {
    return {};
  }
}

/** A 2026-07-28 request with all its headers; `headers` come on top, undefined removes one. */
export function modern(
  url: string,
  key: string | null,
  message: { id?: unknown; method: string; params?: Record<string, unknown> },
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  const { id = 1, method, params = {} } = message;
  const name = params['name'] ?? params['uri'] ?? params['taskId'];
  const all: Record<string, string | undefined> = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': method,
    'Mcp-Name': typeof name === 'string' ? name : undefined,
    Authorization: key === null ? undefined : `Bearer ${key}`,
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return send(url, {
    headers: Object.fromEntries(given),
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta: ENVELOPE, ...params } }),
  });
}

/** What a client of 2026-07-28 sends when it declares these capabilities. */
export function envelope(capabilities: JsonObject): JsonObject {
  return { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': capabilities };
}

/** A tools/call of 2026-07-28. */
export function call(url: string, key: string | null, name: string, args: JsonObject = {}): Promise<Answer> {
  return modern(url, key, { method: 'tools/call', params: { name, arguments: args } });
}

/** A 2025 request as a client sends it after initialize, without a session. */
export function legacy(
  url: string,
  key: string | null,
  message: object | object[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(url, {
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(key !== null && { Authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify(message),
  });
}
