import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { moved } from './json-path.ts';

/** Types a row of the visual editor can have. `any`: no type is said. */
export const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'any'] as const;
export type SchemaType = (typeof SCHEMA_TYPES)[number];

/** What a type is called on the page. */
export const TYPE_WORDS: Record<SchemaType, string> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'true / false',
  object: 'object',
  array: 'list',
  any: 'anything',
};

/** Formats that are checked, for texts. */
export const FORMATS = [
  'date',
  'date-time',
  'time',
  'email',
  'uri',
  'uuid',
  'ipv4',
  'ipv6',
  'hostname',
] as const;

export interface SchemaRow {
  name: string;
  schema: JsonSchema;
  required: boolean;
}

const COMMON = ['type', 'description', 'default', 'enum'];
const OF_TYPE: Record<SchemaType, readonly string[]> = {
  string: ['format', 'minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
  object: ['properties', 'required'],
  array: ['items', 'minItems', 'maxItems'],
  any: [],
};
/** Say nothing about the value; they need not be pointed out. */
const SILENT = ['$schema', '$id', 'additionalProperties'];

/** The type of a schema; null for one that only the raw mode can edit: several types, references, combinations. */
export function typeOf(schema: JsonSchema): SchemaType | null {
  if (['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'const'].some((word) => word in schema)) return null;
  const { type } = schema;
  if (type === undefined) return 'properties' in schema ? 'object' : 'any';
  return SCHEMA_TYPES.find((known) => known === type) ?? null;
}

/** Keywords that the visual editor keeps and does not show. */
export function rawKeywords(schema: JsonSchema): string[] {
  const type = typeOf(schema);
  const shown = type === null ? ['description'] : [...COMMON, ...OF_TYPE[type]];
  return Object.keys(schema).filter((word) => !shown.includes(word) && !SILENT.includes(word));
}

/** The members of an object's schema, in order. */
export function rowsOf(schema: JsonSchema): SchemaRow[] {
  const required = requiredOf(schema);
  return Object.entries(propertiesOf(schema)).map(([name, member]) => ({
    name,
    schema: isJsonObject(member) ? member : {},
    required: required.includes(name),
  }));
}

/** The schema with these members; everything else it says is kept. */
export function withRows(schema: JsonSchema, rows: readonly SchemaRow[]): JsonSchema {
  const required = rows.filter((row) => row.required).map(({ name }) => name);
  const next: JsonSchema = {
    ...schema,
    type: 'object',
    properties: Object.fromEntries(rows.map((row) => [row.name, row.schema])),
  };
  // Names that are required without being described belong to the raw mode.
  const hidden = requiredOf(schema).filter((name) => !Object.hasOwn(propertiesOf(schema), name));
  const all = [...required, ...hidden];
  if (all.length > 0) next['required'] = all;
  else delete next['required'];
  return next;
}

/** With one more text at the end, under a name that is free. */
export function withNewRow(schema: JsonSchema): JsonSchema {
  const taken = propertiesOf(schema);
  let name = 'field';
  for (let number = 2; Object.hasOwn(taken, name); number += 1) name = `field_${number}`;
  return withRows(schema, [...rowsOf(schema), { name, schema: { type: 'string' }, required: true }]);
}

export function withMovedRow(schema: JsonSchema, from: number, to: number): JsonSchema {
  return withRows(schema, moved(rowsOf(schema), from, to));
}

/** Another type. What still fits is kept; keywords of the old type alone are dropped, those nobody shows are not. */
export function withType(schema: JsonSchema, type: SchemaType): JsonSchema {
  const old = typeOf(schema);
  const dropped = old === null ? ['type'] : ['type', 'default', 'enum', ...OF_TYPE[old]];
  const kept = Object.entries(schema).filter(
    ([word]) => !dropped.includes(word) || OF_TYPE[type].includes(word),
  );
  const next: JsonSchema = type === 'any' ? {} : { type };
  for (const [word, value] of kept) if (word !== 'type') next[word] = value;
  if (type === 'object' && !isJsonObject(next['properties'])) next['properties'] = {};
  if (type === 'array' && !isJsonObject(next['items'])) next['items'] = { type: 'string' };
  return next;
}

/** With a keyword set; undefined takes it away. */
export function withKeyword(schema: JsonSchema, word: string, value: JsonValue | undefined): JsonSchema {
  const { [word]: _, ...others } = schema;
  if (value === undefined) return others;
  // In place where it stood, so that raw JSON does not jump about.
  return word in schema ? { ...schema, [word]: value } : { ...others, [word]: value };
}

/** What is typed for a value of a type; undefined = nothing, null = it does not fit. */
export function readTyped(text: string, type: SchemaType): { value: JsonValue | undefined } | null {
  if (text.trim() === '') return { value: undefined };
  if (type === 'string') return { value: text };
  try {
    const value = JSON.parse(text) as JsonValue;
    return fits(value, type) ? { value } : null;
  } catch {
    return null;
  }
}

function fits(value: JsonValue, type: SchemaType): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      return true;
  }
}

function propertiesOf(schema: JsonSchema): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(schema: JsonSchema): string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}
