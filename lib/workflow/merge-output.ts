import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts';

/**
 * What a workflow with several ends promises: their schema where they agree, otherwise an object that has the
 * members of all, of which only those that every end always gives are required.
 */
export function mergeOutput(schemas: readonly JsonSchema[]): JsonSchema {
  const [first, ...others] = schemas;
  if (!first) return { type: 'object' };
  const texts = new Set(schemas.map((schema) => JSON.stringify(schema)));
  if (texts.size === 1) return first;
  // References of different schemas may mean different things under one name.
  if ([...texts].some((text) => text.includes('"$ref":'))) return { type: 'object' };
  const properties: JsonSchema = {};
  for (const schema of schemas) {
    for (const [name, member] of Object.entries(propertiesOf(schema))) {
      const earlier = Object.hasOwn(properties, name) ? properties[name] : undefined;
      properties[name] = earlier === undefined ? member : either(earlier, member);
    }
  }
  const required = requiredOf(first).filter((name) =>
    others.every((schema) => requiredOf(schema).includes(name)),
  );
  const merged: JsonSchema = { type: 'object', properties };
  if (required.length > 0) merged['required'] = required;
  if (schemas.every((schema) => schema['additionalProperties'] === false))
    merged['additionalProperties'] = false;
  return merged;
}

function either(one: JsonValue, other: JsonValue): JsonValue {
  const known =
    isJsonObject(one) && Array.isArray(one['anyOf']) && Object.keys(one).length === 1 ? one['anyOf'] : [one];
  if (known.some((schema) => JSON.stringify(schema) === JSON.stringify(other))) return one;
  return { anyOf: [...known, other] };
}

function propertiesOf(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'];
  return isJsonObject(properties) ? properties : {};
}

function requiredOf(schema: JsonSchema): JsonValue[] {
  const required = schema['required'];
  return Array.isArray(required) ? required : [];
}
