import type { JsonValue } from '#lib/workflow/json.ts';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `input.id`, `input["X-Id"]`; with `?.` where what it is read of may be missing. */
export function member(of: string, name: string, maybe = false): string {
  if (IDENTIFIER.test(name)) return `${of}${maybe ? '?.' : '.'}${name}`;
  return `${of}${maybe ? '?.' : ''}[${JSON.stringify(name)}]`;
}

/** `name:` in an object that an expression writes. */
export function memberName(name: string): string {
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}

/** A field that is that expression and nothing else. The braces of an object do not meet those of the field. */
export function expression(text: string): string {
  return `{{ ${text} }}`;
}

/** A value as it stands in a field that takes expressions. */
export function literal(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll('{{', '{{ "{{" }}');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, literal(one)]));
}

/** The same where only text can stand. */
export function literalText(value: JsonValue): string {
  return literal(typeof value === 'string' ? value : JSON.stringify(value)) as string;
}
