import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { resolved } from './reference.ts';

const MOST_NESTED = 8;

/**
 * A schema with its references followed and its `allOf` written into it, one level deep: members stay as they are.
 * What contradicts itself takes the first word.
 */
export function flatSchema(root: JsonObject, given: JsonValue | undefined, nested = 0): JsonSchema {
  const schema = resolved(root, given);
  if (!schema) return {};
  const { allOf, ...own } = withSiblings(given, schema);
  if (!Array.isArray(allOf) || nested >= MOST_NESTED) return own;
  let flat: JsonSchema = own;
  for (const part of allOf) flat = joined(flat, flatSchema(root, part, nested + 1));
  return flat;
}

/** Since 3.1 a reference may have a description of its own beside it. */
function withSiblings(given: JsonValue | undefined, schema: JsonObject): JsonSchema {
  if (!isJsonObject(given) || given === schema) return schema;
  const { $ref: _, ...siblings } = given;
  return { ...schema, ...siblings };
}

/** One schema that both say: members and demands of both. */
export function joined(first: JsonSchema, second: JsonSchema): JsonSchema {
  const both: JsonSchema = { ...second, ...first };
  const properties = { ...membersOf(second), ...membersOf(first) };
  if (Object.keys(properties).length > 0) both['properties'] = properties;
  const required = [...requiredOf(first), ...requiredOf(second)];
  if (required.length > 0) both['required'] = [...new Set(required)];
  const [one, other] = [first['type'], second['type']];
  if (one !== undefined && other !== undefined) {
    const common = [one].flat().filter((type) => [other].flat().includes(type));
    if (common.length > 0) both['type'] = common.length === 1 ? common[0]! : common;
  }
  return both;
}

export function membersOf(schema: JsonSchema): JsonObject {
  const value = schema['properties'];
  return isJsonObject(value) ? value : {};
}

export function requiredOf(schema: JsonSchema): string[] {
  const value = schema['required'];
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** Its types without `null`, or what its other words imply. */
export function typesOf(schema: JsonSchema): string[] {
  const { type } = schema;
  const named = [type].flat().filter((name) => typeof name === 'string' && name !== 'null') as string[];
  if (named.length > 0) return named;
  if (isJsonObject(schema['properties']) || 'additionalProperties' in schema) return ['object'];
  if ('items' in schema) return ['array'];
  const { enum: values } = schema;
  if (Array.isArray(values) && values.length > 0) {
    const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
    const [only] = types;
    if (types.size === 1 && (only === 'string' || only === 'number' || only === 'boolean')) return [only];
  }
  return [];
}

export function isNullable(schema: JsonSchema): boolean {
  return [schema['type']].flat().includes('null') || schema['nullable'] === true;
}
