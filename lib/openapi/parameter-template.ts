import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { ApiArgument } from './api.ts';
import { expression, literalText, member } from './expression-text.ts';
import { flatSchema, membersOf, typesOf } from './flat-schema.ts';

/** Where a value comes from: an expression that gives it, and what is known of it beforehand. */
export interface Source {
  /** Of a value that is fixed. */
  value?: JsonValue;
  /** `input.id`; of one that the caller says. */
  text: string;
}

/** A source of the argument with this name. */
export function fromInput(name: string): Source {
  return { text: member('input', name) };
}

type Shape = 'plain' | 'list' | 'object';

function shapeOf(root: JsonObject, { schema }: ApiArgument, source: Source): Shape {
  if (source.value !== undefined) {
    if (Array.isArray(source.value)) return 'list';
    return typeof source.value === 'object' && source.value !== null ? 'object' : 'plain';
  }
  const types = typesOf(flatSchema(root, schema));
  if (types.includes('array')) return 'list';
  return types.includes('object') ? 'object' : 'plain';
}

/** What stands for `{id}` in a path: each value written so that it stays within its segment. */
export function pathTemplate(root: JsonObject, argument: ApiArgument, source: Source): string {
  const { style, explode, name, asJson } = argument;
  if (source.value !== undefined && shapeOf(root, argument, source) === 'plain') {
    const text = encodeURIComponent(literalOf(source.value));
    return (style === 'label' ? '.' : style === 'matrix' ? `;${name}=` : '') + text;
  }
  const from = read(source);
  const encoded = (text: string) => `urlEncode(String(${text}))`;
  const begin = style === 'label' ? '.' : style === 'matrix' ? `;${name}=` : '';
  if (asJson) return begin + expression(`urlEncode(JSON.stringify(${from}))`);
  switch (shapeOf(root, argument, source)) {
    case 'plain': {
      const isText = typesOf(flatSchema(root, argument.schema)).join() === 'string';
      return begin + expression(isText ? `urlEncode(${from})` : encoded(from));
    }
    case 'list': {
      const between = explode && style === 'label' ? '.' : explode && style === 'matrix' ? `;${name}=` : ',';
      return begin + expression(`${from}.map(item => ${encoded('item')}).join(${JSON.stringify(between)})`);
    }
    case 'object': {
      const between = explode ? (style === 'label' ? '.' : style === 'matrix' ? ';' : ',') : ',';
      const within = explode ? '=' : ',';
      const pair = `${encoded('item[0]')} + ${JSON.stringify(within)} + ${encoded('item[1]')}`;
      const start = style === 'matrix' && explode ? ';' : begin;
      return (
        start + expression(`Object.entries(${from}).map(item => ${pair}).join(${JSON.stringify(between)})`)
      );
    }
  }
}

/** The fields of the query, or of a form, that say the argument. */
export function queryFields(root: JsonObject, argument: ApiArgument, source: Source): Record<string, string> {
  const { name, style, explode, asJson } = argument;
  const shape = shapeOf(root, argument, source);
  const from = read(source);
  if (source.value !== undefined && shape === 'plain') return { [name]: literalText(source.value) };
  if (asJson) return { [name]: optional(from, `JSON.stringify(${from})`) };
  if (shape === 'plain') return { [name]: expression(from) };
  if (shape === 'list') {
    if (style === 'spaceDelimited') return { [name]: optional(from, `${from}.join(" ")`) };
    if (style === 'pipeDelimited') return { [name]: optional(from, `${from}.join("|")`) };
    if (style === 'deepObject') return { [`${name}[]`]: expression(from) };
    return { [name]: explode ? expression(from) : optional(from, `${from}.join(",")`) };
  }
  const members =
    source.value === undefined
      ? Object.keys(membersOf(flatSchema(root, argument.schema)))
      : Object.keys(source.value as JsonObject);
  if (members.length > 0 && (style === 'deepObject' || explode)) {
    return Object.fromEntries(
      members.map((one) => [
        style === 'deepObject' ? `${name}[${one}]` : one,
        expression(member(from, one, true)),
      ]),
    );
  }
  // Members that are not known cannot be fields of their own.
  if (style === 'deepObject' || explode) return { [name]: optional(from, `JSON.stringify(${from})`) };
  return { [name]: optional(from, `Object.entries(${from}).flat().join(",")`) };
}

/** A header's text. */
export function headerTemplate(root: JsonObject, argument: ApiArgument, source: Source): string {
  const from = read(source);
  const shape = shapeOf(root, argument, source);
  if (source.value !== undefined && shape === 'plain') return literalText(source.value);
  if (argument.asJson) return optional(from, `JSON.stringify(${from})`);
  if (shape === 'plain') return expression(from);
  if (shape === 'list') return optional(from, `${from}.join(",")`);
  const pairs = argument.explode
    ? `Object.entries(${from}).map(item => item.join("=")).join(",")`
    : `Object.entries(${from}).flat().join(",")`;
  return optional(from, pairs);
}

/** All cookies in one header; null when there are none. */
export function cookieTemplate(cookies: readonly { name: string; source: Source }[]): string | null {
  if (cookies.length === 0) return null;
  const parts = cookies.map(({ name, source }) => {
    const from = read(source);
    const pair = `${JSON.stringify(`${name}=`)} + urlEncode(String(${from}))`;
    return source.value === undefined ? `(${from} == null ? undefined : ${pair})` : pair;
  });
  const [only] = parts;
  if (parts.length === 1) return expression(only!);
  return expression(`[${parts.join(', ')}].filter(item => item).join("; ") || undefined`);
}

/** What is not given is not sent. */
function optional(from: string, text: string): string {
  return expression(`${from} == null ? undefined : ${text}`);
}

function read({ value, text }: Source): string {
  return value === undefined ? text : JSON.stringify(value);
}

function literalOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
