import type { JsonValue } from './json.ts';

/** A value as it reads inside a text: strings as they are, null as nothing, the rest as JSON. */
export function asText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return JSON.stringify(value);
}

/** The longest of a text that goes on one line: white space collapsed, cut with an ellipsis. */
export function oneLine(text: string, max: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

/**
 * A text with expressions, short enough for a card: each expression becomes the last name in it.
 * `GET /orders/{{ input.id }}` → `GET /orders/{id}`; a text that is one expression → `id`.
 */
export function templateLabel(text: string): string {
  const only = /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(text);
  if (only) return lastName(only[1]!);
  return text.replace(/\{\{(.*?)\}\}/gs, (_, expression: string) => `{${lastName(expression)}}`);
}

function lastName(expression: string): string {
  const names = expression.match(/[A-Za-z_$][\w$]*/g);
  return names?.at(-1) ?? expression.trim();
}
