import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts';

/**
 * Why a value does not fit a schema, in a sentence that names the first place; null when nothing was found. For the
 * browser, where a page may not make code of text as the validator does: it looks at types, members, items, choices and
 * bounds, and passes over references, combinations, patterns and formats.
 */
export function misfit(schema: JsonSchema, value: JsonValue, path = ''): string | null {
  const at = path === '' ? 'The answer' : `"${path}"`;
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    return `${at} is ${nameOf(value)}, not ${types.join(' or ')}.`;
  }
  const { enum: choices, const: only } = schema;
  if (Array.isArray(choices) && !choices.some((choice) => same(choice, value))) {
    return `${at} is none of the choices.`;
  }
  if (only !== undefined && !same(only, value)) return `${at} is not ${JSON.stringify(only)}.`;
  return (
    outOfBounds(schema, value, at) ??
    (isJsonObject(value) ? memberMisfit(schema, value, path) : null) ??
    (Array.isArray(value) ? itemMisfit(schema, value, path) : null)
  );
}

function outOfBounds(schema: JsonSchema, value: JsonValue, at: string): string | null {
  const size =
    typeof value === 'number'
      ? { of: value, least: schema['minimum'], most: schema['maximum'], words: '' }
      : typeof value === 'string'
        ? {
            of: [...value].length,
            least: schema['minLength'],
            most: schema['maxLength'],
            words: ' characters',
          }
        : Array.isArray(value)
          ? { of: value.length, least: schema['minItems'], most: schema['maxItems'], words: ' items' }
          : null;
  if (!size) return null;
  const { of, least, most, words } = size;
  if (typeof least === 'number' && of < least) return `${at} has less than ${least}${words}.`;
  if (typeof most === 'number' && of > most) return `${at} has more than ${most}${words}.`;
  return null;
}

function memberMisfit(schema: JsonSchema, value: JsonObject, path: string): string | null {
  const { properties, required, additionalProperties } = schema;
  const known = isJsonObject(properties) ? properties : {};
  const place = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const missing = (Array.isArray(required) ? required : []).find(
    (name) => typeof name === 'string' && !Object.hasOwn(value, name),
  );
  if (missing !== undefined) return `"${place(String(missing))}" is missing.`;
  for (const [name, member] of Object.entries(value)) {
    const own = Object.hasOwn(known, name) ? known[name] : undefined;
    if (own === undefined && additionalProperties === false && !('patternProperties' in schema)) {
      return `"${place(name)}" is not foreseen.`;
    }
    const fault = isJsonObject(own) ? misfit(own, member, place(name)) : null;
    if (fault) return fault;
  }
  return null;
}

function itemMisfit({ items, prefixItems }: JsonSchema, value: JsonValue[], path: string): string | null {
  if (!isJsonObject(items) || prefixItems !== undefined) return null;
  for (const [index, item] of value.entries()) {
    const fault = misfit(items, item, `${path}[${index}]`);
    if (fault) return fault;
  }
  return null;
}

function typesOf({ type }: JsonSchema): string[] {
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return types.filter((one) => typeof one === 'string');
}

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isJsonObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function nameOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function same(one: JsonValue, other: JsonValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
