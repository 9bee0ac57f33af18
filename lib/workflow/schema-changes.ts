import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts';
import { sameJson } from './same-json.ts';

/** How values that a schema allows moved: fewer of them, more, others, or the same ones described otherwise. */
export type Shift = 'narrower' | 'wider' | 'different' | 'default' | 'words';

/** One difference between two schemas. */
export interface SchemaChange {
  shift: Shift;
  /** Names of properties, `[]` for the items of a list. */
  path: string[];
  /** What happened to the value at this path, as the rest of a sentence: `is required now`. */
  words: string;
}

/** Deeper than any schema that can be published (64 levels of JSON), so that references that go in circles end. */
const MAX_DEPTH = 32;
const WORDS = ['title', 'description', 'examples', '$comment', 'deprecated'];
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** Words that bound a value: a larger number is narrower (1) or wider (-1). */
const BOUNDS: Readonly<Record<string, 1 | -1>> = {
  minimum: 1,
  exclusiveMinimum: 1,
  minLength: 1,
  minItems: 1,
  minProperties: 1,
  maximum: -1,
  exclusiveMaximum: -1,
  maxLength: -1,
  maxItems: -1,
  maxProperties: -1,
};
/** Words of which a value allows less than none, and another value cannot be compared. */
const CONDITIONS = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'const', 'contentEncoding'];
/** Words that are looked at one by one; all others are compared as a whole. */
const KNOWN = new Set([
  ...WORDS,
  ...Object.keys(BOUNDS),
  ...CONDITIONS,
  'type',
  'enum',
  'default',
  'properties',
  'required',
  'items',
  'additionalProperties',
  '$defs',
  '$ref',
  '$schema',
]);

interface Side {
  schema: JsonSchema;
  root: JsonSchema;
}

/** What changed from one schema to another, each thing once, in the order of the properties. */
export function schemaChanges(before: JsonSchema, after: JsonSchema): SchemaChange[] {
  const changes: SchemaChange[] = [];
  compare({ schema: before, root: before }, { schema: after, root: after }, [], changes);
  return changes;
}

function compare(before: Side, after: Side, path: string[], changes: SchemaChange[]): void {
  const was = resolve(before);
  const is = resolve(after);
  if (path.length > MAX_DEPTH || sameJson(was, is)) {
    // Equal texts may still refer to definitions that differ.
    if (path.length > MAX_DEPTH || before.root === after.root || !refers(was)) return;
  }
  const add = (shift: Shift, words: string): void => void changes.push({ shift, path, words });

  compareTypes(was, is, add);
  compareEnum(was['enum'], is['enum'], add);
  for (const [word, direction] of Object.entries(BOUNDS)) {
    compareBound({ word, was: was[word], is: is[word], direction }, add);
  }
  for (const word of CONDITIONS) compareCondition({ word, was: was[word], is: is[word] }, add);
  if (!sameJson(was['default'], is['default'])) {
    add(
      'default',
      is['default'] === undefined ? 'has no default any more' : `defaults to ${short(is['default'])}`,
    );
  }
  if (WORDS.some((word) => !sameJson(was[word], is[word]))) add('words', 'is described otherwise');
  compareRest(was, is, add);
  compareObjects({ before, after, was, is }, path, changes);
  const items = [was['items'], is['items']];
  if (isJsonObject(items[0]) && isJsonObject(items[1])) {
    compare({ ...before, schema: items[0] }, { ...after, schema: items[1] }, [...path, '[]'], changes);
  } else if (isJsonObject(items[0]) !== isJsonObject(items[1])) {
    add(
      isJsonObject(items[1]) ? 'narrower' : 'wider',
      isJsonObject(items[1]) ? 'says what is in the list' : 'may hold anything',
    );
  }
}

type Add = (shift: Shift, words: string) => void;

function compareTypes(was: JsonSchema, is: JsonSchema, add: Add): void {
  const old = typesOf(was);
  const now = typesOf(is);
  // Every integer is a number.
  const covered = (types: string[], type: string): boolean =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  const lost = old.filter((type) => !covered(now, type));
  const gained = now.filter((type) => !covered(old, type));
  if (lost.length === 0 && gained.length === 0) return;
  const words = `is ${listed(now)} instead of ${listed(old)}`;
  if (lost.length > 0 && gained.length > 0) add('different', words);
  else add(lost.length > 0 ? 'narrower' : 'wider', words);
}

function compareEnum(was: JsonValue | undefined, is: JsonValue | undefined, add: Add): void {
  if (Array.isArray(was) && Array.isArray(is)) {
    const lost = was.filter((value) => !is.some((other) => sameJson(value, other)));
    const gained = is.filter((value) => !was.some((other) => sameJson(value, other)));
    if (lost.length > 0) add('narrower', `may not be ${shortList(lost)} any more`);
    if (gained.length > 0) add('wider', `may also be ${shortList(gained)}`);
  } else if (Array.isArray(is)) add('narrower', `may only be ${shortList(is)}`);
  else if (Array.isArray(was)) add('wider', 'may be any value');
}

