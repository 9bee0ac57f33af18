import { type Definitions, expandedSize, ROOT } from './expanded-schema.ts';
import { ExpressionError } from './expression-error.ts';
import { FORBIDDEN_NAMES } from './expression-value.ts';
import { hiddenCharacter } from './hidden-characters.ts';
import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts';
import { jsonExcess } from './json-excess.ts';
import { linearPattern } from './linear-pattern.ts';

/** What is wrong with a schema, and where in it. */
export interface SchemaFault {
  code: string;
  message: string;
  /** Path inside the schema. */
  path: (string | number)[];
}

/** Bounds of a JSON Schema that somebody else wrote. */
const MAX_CHARACTERS = 64 * 1024;
const MAX_SUBSCHEMAS = 1000;
/** Parts with references written out: definitions that double each other take that many steps to check a value. */
const MAX_EXPANDED = 10_000;
const MAX_DEPTH = 32;
const MAX_PROPERTIES = 256;
/** Of all JSON in it, defaults and examples too: two levels for each schema. */
const MAX_VALUE_DEPTH = 100;
/** Comparing items with each other takes time in the square of their number. */
const MAX_UNIQUE_ITEMS = 1000;
const MAX_DESCRIPTION = 2000;

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** What model providers accept as the name of a parameter. */
const PROPERTY_NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Words whose value is a schema, a list of schemas, an object of schemas. */
const ONE = [
  'items',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
];
const LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
/** What an anchor may be called. */
const ANCHOR = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;
/** Words that make a schema refer to another by a name that other schemas could share. */
const REFUSED = [
  '$id',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$vocabulary',
  'definitions',
  'dependencies',
];

interface Place {
  schema: JsonSchema;
  path: (string | number)[];
  /** How many schemas lie around it. */
  level: number;
}

/**
 * Why a schema is refused: too large, too deep, references that leave it or never end, patterns that are not
 * understood, names no client accepts, text nobody sees. Takes no recursion and time in proportion to its size.
 * `names` tells whether the property names must suit clients as well (tool arguments), `anchors` whether definitions
 * may be referred to by anchors.
 */
export function schemaFaults(
  schema: JsonSchema,
  options: { names?: boolean; anchors?: boolean } = {},
): SchemaFault[] {
  const excess = jsonExcess(schema, { depth: MAX_VALUE_DEPTH, values: MAX_CHARACTERS });
  if (excess) return [{ code: 'schema_size', message: `The schema ${excess}.`, path: [] }];
  const faults: SchemaFault[] = [];
  const definitions: Definitions = { parts: new Map(), references: new Map() };
  const anchors = options.anchors ? new Set<string>() : null;
  const targets = options.anchors ? anchoredDefinitions(schema) : new Map<string, string>();
  const queue: Place[] = [{ schema, path: [], level: 0 }];
  let count = 0;
  for (let place = queue.pop(); place; place = queue.pop()) {
    count += 1;
    if (count > MAX_SUBSCHEMAS) {
      return [
        { code: 'schema_size', message: `The schema has more than ${MAX_SUBSCHEMAS} parts.`, path: [] },
      ];
    }
    if (place.level > MAX_DEPTH) {
      return [{ code: 'schema_depth', message: `The schema is nested deeper than ${MAX_DEPTH}.`, path: [] }];
    }
    checkWords(place, faults);
    checkAnchor(place, anchors, faults);
    checkNames(place, faults, options.names ?? false);
    const holder = holderOf(place);
    definitions.parts.set(holder, (definitions.parts.get(holder) ?? 0) + 1);
    checkReference(place, schema, { faults, definitions, targets });
    queue.push(...subschemas(place, faults));
  }
  // Within the number of parts above, what is left to be long are enums and texts.
  if (JSON.stringify(schema).length > MAX_CHARACTERS) {
    faults.push({ code: 'schema_size', message: 'The schema is larger than 64 KiB.', path: [] });
  }
  const expanded = expandedSize(definitions);
  if ('cycle' in expanded) {
    const message = `The definition "${expanded.cycle}" contains itself. Write out as many levels as are needed.`;
    faults.push({ code: 'schema_cycle', message, path: ['$defs', expanded.cycle] });
  } else if (expanded.size > MAX_EXPANDED) {
    const message = `With its references written out the schema has more than ${MAX_EXPANDED} parts.`;
    faults.push({ code: 'schema_size', message, path: ['$defs'] });
  }
  return faults;
}

