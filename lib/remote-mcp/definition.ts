import { createHash } from 'node:crypto';
import type { Tool } from '@modelcontextprotocol/client';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** What a person sees of a remote tool when choosing it, and its hash: that which is pinned. */
export interface RemoteTool {
  name: string;
  /** `name`, `title`, `description`, `inputSchema`, `outputSchema`, `annotations`, as far as they are there. */
  definition: JsonObject;
  /** SHA-256 of the definition as canonical JSON, hexadecimal. */
  hash: string;
}

/** What of a tool's definition is pinned: all that a model or a person judges it by. */
const PINNED = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

/** A tool as a server lists it, with its hash. */
export function remoteTool(tool: Tool): RemoteTool {
  const members = PINNED.flatMap((name) => (tool[name] === undefined ? [] : [[name, tool[name]]]));
  // Also takes out members whose value is undefined, which canonical JSON would not know how to write.
  const definition = JSON.parse(JSON.stringify(Object.fromEntries(members))) as JsonObject;
  return { name: tool.name, definition, hash: definitionHash(definition) };
}

/** SHA-256 of a definition, hexadecimal. The order of members does not matter. */
export function definitionHash(definition: JsonObject): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

/** JSON with the members of objects in the order of their names and without white space (RFC 8785, less its numbers). */
function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name]!)}`);
  return `{${members.join(',')}}`;
}