function compareBound(
  {
    word,
    was,
    is,
    direction,
  }: { word: string; was: JsonValue | undefined; is: JsonValue | undefined; direction: 1 | -1 },
  add: Add,
): void {
  if (sameJson(was, is)) return;
  if (typeof is !== 'number') add('wider', `has no ${word} any more`);
  else if (typeof was !== 'number') add('narrower', `has a ${word} of ${is}`);
  else {
    const shift = Math.sign(is - was) === direction ? 'narrower' : 'wider';
    add(shift, `has a ${word} of ${is} instead of ${was}`);
  }
}

function compareCondition(
  { word, was, is }: { word: string; was: JsonValue | undefined; is: JsonValue | undefined },
  add: Add,
): void {
  if (sameJson(was, is)) return;
  if (is === undefined || is === false) add('wider', `has no ${word} any more`);
  else if (was === undefined || was === false) add('narrower', `has a ${word}: ${short(is)}`);
  else add('different', `has another ${word}: ${short(is)}`);
}

/** Combinators and whatever else can be written: that they differ is all that can be said. */
function compareRest(was: JsonSchema, is: JsonSchema, add: Add): void {
  const rest = (schema: JsonSchema): JsonObject =>
    Object.fromEntries(Object.entries(schema).filter(([word]) => !KNOWN.has(word) && !word.startsWith('x-')));
  const words = new Set([...Object.keys(rest(was)), ...Object.keys(rest(is))]);
  const changed = [...words].filter((word) => !sameJson(plain(was[word]), plain(is[word])));
  if (changed.length > 0) add('different', `has another ${changed.join(', ')}`);
}

function compareObjects(
  { before, after, was, is }: { before: Side; after: Side; was: JsonSchema; is: JsonSchema },
  path: string[],
  changes: SchemaChange[],
): void {
  const old = members(was);
  const now = members(is);
  const needed = { old: namesOf(was['required']), now: namesOf(is['required']) };
  for (const [name, schema] of Object.entries(old)) {
    const at = [...path, name];
    if (!Object.hasOwn(now, name)) {
      changes.push({ shift: 'different', path: at, words: 'is gone' });
      continue;
    }
    const wasNeeded = needed.old.includes(name);
    const isNeeded = needed.now.includes(name);
    if (!wasNeeded && isNeeded) changes.push({ shift: 'narrower', path: at, words: 'is required now' });
    if (wasNeeded && !isNeeded) changes.push({ shift: 'wider', path: at, words: 'is optional now' });
    compare({ ...before, schema }, { ...after, schema: now[name]! }, at, changes);
  }
  for (const name of Object.keys(now)) {
    if (Object.hasOwn(old, name)) continue;
    const isNeeded = needed.now.includes(name);
    // A new member that may be left out allows more; one that must be there refuses what was good before.
    changes.push({
      shift: isNeeded ? 'narrower' : 'wider',
      path: [...path, name],
      words: isNeeded ? 'is new, and required' : 'is new',
    });
  }
  const [open, opened] = [was['additionalProperties'] !== false, is['additionalProperties'] !== false];
  if (open && !opened) changes.push({ shift: 'narrower', path, words: 'takes no other members any more' });
  if (!open && opened) changes.push({ shift: 'wider', path, words: 'may have other members' });
}

function resolve({ schema, root }: Side): JsonSchema {
  let found = schema;
  // A definition that refers to another; publishing refuses circles.
  for (let step = 0; step < MAX_DEPTH; step += 1) {
    const reference = found['$ref'];
    if (typeof reference !== 'string' || !reference.startsWith('#/$defs/')) return found;
    const name = reference.slice('#/$defs/'.length).replaceAll('~1', '/').replaceAll('~0', '~');
    const definitions = root['$defs'];
    const target =
      isJsonObject(definitions) && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (!isJsonObject(target)) return found;
    const { $ref: _, ...beside } = found;
    found = { ...target, ...beside };
  }
  return found;
}

function refers(schema: JsonSchema): boolean {
  return JSON.stringify(schema).includes('"$ref"');
}

function typesOf({ type }: JsonSchema): string[] {
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.map(String) : TYPES.filter((name) => name !== 'integer');
}

function members({ properties }: JsonSchema): Record<string, JsonSchema> {
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, isJsonObject(schema) ? schema : {}]),
  );
}

function namesOf(names: JsonValue | undefined): JsonValue[] {
  return Array.isArray(names) ? names : [];
}

/** Without what only describes. */
function plain(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => plain(item)!);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([word]) => !WORDS.includes(word));
  return Object.fromEntries(entries.map(([word, inner]) => [word, plain(inner)!]));
}

function listed(types: string[]): string {
  return types.length > 5 ? 'anything' : types.join(' or ');
}

function short(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function shortList(values: JsonValue[]): string {
  const shown = values.slice(0, 5).map(short).join(', ');
  return values.length > 5 ? `${shown} and ${values.length - 5} more` : shown;
}
