import type { JsonValue } from '#lib/workflow/json.ts';
import { ParseError } from './parse-error.ts';

/** JSON, with or without a byte order mark. Throws ParseError with line and column. */
export function parseJson(given: string): JsonValue {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  if (text.trim() === '') throw new ParseError('The text is empty: it holds no JSON.');
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw notJson(text, error instanceof Error ? error.message : '');
  }
}

/** V8 tells the position in most of its messages, and an excerpt that may hold anything: only the first is kept. */
function notJson(text: string, message: string): ParseError {
  const at = /at position (\d+)/.exec(message)?.[1];
  const end = /end of JSON/i.test(message);
  const position = at === undefined ? (end ? text.length : null) : Number(at);
  if (position === null) return new ParseError('The text is not JSON.');
  const before = text.slice(0, position).split('\n');
  const place = { line: before.length, column: before.at(-1)!.length + 1 };
  const what =
    position >= text.length || end
      ? 'it ends too early'
      : `${JSON.stringify(text.slice(position, position + 20))} is not expected`;
  return new ParseError(
    `The text is not JSON: ${what}, at line ${place.line}, column ${place.column}.`,
    place,
  );
}
