import { paramHeaders } from '#app/try/param-headers.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

const VERSION = '2026-07-28';
/** Stands where the caller's key goes; a real one is never written into a page. */
const KEY = 'YOUR_API_KEY';

/** What is called, as a client would. */
export interface McpCall {
  /** Where the project is called. */
  url: string;
  access: 'oauth' | 'key' | 'public';
  kind: 'tool' | 'prompt';
  /** Of the tool or the prompt. */
  name: string;
  args: JsonObject;
  /** Of the arguments: it may want some of them repeated in headers. */
  schema?: JsonValue;
}

/** The call as a message of JSON-RPC, in the form of 2026-07-28. */
export function mcpRequest({ kind, name, args }: McpCall): JsonObject {
  return {
    jsonrpc: '2.0',
    id: 1,
    method: methodOf(kind),
    params: {
      name,
      arguments: args,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': VERSION,
        'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
}

/** The call as a command for a POSIX shell; where the project asks for a key, with a placeholder for it. */
export function mcpCurl(call: McpCall): string {
  const headers: Record<string, string> = {
    ...(call.access !== 'public' && { Authorization: `Bearer ${KEY}` }),
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': VERSION,
    'Mcp-Method': methodOf(call.kind),
    'Mcp-Name': call.name,
    ...paramHeaders(call.schema, call.args),
  };
  return [
    `curl ${quoted(call.url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `--data-raw ${quoted(JSON.stringify(mcpRequest(call)))}`,
  ].join(' \\\n  ');
}

function methodOf(kind: McpCall['kind']): string {
  return kind === 'tool' ? 'tools/call' : 'prompts/get';
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
