import { jsonLanguage } from '@codemirror/lang-json';
import type { JsonValue } from '#lib/workflow/json.ts';

export type ParsedJson = { value: JsonValue } | { fault: string; at: number };

/** Reads JSON. The fault says what is wrong and where, in characters. */
export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    const at = faultPosition(text);
    const found = text.slice(at).trimStart().charAt(0);
    const line = text.slice(0, at).split('\n').length;
    const words = found === '' ? 'it ends too early' : `line ${line} cannot go on with “${found}”`;
    return { fault: `This is not JSON yet: ${words}.`, at };
  }
}

/** Engines tell a position only sometimes, each in other words; the editor's parser always knows one. */
function faultPosition(text: string): number {
  let at: number | null = null;
  jsonLanguage.parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at ??= from;
      return at === null;
    },
  });
  return at ?? text.length;
}
