import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts';
import { listMethods } from './list-methods.ts';
import { nearest } from './nearest.ts';
import { numberMethods, textMethods } from './text-methods.ts';

/** What a schema says about reading a member. */
export type MemberVerdict =
  | { known: true; schema: JsonSchema }
  /** `certain`: the schema allows no such member; otherwise it only does not name it. */
  | { known: false; certain: boolean; names: string[]; guess: string | undefined };

const ANYTHING: JsonSchema = {};

/** What is known about the member `name` of a value of this schema. `root` is where its references point. */
export function memberVerdict(schema: JsonSchema, name: string, root: JsonSchema): MemberVerdict {
  const target = followed(schema, root);
  if (target === null || ['anyOf', 'oneOf', 'allOf', 'if', '$dynamicRef'].some((word) => word in target)) {
    return { known: true, schema: ANYTHING };
  }
  switch (target['type']) {
    case 'object':
      return objectMember(target, name);
    case 'array':
      return arrayMember(target, name);
    case 'string':
      if (name === 'length') return { known: true, schema: { type: 'integer' } };
      return /^\d+$/.test(name)
        ? { known: true, schema: target }
        : unknown(name, ['length', ...textMethods.keys()]);
    case 'number':
    case 'integer':
      return unknown(name, [...numberMethods.keys()]);
    case 'boolean':
      return unknown(name, []);
    default:
      return { known: true, schema: ANYTHING };
  }
}

/** Whether a method can be called on a value of this schema; true when that is not known. */
export function mayHaveMethod(schema: JsonSchema, method: string, root: JsonSchema): boolean {
  switch (followed(schema, root)?.['type']) {
    case 'array':
      return listMethods.has(method);
    case 'string':
      return textMethods.has(method);
    case 'number':
    case 'integer':
      return numberMethods.has(method);
    case 'object':
    case 'boolean':
      return method === 'toString';
    default:
      return true;
  }
}

function objectMember(schema: JsonSchema, name: string): MemberVerdict {
  const properties = schema['properties'];
  const members = isJsonObject(properties) ? properties : {};
  if (Object.hasOwn(members, name)) return { known: true, schema: asSchema(members[name]) };
  const rest = schema['additionalProperties'];
  if ('patternProperties' in schema || rest === true || isJsonObject(rest))
    return { known: true, schema: asSchema(rest) };
  const names = Object.keys(members);
  if (rest === undefined && names.length === 0) return { known: true, schema: ANYTHING };
  return { known: false, certain: rest === false, names, guess: nearest(name, names) };
}

function arrayMember(schema: JsonSchema, name: string): MemberVerdict {
  if (name === 'length') return { known: true, schema: { type: 'integer' } };
  if (!/^\d+$/.test(name)) return unknown(name, ['length', ...listMethods.keys()]);
  return { known: true, schema: 'prefixItems' in schema ? ANYTHING : asSchema(schema['items']) };
}

function unknown(name: string, names: string[]): MemberVerdict {
  return { known: false, certain: true, names: [], guess: nearest(name, names) };
}

/** The schema behind local references; null when it cannot be told. */
function followed(schema: JsonSchema, root: JsonSchema): JsonSchema | null {
  let at: JsonValue | undefined = schema;
  for (let hops = 0; hops < 8; hops += 1) {
    if (!isJsonObject(at)) return null;
    const reference: JsonValue | undefined = at['$ref'];
    if (reference === undefined) return at;
    if (typeof reference !== 'string' || !reference.startsWith('#/$defs/')) return null;
    const definitions: JsonValue | undefined = root['$defs'];
    const name: string = reference.slice('#/$defs/'.length);
    at = isJsonObject(definitions) && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  }
  return null;
}

function asSchema(value: JsonValue | undefined): JsonSchema {
  return isJsonObject(value) ? value : ANYTHING;
}
