import type { JsonSchema, JsonValue } from './json.ts';

/**
 * The JSON Schema of a literal value whose texts may hold expressions: the shape is what was written,
 * an expression may become anything (`{}`). Never narrower than what the evaluated value can be.
 */
export function literalSchema(value: JsonValue): JsonSchema {
  if (value === null) return {};
  if (Array.isArray(value)) return { type: 'array', items: itemSchema(value) };
  switch (typeof value) {
    case 'object': {
      const entries = Object.entries(value);
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, member]) => [name, literalSchema(member)])),
        required: entries.map(([name]) => name),
      };
    }
    case 'string':
      return isOneExpression(value) ? {} : { type: 'string' };
    case 'number':
      return { type: 'number' };
    default:
      return { type: 'boolean' };
  }
}

/** One schema for all items, or anything when they differ. */
function itemSchema(items: JsonValue[]): JsonSchema {
  const schemas = items.map(literalSchema);
  const [first] = schemas;
  if (first === undefined) return {};
  const text = JSON.stringify(first);
  return schemas.every((schema) => JSON.stringify(schema) === text) ? first : {};
}

/** Whether the text may be a single expression, which keeps its type. `{{ a }} {{ b }}` counts too: wider is safe. */
function isOneExpression(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{{') && trimmed.endsWith('}}');
}
