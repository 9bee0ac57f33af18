import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';

const DEEPEST = 5;

/**
 * A value in the shape of a schema, each leaf the name of its type: what a step that has not run yet is expected to
 * leave behind. Null where the schema says nothing.
 */
export function shapeOf(schema: JsonSchema, depth = 0): JsonValue {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (depth < DEEPEST && isJsonObject(schema['properties'])) {
    return Object.fromEntries(
      Object.entries(schema['properties']).map(([name, member]): [string, JsonValue] => [
        name,
        isJsonObject(member) ? shapeOf(member, depth + 1) : null,
      ]),
    );
  }
  if (type === 'array') {
    return depth < DEEPEST && isJsonObject(schema['items']) ? [shapeOf(schema['items'], depth + 1)] : [];
  }
  return typeof type === 'string' ? type : null;
}
