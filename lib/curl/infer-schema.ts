import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';

const MOST_LEVELS = 6;
const MEMBER_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** The schema of a value that was seen once: its type, and that of what lies in it; nothing is demanded. */
export function inferSchema(value: JsonValue, level = 0): JsonSchema {
  if (value === null || level > MOST_LEVELS) return {};
  if (Array.isArray(value)) {
    const kinds = value.map((item) => JSON.stringify(inferSchema(item, level + 1)));
    const [first] = kinds;
    // Items of several forms are not described by the first of them.
    const same = first !== undefined && kinds.every((kind) => kind === first);
    return same ? { type: 'array', items: JSON.parse(first) as JsonSchema } : { type: 'array', items: {} };
  }
  if (typeof value === 'object') {
    const properties: JsonObject = {};
    for (const [name, member] of Object.entries(value)) {
      if (MEMBER_NAME.test(name) && !['__proto__', 'constructor', 'prototype'].includes(name))
        properties[name] = inferSchema(member, level + 1);
    }
    return { type: 'object', ...(Object.keys(properties).length > 0 && { properties }) };
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: typeof value };
}