function subschemas({ schema, path, level }: Place, faults: SchemaFault[]): Place[] {
  const found: Place[] = [];
  const add = (value: JsonValue | undefined, at: (string | number)[]) => {
    if (isJsonObject(value)) found.push({ schema: value, path: at, level: level + 1 });
    else if (typeof value !== 'boolean') {
      faults.push({
        code: 'schema_invalid',
        message: `A schema is expected at "${at.join('.')}".`,
        path: at,
      });
    }
  };
  for (const word of ONE) if (word in schema) add(schema[word], [...path, word]);
  for (const word of LIST) {
    const list = schema[word];
    if (Array.isArray(list))
      for (const [index, member] of list.entries()) add(member, [...path, word, index]);
  }
  for (const word of NAMED) {
    const named = schema[word];
    if (isJsonObject(named))
      for (const [name, member] of Object.entries(named)) add(member, [...path, word, name]);
  }
  return found;
}

function checkWords({ schema, path }: Place, faults: SchemaFault[]): void {
  const fault = (code: string, message: string, word: string) =>
    faults.push({ code, message, path: [...path, word] });
  for (const word of REFUSED) {
    // The root's own identifier says nothing and is left out when the schema is used.
    if (word in schema && !(word === '$id' && path.length === 0)) {
      fault('schema_word', notUsable(word), word);
    }
  }
  for (const word of ['title', 'description']) {
    const text = schema[word];
    if (text === undefined) continue;
    if (typeof text !== 'string') fault('schema_invalid', `"${word}" must be text.`, word);
    else checkText(text, (code, message) => fault(code, message, word));
  }
  for (const word of ['enum', 'examples']) {
    const values = schema[word];
    if (!Array.isArray(values)) continue;
    const hidden = values
      .map((value) => (typeof value === 'string' ? hiddenCharacter(value) : null))
      .find(Boolean);
    if (hidden) fault('hidden_character', `A value has a character that is not seen (${hidden}).`, word);
  }
  for (const word of ['default', 'const']) {
    const value = schema[word];
    const hidden = typeof value === 'string' ? hiddenCharacter(value) : null;
    if (hidden) fault('hidden_character', `The value has a character that is not seen (${hidden}).`, word);
  }
  const { type, pattern, uniqueItems, maxItems } = schema;
  if (type !== undefined && !(Array.isArray(type) ? type : [type]).every(isTypeName)) {
    fault('schema_invalid', `"type" must be one of ${TYPES.join(', ')}, or a list of them.`, 'type');
  }
  if (typeof pattern === 'string')
    checkPattern(pattern, (message) => fault('schema_pattern', message, 'pattern'));
  if (uniqueItems === true && !(typeof maxItems === 'number' && maxItems <= MAX_UNIQUE_ITEMS)) {
    const message = `"uniqueItems" needs "maxItems" of at most ${MAX_UNIQUE_ITEMS}.`;
    fault('schema_unique_items', message, 'uniqueItems');
  }
}

function notUsable(word: string): string {
  return `"${word}" cannot be used: put shared parts under "$defs" and refer to them.`;
}

/** `anchors` are those seen so far; null where there may be none. */
function checkAnchor({ schema, path }: Place, anchors: Set<string> | null, faults: SchemaFault[]): void {
  const anchor = schema['$anchor'];
  if (anchor === undefined) return;
  const fault = (message: string) =>
    faults.push({ code: 'schema_word', message, path: [...path, '$anchor'] });
  if (!anchors) fault(notUsable('$anchor'));
  else if (typeof anchor !== 'string' || !ANCHOR.test(anchor)) {
    fault('"$anchor" must begin with a letter or "_"; then letters, digits, "_", "-" and "."; at most 100.');
  } else if (anchors.has(anchor)) fault(`The anchor "${anchor}" is there twice.`);
  else anchors.add(anchor);
}

/** By anchor: the definition that has it. */
function anchoredDefinitions({ $defs }: JsonSchema): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, definition] of Object.entries(isJsonObject($defs) ? $defs : {})) {
    const anchor = isJsonObject(definition) ? definition['$anchor'] : undefined;
    if (typeof anchor === 'string') found.set(anchor, name);
  }
  return found;
}

