import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';

/**
 * Arguments that a schema wants repeated in headers (`x-mcp-header`), as 2026-07-28 has it: `Mcp-Param-Region: eu`.
 * What is absent, null, a list or an object has none.
 */
export function paramHeaders(
  schema: JsonValue | undefined,
  value: JsonValue | undefined,
): Record<string, string> {
  if (!isJsonObject(schema) || !isJsonObject(schema['properties'])) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(schema['properties'])) {
    const given = isJsonObject(value) ? value[name] : undefined;
    if (!isJsonObject(property) || given === undefined || given === null) continue;
    const header = property['x-mcp-header'];
    if (typeof header === 'string' && typeof given !== 'object') {
      headers[`Mcp-Param-${header}`] = printable(String(given));
    }
    Object.assign(headers, paramHeaders(property, given));
  }
  return headers;
}

/** A text as a header carries it: as it is, or in base64 where headers would spoil it. */
export function printable(text: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')) return text;
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(String.fromCharCode(...bytes))}?=`;
}
