import { FORBIDDEN_NAMES } from '#lib/workflow/expression-value.ts';
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { linearPattern } from '#lib/workflow/linear-pattern.ts';
import { flatSchema, isNullable, joined, membersOf, requiredOf, typesOf } from './flat-schema.ts';
import { isVisible, plainText } from './plain-text.ts';
import { resolved } from './reference.ts';

/** What a tool's schema may take; more of it is cut at its leaves. */
const MOST_CHARACTERS = 24_000;
const MOST_PARTS = 700;
const MOST_MEMBERS = 200;
const MOST_VALUES = 100;
const DEPTHS = [7, 5, 4, 3, 2, 1, 0];

const MEMBER_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
/** Formats that are checked and that clients know. */
const FORMATS = new Set(['date', 'time', 'date-time', 'email', 'uuid', 'uri', 'ipv4', 'ipv6', 'hostname']);

/** `arguments`: what callers may say, demands and all. `answer`: what may be relied on, which is little. */
export type Direction = 'arguments' | 'answer';

interface Walk {
  root: JsonObject;
  direction: Direction;
  depth: number;
  parts: number;
}

/** There is more in it than a tool may have at this depth. */
class TooMuch extends Error {}

/**
 * A schema of a description as clients and model providers take it: no references, no `allOf`, no words they do not
 * know, bounded in size. What contains itself, or lies too deep, becomes an object of anything.
 */
export function toolSchema(root: JsonObject, schema: JsonValue, direction: Direction): JsonSchema {
  for (const depth of DEPTHS) {
    try {
      const made = convert({ root, direction, depth, parts: 0 }, schema, []);
      if (JSON.stringify(made).length <= MOST_CHARACTERS) return made;
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
    }
  }
  return { type: 'object' };
}

function convert(walk: Walk, given: JsonValue | undefined, path: readonly JsonObject[]): JsonSchema {
  walk.parts += 1;
  if (walk.parts > MOST_PARTS) throw new TooMuch();
  const target = resolved(walk.root, given);
  if (!target) return {};
  const flat = variants(walk, flatSchema(walk.root, given), path);
  const types = typesOf(flat);
  const made: JsonSchema = {};
  const nullable = isNullable(flat);
  if (types.length > 0) {
    const all = nullable ? [...types, 'null'] : types;
    made['type'] = all.length === 1 ? all[0]! : all;
  }
  const description = plainText(flat['description'], walk.direction === 'answer' ? 160 : 400);
  if (description) made['description'] = description;
  // What contains itself is met again on the way to it.
  if (path.includes(target) || path.length > walk.depth) return made;
  const inner = [...path, target];
  if (types.includes('object')) objectWords(walk, { flat, made, path: inner });
  if (types.includes('array')) made['items'] = convert(walk, flat['items'], inner);
  if (Array.isArray(flat['anyOf'])) made['anyOf'] = flat['anyOf'].map((one) => convert(walk, one, inner));
  if (walk.direction === 'arguments') demands(flat, made, nullable);
  return made;
}

/** `oneOf` and `anyOf` as one `anyOf` without null, or written into the schema where one variant is left. */
function variants(walk: Walk, flat: JsonSchema, path: readonly JsonObject[]): JsonSchema {
  const { oneOf, anyOf, discriminator: _, ...own } = flat;
  const given = [oneOf, anyOf].find((list) => Array.isArray(list) && list.length > 0);
  if (!Array.isArray(given)) return own;
  const all = given.map((one) => ({ one, schema: flatSchema(walk.root, one) }));
  const real = all.filter(({ schema }) => !(schema['type'] === 'null' || isOnlyNull(schema)));
  const nullable = real.length < all.length || real.some(({ schema }) => isNullable(schema));
  const withNull = (schema: JsonSchema): JsonSchema => {
    const types = typesOf(schema);
    return nullable && types.length > 0 ? { ...schema, type: [...types, 'null'] } : schema;
  };
  const [only] = real;
  if (!only) return own;
  if (real.length === 1) return withNull(joined(own, variants(walk, only.schema, path)));
  if (walk.direction === 'answer')
    return withNull(
      anyOfThem(
        own,
        real.map(({ schema }) => schema),
      ),
    );
  const list: JsonValue[] = real.slice(0, 20).map(({ one }) => one);
  if (nullable) list.push({ type: 'null' });
  return { ...own, anyOf: list };
}

/** What is known of a value that is one of several: members of all, none of them certain; or nothing. */
function anyOfThem(own: JsonSchema, schemas: JsonSchema[]): JsonSchema {
  const types = new Set(schemas.flatMap((schema) => typesOf(schema)));
  if (types.size !== 1 || !schemas.every((schema) => typesOf(schema).length === 1)) return own;
  const [type] = types;
  if (type !== 'object') return { ...own, type: type! };
  const properties = Object.assign({}, ...schemas.map(membersOf).reverse(), membersOf(own)) as JsonObject;
  return { ...own, type, properties, required: [] };
}

