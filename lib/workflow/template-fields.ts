import * as z from 'zod';
import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';

export type Field = readonly (string | number)[];

/** A text in a node's config, and how it is read. */
export interface ConfigText {
  field: Field;
  text: string;
  as: 'template' | 'javascript';
}

const schemas = new WeakMap<KindSpec, JsonSchema>();

/** The JSON Schema of a kind's config, with its hints; made once per kind. */
function configSchema(kind: KindSpec): JsonSchema {
  let schema = schemas.get(kind);
  if (!schema) {
    schema = z.toJSONSchema(kind.config, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    schemas.set(kind, schema);
  }
  return schema;
}

/** Every text of a config that the kind's schema marks as a template (`template: true`) or as JavaScript. */
export function configTexts(kind: KindSpec, config: JsonValue): ConfigText[] {
  const root = configSchema(kind);
  const found: ConfigText[] = [];
  walk(config, [root], [], { root, found });
  return found;
}

interface Walk {
  root: JsonSchema;
  found: ConfigText[];
}

/**
 * `schemas` are those that may describe the value: more than one where the schema has alternatives, which count
 * together unless a constant in them says that they are another one. A config is at most as deep as the document.
 */
function walk(value: JsonValue, given: JsonSchema[], field: Field, state: Walk): void {
  const described = given.flatMap((schema) => alternatives(schema, value, state.root, 0));
  if (described.some((schema) => schema['template'] === true)) {
    addTexts(value, field, state.found);
    return;
  }
  if (typeof value === 'string') {
    if (described.some((schema) => schema['widget'] === 'code' && schema['language'] === 'javascript')) {
      state.found.push({ field, text: value, as: 'javascript' });
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const items = described.map((schema) => schema['items']).filter(isJsonObject);
    if (items.length === 0) return;
    for (const [index, item] of value.entries()) walk(item, items, [...field, index], state);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const members = described.map((schema) => memberSchema(schema, name)).filter(isJsonObject);
    if (members.length > 0) walk(member, members, [...field, name], state);
  }
}

function addTexts(value: JsonValue, field: Field, found: ConfigText[]): void {
  if (typeof value === 'string') {
    found.push({ field, text: value, as: 'template' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) addTexts(item, [...field, index], found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) addTexts(member, [...field, name], found);
  }
}

/** A schema with its references followed and its alternatives spread out, less those the value rules out. */
function alternatives(schema: JsonSchema, value: JsonValue, root: JsonSchema, depth: number): JsonSchema[] {
  if (depth > 16 || ruledOut(schema, value)) return [];
  const all = [schema];
  const reference = schema['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/$defs/')) {
    const definitions = root['$defs'];
    const target = isJsonObject(definitions) ? definitions[reference.slice('#/$defs/'.length)] : undefined;
    if (isJsonObject(target)) all.push(...alternatives(target, value, root, depth + 1));
  }
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const members = schema[word];
    if (!Array.isArray(members)) continue;
    for (const member of members) {
      if (isJsonObject(member)) all.push(...alternatives(member, value, root, depth + 1));
    }
  }
  return all;
}

/** Whether a constant member (`type: 'json'`) tells that the value is another alternative. */
function ruledOut(schema: JsonSchema, value: JsonValue): boolean {
  const properties = schema['properties'];
  if (!isJsonObject(properties) || typeof value !== 'object' || value === null || Array.isArray(value))
    return false;
  return Object.entries(properties).some(
    ([name, member]) => isJsonObject(member) && 'const' in member && member['const'] !== value[name],
  );
}

function memberSchema(schema: JsonSchema, name: string): JsonValue | undefined {
  const properties = schema['properties'];
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) return properties[name];
  return schema['additionalProperties'];
}