function isTypeName(value: JsonValue): boolean {
  return TYPES.some((type) => type === value);
}

function checkNames({ schema, path }: Place, faults: SchemaFault[], forClients: boolean): void {
  for (const word of NAMED) {
    const named = schema[word];
    if (named === undefined) continue;
    if (!isJsonObject(named)) {
      faults.push({ code: 'schema_invalid', message: `"${word}" must be an object.`, path: [...path, word] });
      continue;
    }
    const names = Object.keys(named);
    if (names.length > MAX_PROPERTIES) {
      const message = `An object may have ${MAX_PROPERTIES} members here, not ${names.length}.`;
      faults.push({ code: 'schema_size', message, path: [...path, word] });
    }
    for (const name of names) {
      const at = [...path, word, name];
      if (word === 'patternProperties') {
        checkPattern(name, (message) => faults.push({ code: 'schema_pattern', message, path: at }));
      } else if (FORBIDDEN_NAMES.has(name)) {
        faults.push({
          code: 'property_name',
          message: `"${name}" cannot be the name of a member.`,
          path: at,
        });
      } else if (word === 'properties') {
        const message = nameFault(name, forClients);
        if (message) faults.push({ code: 'property_name', message, path: at });
      }
    }
  }
  const { required } = schema;
  if (Array.isArray(required) && required.some((name) => FORBIDDEN_NAMES.has(String(name)))) {
    faults.push({
      code: 'property_name',
      message: 'A required name is reserved.',
      path: [...path, 'required'],
    });
  }
}

/** Why a property cannot have this name; null when it can. */
function nameFault(name: string, forClients: boolean): string | null {
  if (forClients && !PROPERTY_NAME.test(name)) {
    return `"${name.slice(0, 80)}" cannot be the name of an argument: use letters, digits, "_", "-" and "."; at most 64.`;
  }
  const hidden = hiddenCharacter(name);
  if (hidden) return `The name "${name.slice(0, 80)}" has a character that is not seen (${hidden}).`;
  return name === '' || name.length > 200 ? 'The name of a member has 1 to 200 characters.' : null;
}

/** Reports what a text shown to models may not have. */
export function checkText(text: string, fault: (code: string, message: string) => void): void {
  if (text.length > MAX_DESCRIPTION) {
    fault('text_length', `The text has ${text.length} characters; clients show at most ${MAX_DESCRIPTION}.`);
  }
  const hidden = hiddenCharacter(text);
  if (hidden) fault('hidden_character', `The text has a character that is not seen (${hidden}): remove it.`);
}

function checkPattern(pattern: string, fault: (message: string) => void): void {
  try {
    linearPattern(pattern);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    fault(error.message);
  }
}

function checkReference(
  { schema, path }: Place,
  root: JsonSchema,
  {
    faults,
    definitions,
    targets,
  }: { faults: SchemaFault[]; definitions: Definitions; targets: ReadonlyMap<string, string> },
): void {
  const reference = schema['$ref'];
  if (reference === undefined) return;
  const name = typeof reference === 'string' ? referredTo(reference, targets) : undefined;
  const known = root['$defs'];
  if (name === undefined || !isJsonObject(known) || !Object.hasOwn(known, name)) {
    const message = `"$ref" must point to a definition of this schema ("#/$defs/<name>"), which ${JSON.stringify(reference)} does not.`;
    faults.push({ code: 'schema_reference', message: message.slice(0, 300), path: [...path, '$ref'] });
    return;
  }
  const holder = holderOf({ path });
  const referred = definitions.references.get(holder) ?? [];
  referred.push(name);
  definitions.references.set(holder, referred);
}

/** Name of the definition; `targets` are those with an anchor. */
function referredTo(reference: string, targets: ReadonlyMap<string, string>): string | undefined {
  if (!reference.startsWith('#')) return undefined;
  return /^#\/\$defs\/([^/~%]+)$/.exec(reference)?.[1] ?? targets.get(reference.slice(1));
}

function holderOf({ path: [word, name] }: Pick<Place, 'path'>): string {
  return word === '$defs' ? String(name) : ROOT;
}
