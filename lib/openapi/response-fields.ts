import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { expression, member, memberName } from './expression-text.ts';
import { membersOf, typesOf } from './flat-schema.ts';

/** A field of an answer that can be passed on or left out. */
export interface ResponseField {
  /** `data[].owner.login`; parts that are no plain names are quoted. */
  path: string;
  type: string;
  description: string;
}

const MOST_FIELDS = 400;
const MOST_LEVELS = 5;

/** The fields that a schema (as `toolSchema` makes it) knows, each before its own, down to a few levels. */
export function responseFields(schema: JsonSchema): ResponseField[] {
  const fields: ResponseField[] = [];
  const visit = (at: JsonSchema, path: string, level: number) => {
    if (level > MOST_LEVELS) return;
    const inner = itemsOf(at, path);
    for (const [name, value] of Object.entries(membersOf(inner.schema))) {
      if (!isJsonObject(value) || fields.length >= MOST_FIELDS) continue;
      const own = joinPath(inner.path, name);
      const { description } = value;
      fields.push({
        path: own,
        type: typeWords(value),
        description: typeof description === 'string' ? description : '',
      });
      visit(value, own, level + 1);
    }
  };
  visit(schema, '', 1);
  return fields;
}

/** `list of objects`, `text or null`. */
export function typeWords(schema: JsonSchema): string {
  const types = typesOf(schema);
  const [type] = types;
  if (types.length === 0) return 'anything';
  if (types.length > 1) return types.map((one) => WORDS[one] ?? one).join(' or ');
  if (type === 'array') {
    const { items } = schema;
    const inner = isJsonObject(items) ? typesOf(items)[0] : undefined;
    return inner === undefined || inner === 'array' ? 'list' : `list of ${WORDS[inner] ?? inner}s`;
  }
  return WORDS[type!] ?? type!;
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'yes or no',
};

interface Tree {
  /** Everything below is passed on. */
  whole: boolean;
  members: Map<string, Tree>;
}

/** The part of the schema that these fields name; a field takes all that lies in it. */
export function cutSchema(schema: JsonSchema, paths: readonly string[]): JsonSchema {
  return cut(schema, treeOf(paths));
}

/**
 * What gives only these fields of a value: JSON with expressions in it. `source` is an expression that reads the value, `maybe` whether there may be none.
 * Lists inside are mapped. What is missing in the answer is left out.
 */
export function projection(
  schema: JsonSchema,
  paths: readonly string[],
  { source, maybe }: { source: string; maybe: boolean },
): JsonValue {
  const tree = treeOf(paths);
  if (typesOf(schema).includes('array')) return expression(picked(schema, tree, source, 0));
  return projected(schema, tree, source, maybe);
}

/** Objects are written out, so that the canvas shows what the answer looks like; lists need an expression. */
function projected(schema: JsonSchema, tree: Tree, source: string, maybe: boolean): JsonValue {
  const made: JsonObject = {};
  for (const [name, inner] of tree.members) {
    const at = membersOf(schema)[name];
    const own = member(source, name, maybe);
    const type = isJsonObject(at) ? typesOf(at) : [];
    if (inner.whole || !isJsonObject(at)) made[name] = expression(own);
    else if (type.includes('array')) made[name] = expression(picked(at, inner, own, 0));
    else made[name] = projected(at, inner, own, true);
  }
  return made;
}

function picked(schema: JsonSchema, tree: Tree, source: string, depth: number): string {
  if (tree.whole) return source;
  if (typesOf(schema).includes('array')) {
    const { items } = schema;
    const item = depth === 0 ? 'item' : `item${depth + 1}`;
    const inner = picked(isJsonObject(items) ? items : {}, tree, item, depth + 1);
    return `${source}?.map(${item} => ${inner.startsWith('{') ? `(${inner})` : inner})`;
  }
  const members = [...tree.members].map(([name, inner]) => {
    const at = membersOf(schema)[name];
    return `${memberName(name)}: ${picked(isJsonObject(at) ? at : {}, inner, member(source, name, true), depth)}`;
  });
  // The space keeps its brace from meeting that of the field.
  return `{ ${members.join(', ')} }`;
}

function cut(schema: JsonSchema, tree: Tree): JsonSchema {
  if (tree.whole) return schema;
  if (typesOf(schema).includes('array')) {
    const { items } = schema;
    return { ...schema, items: cut(isJsonObject(items) ? items : {}, tree) };
  }
  const { required: _, additionalProperties: __, ...rest } = schema;
  const properties: JsonObject = {};
  for (const [name, inner] of tree.members) {
    const at = membersOf(schema)[name];
    properties[name] = isJsonObject(at) ? cut(at, inner) : {};
  }
  return { ...rest, properties };
}

function treeOf(paths: readonly string[]): Tree {
  const top: Tree = { whole: false, members: new Map() };
  for (const path of paths) {
    let at = top;
    for (const name of partsOf(path)) {
      const next: Tree = at.members.get(name) ?? { whole: false, members: new Map() };
      at.members.set(name, next);
      at = next;
    }
    if (at !== top) at.whole = true;
  }
  return top;
}

function itemsOf(schema: JsonSchema, path: string): { schema: JsonSchema; path: string } {
  let at = schema;
  let own = path;
  for (
    let level = 0;
    level < MOST_LEVELS && typesOf(at).includes('array') && isJsonObject(at['items']);
    level += 1
  ) {
    at = at['items'];
    own = `${own}[]`;
  }
  return { schema: at, path: own };
}

const PLAIN = /^[^.[\]"]+$/;

function joinPath(path: string, name: string): string {
  const part = PLAIN.test(name) ? name : JSON.stringify(name);
  return path === '' ? part : `${path}.${part}`;
}

/** `data[].owner.login` → data, owner, login: which of them are lists, the schema knows. */
function partsOf(path: string): string[] {
  const parts = path.match(/"(?:[^"\\]|\\.)*"|[^.[\]"]+/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? (JSON.parse(part) as string) : part));
}
