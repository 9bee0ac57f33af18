import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts';
import { sameJson } from './same-json.ts';

const DEEPEST = 40;

/**
 * Where a value does not fit a schema, a sentence each, at most `most`; none when nothing was found. For the browser,
 * where a page may not make code of text as the validator does: it looks at types, members, items, choices and bounds,
 * and passes over references, combinations, patterns and formats.
 */
export function misfits(schema: JsonSchema, value: JsonValue, most = 8): string[] {
  const found: string[] = [];
  look(schema, value, { path: '', depth: 0, most, found });
  return found;
}

/** Why a value does not fit a schema, in a sentence that names the first place; null when nothing was found. */
export function misfit(schema: JsonSchema, value: JsonValue): string | null {
  return misfits(schema, value, 1)[0] ?? null;
}

interface Looking {
  path: string;
  depth: number;
  most: number;
  found: string[];
}

function look(schema: JsonSchema, value: JsonValue, looking: Looking): void {
  if (looking.depth > DEEPEST || isFull(looking)) return;
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    const expected = types.map((type) => NAMES[type] ?? type).join(' or ');
    tell(looking, `${subject(looking.path)} is ${nameOf(value)}, and ${expected} is expected.`);
    return;
  }
  lookAtChoice(schema, value, looking);
  lookAtSize(schema, value, looking);
  if (Array.isArray(value)) lookAtItems(schema, value, looking);
  else if (isJsonObject(value)) lookAtMembers(schema, value, looking);
}

const isFull = ({ found, most }: Looking): boolean => found.length >= most;

function tell(looking: Looking, sentence: string): void {
  if (!isFull(looking)) looking.found.push(sentence);
}

const subject = (path: string): string => (path === '' ? 'The value' : `“${path}”`);

function lookAtChoice({ enum: choices, const: only }: JsonSchema, value: JsonValue, looking: Looking): void {
  if (Array.isArray(choices) && !choices.some((choice) => sameJson(choice, value))) {
    const words = choices.map((choice) => JSON.stringify(choice)).join(', ');
    tell(looking, `${subject(looking.path)} is none of ${words}.`);
  }
  if (only !== undefined && !sameJson(only, value)) {
    tell(looking, `${subject(looking.path)} is not ${JSON.stringify(only)}.`);
  }
}

function lookAtSize(schema: JsonSchema, value: JsonValue, looking: Looking): void {
  const size = sizeOf(schema, value);
  if (!size) return;
  const { of, least, most, words } = size;
  const at = subject(looking.path);
  if (typeof least === 'number' && of < least) tell(looking, `${at} has less than ${least}${words}.`);
  if (typeof most === 'number' && of > most) tell(looking, `${at} has more than ${most}${words}.`);
}

function sizeOf(schema: JsonSchema, value: JsonValue) {
  if (typeof value === 'number') {
    return { of: value, least: schema['minimum'], most: schema['maximum'], words: '' };
  }
  if (typeof value === 'string') {
    const { minLength: least, maxLength: most } = schema;
    return { of: [...value].length, least, most, words: ' characters' };
  }
  if (Array.isArray(value)) {
    const { minItems: least, maxItems: most } = schema;
    return { of: value.length, least, most, words: ' items' };
  }
  return null;
}

function lookAtMembers(schema: JsonSchema, value: JsonObject, looking: Looking): void {
  const { properties, required, additionalProperties } = schema;
  const known = isJsonObject(properties) ? properties : {};
  const place = (name: string): string => (looking.path === '' ? name : `${looking.path}.${name}`);
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name))
      tell(looking, `“${place(name)}” is missing.`);
  }
  // What a pattern of names describes is passed over.
  const others = 'patternProperties' in schema ? undefined : additionalProperties;
  for (const [name, member] of Object.entries(value)) {
    const described = Object.hasOwn(known, name) ? known[name] : others;
    if (described === false) tell(looking, `“${place(name)}” is not expected.`);
    else if (isJsonObject(described)) {
      look(described, member, { ...looking, path: place(name), depth: looking.depth + 1 });
    }
  }
}

function lookAtItems({ items, prefixItems }: JsonSchema, value: JsonValue[], looking: Looking): void {
  if (!isJsonObject(items) || prefixItems !== undefined) return;
  for (const [index, item] of value.entries()) {
    if (isFull(looking)) return;
    look(items, item, { ...looking, path: `${looking.path}[${index}]`, depth: looking.depth + 1 });
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
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return types.filter((one) => typeof one === 'string');
}

function isOfType(value: JsonValue, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : type === typeName(value);
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function nameOf(value: JsonValue): string {
  return NAMES[typeName(value)] ?? typeName(value);
}
