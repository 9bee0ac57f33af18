import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { decodeHeader } from './era.ts';
import { Fault } from './errors.ts';

/** An argument that clients repeat in a header, as its schema says (`x-mcp-header`). */
interface ParamHeader {
  path: string[];
  /** Lower case: `mcp-param-region`. */
  header: string;
  numeric: boolean;
}

const declared = new WeakMap<JsonSchema, ParamHeader[]>();
const DECIMAL = /^-?\d+(\.\d+)?$/;

/**
 * Compares the Mcp-Param-* headers with the arguments (2026-07-28, streamable-http, "custom headers").
 * Throws Fault -32020 when one is badly encoded or different; or missing, unless the message came without any protocol
 * headers (no MCP-Protocol-Version): such are tolerated, and a frame of a WebSocket has none.
 */
export function checkParamHeaders(schema: JsonSchema, args: JsonObject, headers: IncomingHttpHeaders): void {
  let list = declared.get(schema);
  if (!list) {
    list = JSON.stringify(schema).includes('"x-mcp-header"') ? declarations(schema, []) : [];
    declared.set(schema, list);
  }
  const mayMiss = headers['mcp-protocol-version'] === undefined;
  for (const { path, header, numeric } of list) {
    const value = path.reduce<JsonValue | undefined>(
      (at, name) => (isJsonObject(at) ? at[name] : undefined),
      args,
    );
    // Headers are for primitives that are there; anything else is the schema's business.
    if (value === undefined || value === null || typeof value === 'object') continue;
    const given = headers[header];
    if (given === undefined && mayMiss) continue;
    if (typeof given !== 'string') throw mismatch(header, 'is missing');
    const decoded = decodeHeader(given);
    if (decoded === null) throw mismatch(header, 'is not well encoded');
    const equal =
      numeric && typeof value === 'number' && DECIMAL.test(decoded)
        ? Number(decoded) === value
        : decoded === String(value);
    if (!equal) throw mismatch(header, `does not equal the argument ${path.join('.')}`);
  }
}

function mismatch(header: string, what: string): Fault {
  return new Fault('header_mismatch', `Headers and body disagree: the header ${header} ${what}.`);
}

/** Only properties that are reached through properties alone may be annotated. */
function declarations(schema: JsonValue | undefined, path: string[]): ParamHeader[] {
  if (!isJsonObject(schema)) return [];
  const name = schema['x-mcp-header'];
  const own: ParamHeader[] =
    typeof name === 'string' && path.length > 0
      ? [{ path, header: `mcp-param-${name.toLowerCase()}`, numeric: schema['type'] === 'integer' }]
      : [];
  const { properties } = schema;
  if (!isJsonObject(properties)) return own;
  return Object.entries(properties).reduce(
    (found, [key, child]) => found.concat(declarations(child, [...path, key])),
    own,
  );
}
