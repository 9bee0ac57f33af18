import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { OwnAnswer, OwnRequest } from './own-server.ts';

export const MODERN = '2026-07-28';
export const LEGACY = '2025-11-25';

/** Whom the check plays, and where. */
export interface Part {
  /** `/mcp/<project>` */
  path: string;
  /** Null for a public project. */
  key: string | null;
  agent: string;
}

const CLIENT = { name: 'patchbay-connection-check', version: '1' };

/** A message of 2025 as an HTTP request. */
export function legacyMessage(
  part: Part,
  method: string,
  params: JsonObject = {},
  headers: Record<string, string> = {},
): OwnRequest {
  const initialize = { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT };
  return post(part, method, method === 'initialize' ? initialize : params, {
    ...(method !== 'initialize' && { 'mcp-protocol-version': LEGACY }),
    ...headers,
  });
}

/** A message of 2026-07-28, with all its headers. */
export function modernMessage(
  part: Part,
  method: string,
  params: JsonObject = {},
  headers: Record<string, string> = {},
): OwnRequest {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return post(
    part,
    method,
    { ...params, _meta },
    {
      'mcp-protocol-version': MODERN,
      'mcp-method': method,
      ...headers,
    },
  );
}

export function headersOf({ agent }: Part, accept: string): Record<string, string> {
  return { 'user-agent': agent, accept };
}

export function secretOf({ key }: Part): Record<string, string> | undefined {
  return key === null ? undefined : { authorization: `Bearer ${key}` };
}

function post(part: Part, method: string, params: JsonObject, headers: Record<string, string>): OwnRequest {
  const secret = secretOf(part);
  return {
    method: 'POST',
    path: part.path,
    headers: {
      ...headersOf(part, 'application/json, text/event-stream'),
      'content-type': 'application/json',
      ...headers,
    },
    ...(secret && { secret }),
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  };
}

/** What a JSON-RPC answer holds, of a stream its last message; null when it is none. */
export function rpc({ text, headers }: OwnAnswer): { result?: JsonObject; error?: JsonObject } | null {
  const streams = headers['content-type']?.startsWith('text/event-stream');
  const json = streams
    ? (text
        .match(/^data: (.*)$/gm)
        ?.at(-1)
        ?.slice('data: '.length) ?? '')
    : text;
  try {
    const value = JSON.parse(json) as JsonValue;
    return typeof value === 'object' && value !== null && 'jsonrpc' in value ? value : null;
  } catch {
    return null;
  }
}
