import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts';

/** Members named like a secret are recorded as this: of their value nothing is known. */
const REDACTED = '[redacted]';
/** Names that no schema may have. */
const UNNAMED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Kinds of value in the order in which a schema names them. */
const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
type Type = (typeof TYPES)[number];

/** Formats that are told only where every text has them. */
const FORMATS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/],
  ['date', /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])$/],
  ['uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['email', /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/],
  ['uri', /^https?:\/\/[^\s/]+\S*$/],
];

/**
 * The narrowest JSON Schema that all of the values fit and that does not depend on chance: types, the members of
 * objects (required where every object has them), items of lists, and formats of texts. No bounds and no choices: what
 * a few samples do not show may still come. `{}` for no value at all.
 */
export function inferSchema(values: readonly JsonValue[]): JsonSchema {
  const known = values.filter((value) => value !== REDACTED);
  if (known.length === 0 || known.length < values.length) return {};
  const found = new Set(known.map(typeOf));
  // Every integer is a number.
  if (found.has('number')) found.delete('integer');
  const types = TYPES.filter((type) => found.has(type));
  return {
    type: types.length === 1 ? types[0]! : types,
    ...(found.has('string') && formatOf(known.filter((value) => typeof value === 'string'))),
    ...(found.has('object') && membersOf(known.filter(isJsonObject))),
    ...(found.has('array') && itemsOf(known.filter((value) => Array.isArray(value)))),
  };
}

/**
 * The schema, with room for the values that it refuses: words, bounds and choices that people wrote stay where the
 * values keep to them; members that are new come in, those that are not always there are no longer required.
 * `refuses` says whether a value does not fit a schema.
 */
export function widenSchema(
  schema: JsonSchema,
  values: readonly JsonValue[],
  refuses: (schema: JsonSchema, value: JsonValue) => boolean,
): JsonSchema {
  if (values.length === 0) return schema;
  const objects = values.filter(isJsonObject);
  const { properties } = schema;
  if (objects.length === values.length && isJsonObject(properties) && schema['type'] === 'object') {
    const names = [...new Set([...Object.keys(properties), ...namesIn(objects)])];
    const { required } = schema;
    const members = names.map((name) => {
      const given = objects.flatMap((one) => (Object.hasOwn(one, name) ? [one[name]!] : []));
      const written = properties[name];
      const member = isJsonObject(written) ? widenSchema(written, given, refuses) : inferSchema(given);
      return [name, member] as const;
    });
    return {
      ...schema,
      properties: Object.fromEntries(members),
      ...(Array.isArray(required) && {
        required: required.filter(
          (name) => typeof name === 'string' && objects.every((one) => Object.hasOwn(one, name)),
        ),
      }),
    };
  }
  const lists = values.filter((value) => Array.isArray(value));
  const { items } = schema;
  if (lists.length === values.length && isJsonObject(items) && schema['type'] === 'array') {
    return { ...schema, items: widenSchema(items, lists.flat(), refuses) };
  }
  if (!values.some((value) => refuses(schema, value))) return schema;
  const { title, description } = schema;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...inferSchema(values),
  };
}

/** How many fields a schema promises, those within objects and the items of lists too. */
export function countFields(schema: JsonSchema): number {
  const { properties, items } = schema;
  const inner = isJsonObject(properties) ? Object.values(properties).filter(isJsonObject) : [];
  const own = inner.reduce((sum, member) => sum + Math.max(1, countFields(member)), 0);
  return own + (isJsonObject(items) ? countFields(items) : 0);
}

function typeOf(value: JsonValue): Type {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'object' | 'string' | 'boolean';
}

function formatOf(texts: readonly string[]): JsonSchema {
  const format = FORMATS.find(([, pattern]) => texts.every((text) => pattern.test(text)));
  return format ? { format: format[0] } : {};
}

function membersOf(objects: readonly JsonObject[]): JsonSchema {
  const names = namesIn(objects);
  const required = names.filter((name) => objects.every((one) => Object.hasOwn(one, name)));
  const member = (name: string): JsonSchema =>
    inferSchema(objects.flatMap((one) => (Object.hasOwn(one, name) ? [one[name]!] : [])));
  return {
    properties: Object.fromEntries(names.map((name) => [name, member(name)])),
    ...(required.length > 0 && { required }),
  };
}

function namesIn(objects: readonly JsonObject[]): string[] {
  return [...new Set(objects.flatMap((one) => Object.keys(one)))].filter((name) => !UNNAMED.has(name));
}

function itemsOf(lists: readonly JsonValue[][]): JsonSchema {
  const items = lists.flat();
  return items.length === 0 ? {} : { items: inferSchema(items) };
}
