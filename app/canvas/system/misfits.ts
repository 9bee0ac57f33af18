import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';

/** Faults that are told; a value that is quite another has many. */
const MOST = 8;
const DEEPEST = 12;

/**
 * Where a value is not what a schema says, one sentence each: types, members that must be there, choices. Only what can
 * be said without compiling the schema, which a page may not do; references and combinations are not looked into.
 */
export function misfits(value: JsonValue, schema: JsonSchema): string[] {
  const found: string[] = [];
  look(value, schema, '', found, 0);
  return found.slice(0, MOST);
}

function look(value: JsonValue, schema: JsonSchema, at: string, found: string[], depth: number): void {
  if (depth > DEEPEST || found.length >= MOST) return;
  const where = at === '' ? 'The value' : `“${at}”`;
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOf(value, type))) {
    found.push(
      `${where} is ${nameOf(value)}, and ${types.map((type) => NAMES[type] ?? type).join(' or ')} is expected.`,
    );
    return;
  }
  const { enum: choices } = schema;
  if (Array.isArray(choices) && !choices.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    found.push(`${where} is none of ${choices.map((one) => JSON.stringify(one)).join(', ')}.`);
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isJsonObject(items)) return;
    for (const [index, item] of value.slice(0, 100).entries()) {
      look(item, items, `${at}[${index}]`, found, depth + 1);
    }
    return;
  }
  if (!isJsonObject(value)) return;
  const inner = (name: string): string => (at === '' ? name : `${at}.${name}`);
  for (const name of Array.isArray(schema['required']) ? schema['required'] : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) found.push(`“${inner(name)}” is missing.`);
  }
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, member] of Object.entries(value)) {
    const described = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
    if (described === false) found.push(`“${inner(name)}” is not expected.`);
    else if (isJsonObject(described)) look(member, described, inner(name), found, depth + 1);
  }
}

const NAMES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function typesOf({ type }: JsonSchema): string[] {
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((one) => typeof one === 'string') : [];
}

function isOf(value: JsonValue, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === typeName(value);
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function nameOf(value: JsonValue): string {
  return NAMES[typeName(value)] ?? typeName(value);
}