function isOnlyNull(schema: JsonSchema): boolean {
  const { enum: values } = schema;
  return Array.isArray(values) && values.length === 1 && values[0] === null;
}

function objectWords(
  walk: Walk,
  { flat, made, path }: { flat: JsonSchema; made: JsonSchema; path: readonly JsonObject[] },
): void {
  const required = requiredOf(flat);
  const hidden = walk.direction === 'arguments' ? 'readOnly' : 'writeOnly';
  const members = Object.entries(membersOf(flat)).filter(
    ([, member]) => flatSchema(walk.root, member)[hidden] !== true,
  );
  const named = members.filter(([name]) => mayBeNamed(name, walk.direction));
  const unnamed = members.filter(([name]) => !mayBeNamed(name, walk.direction)).map(([name]) => name);
  // Where there are too many, those that must be there come first.
  const kept =
    named.length <= MOST_MEMBERS
      ? named
      : [...named]
          .sort(([one], [other]) => Number(required.includes(other)) - Number(required.includes(one)))
          .slice(0, MOST_MEMBERS);
  const properties: JsonObject = {};
  for (const [name, member] of kept) {
    const schema = convert(walk, member, path);
    properties[name] = walk.direction === 'answer' && !required.includes(name) ? orNull(schema) : schema;
  }
  if (kept.length > 0) made['properties'] = properties;
  if (walk.direction === 'arguments') {
    const must = required.filter((name) => Object.hasOwn(properties, name));
    if (must.length > 0) made['required'] = must;
    if (unnamed.length > 0) {
      const also = `Also takes ${unnamed.map((name) => JSON.stringify(name)).join(', ')}.`;
      made['description'] = plainText([made['description'], also].filter(Boolean).join(' '), 800);
    } else if (flat['additionalProperties'] === false && kept.length === named.length) {
      made['additionalProperties'] = false;
    }
  }
  if (isJsonObject(flat['additionalProperties'])) {
    const others = convert(walk, flat['additionalProperties'], path);
    if (Object.keys(others).length > 0 && (walk.direction === 'arguments' || kept.length === 0))
      made['additionalProperties'] = walk.direction === 'answer' ? orNull(others) : others;
  }
}

/** Services leave out, and send null for, what they do not promise; an answer must not fail for it. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  if (type === undefined || [type].flat().includes('null')) return schema;
  return { ...schema, type: [...[type].flat(), 'null'] };
}

function mayBeNamed(name: string, direction: Direction): boolean {
  if (FORBIDDEN_NAMES.has(name) || !isVisible(name)) return false;
  return direction === 'arguments' ? MEMBER_NAME.test(name) : name !== '' && name.length <= 200;
}

const NUMBERS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
];

function demands(flat: JsonSchema, made: JsonSchema, nullable: boolean): void {
  for (const word of NUMBERS) if (typeof flat[word] === 'number') made[word] = flat[word];
  if (typeof flat['multipleOf'] === 'number' && flat['multipleOf'] > 0)
    made['multipleOf'] = flat['multipleOf'];
  if (typeof flat['pattern'] === 'string' && isLinear(flat['pattern'])) made['pattern'] = flat['pattern'];
  if (typeof flat['format'] === 'string' && FORMATS.has(flat['format'])) made['format'] = flat['format'];
  const values = 'const' in flat ? [flat['const']!] : flat['enum'];
  if (Array.isArray(values) && values.length > 0 && values.length <= MOST_VALUES && values.every(isPlain)) {
    made['enum'] = [...new Set(nullable ? [...values, null] : values)];
  }
  tellDefault(flat['default'], made);
  const examples = Array.isArray(flat['examples']) ? flat['examples'].filter(isPlain).slice(0, 1) : [];
  if (examples.length > 0 && !('enum' in made)) made['examples'] = examples;
}

/** Said, not set: a default that were filled in here would be sent, and a change of one member would change them all. */
function tellDefault(value: JsonValue | undefined, made: JsonSchema): void {
  if (value === undefined || value === null || value === '' || typeof value === 'object' || !isPlain(value))
    return;
  const told = typeof made['description'] === 'string' ? made['description'] : '';
  if (/default/i.test(told)) return;
  made['description'] =
    `${told}${told === '' || /[.!?]$/.test(told) ? '' : '.'} Default: ${String(value)}.`.trim();
}

/** A value that is neither long nor has anything hidden in it. */
function isPlain(value: JsonValue): boolean {
  const text = JSON.stringify(value);
  return text.length <= 200 && (typeof value !== 'string' || isVisible(value));
}

function isLinear(pattern: string): boolean {
  try {
    linearPattern(pattern);
    return true;
  } catch {
    return false;
  }
}
