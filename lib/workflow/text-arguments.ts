import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts';

/**
 * Arguments that come as texts (a prompt's, or the values of a URI), as their schema wants them: numbers and truth
 * values are read. What cannot be read stays a text, of which the schema then says what is wrong. An empty text for a
 * number or a truth value stands for nothing: clients send one for each field that was left empty.
 */
export function fromTexts(schema: JsonSchema, texts: Readonly<Record<string, string>>): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]): [string, JsonValue][] => {
      const read = Object.hasOwn(properties, name) ? readerOf(properties[name]) : null;
      if (!read) return [[name, text]];
      return text.trim() === '' ? [] : [[name, read(text.trim())]];
    }),
  );
}

type Reader = (text: string) => JsonValue;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const READERS: Readonly<Record<string, Reader>> = {
  integer: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text),
  number: (text) => (NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/** Null where a text may stay one. */
function readerOf(schema: JsonValue | undefined): Reader | null {
  const type = isJsonObject(schema) ? schema['type'] : undefined;
  const types = Array.isArray(type) ? type : [type];
  if (types.includes('string')) return null;
  const found = types.find((one): one is string => typeof one === 'string' && Object.hasOwn(READERS, one));
  return found === undefined ? null : READERS[found]!;
}

/** Whether a text can be read as what this schema asks for. */
export function isTextual(schema: JsonValue | undefined): boolean {
  const type = isJsonObject(schema) ? schema['type'] : undefined;
  if (type === undefined) return true;
  const types = Array.isArray(type) ? type : [type];
  return types.some((one) => one === 'string' || (typeof one === 'string' && Object.hasOwn(READERS, one)));
}
