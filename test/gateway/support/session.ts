import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { type Answer, legacy } from './wire.ts';

export interface Message {
  id?: string | number;
  method?: string;
  params?: JsonObject;
  result?: JsonObject & { content?: { type: string; text: string }[]; isError?: boolean };
  error?: { code: number; message: string };
}

/** A 2025 client with a session, message by message. */
export interface LegacyClient {
  session: string;
  /** A tools/call whose stream is read message by message. */
  call(name: string, args?: JsonObject, id?: number): Promise<OpenCall>;
  /** Answers a request of the server's, at this address or another replica's. */
  respond(to: Message, result: JsonValue, url?: string): Promise<Answer>;
  send(message: object, url?: string): Promise<Answer>;
}

export interface OpenCall {
  status: number;
  /** The next message; null at the end. */
  next(): Promise<Message | null>;
  /** Goes away. */
  close(): void;
}

/** Begins a session. */
export async function beginSession(
  url: string,
  key: string | null,
  capabilities: JsonObject,
  { protocolVersion = '2025-11-25' }: { protocolVersion?: string } = {},
): Promise<LegacyClient> {
  const clientInfo = { name: 'Tester', version: '3' };
  const params = { protocolVersion, capabilities, clientInfo };
  const begun = await legacy(url, key, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
  const session = String(begun.headers['mcp-session-id']);
  const headers = { 'Mcp-Session-Id': session, 'MCP-Protocol-Version': protocolVersion };
  const send = (message: object, to = url) => legacy(to, key, { jsonrpc: '2.0', ...message }, headers);
  return {
    session,
    send,
    respond: ({ id }, result, to) => send({ id, result }, to),
    call: (name, args = {}, id = 1) =>
      openCall(
        url,
        {
          ...headers,
          Accept: 'application/json, text/event-stream',
          ...(key !== null && { Authorization: `Bearer ${key}` }),
        },
        { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } },
      ),
  };
}

/** A POST whose answer is read as it comes, be it a stream or one message. */
export function openCall(url: string, headers: Record<string, string>, message: object): Promise<OpenCall> {
  return opened(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(message),
  });
}

/** The stream on which a session hears of changes. */
export function openStream(url: string, key: string, session: string): Promise<OpenCall> {
  const headers = {
    Accept: 'text/event-stream',
    Authorization: `Bearer ${key}`,
    'Mcp-Session-Id': session,
  };
  return opened(url, { headers });
}

async function opened(url: string, init: RequestInit): Promise<OpenCall> {
  const gone = new AbortController();
  const response = await fetch(url, { ...init, signal: gone.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const streams = response.headers.get('content-type') === 'text/event-stream';
  let text = '';
  return {
    status: response.status,
    close: () => gone.abort(),
    async next() {
      for (;;) {
        const found = /^data: (.+)\n\n/m.exec(text);
        if (found) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1]!);
        }
        const { done, value } = await reader.read();
        if (!done) {
          text += value;
          continue;
        }
        if (streams || text === '') return null;
        const whole = JSON.parse(text);
        text = '';
        return whole;
      }
    },
  };
}
