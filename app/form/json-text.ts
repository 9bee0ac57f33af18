import type { JsonValue } from '#lib/workflow/json.ts';

export type ParsedJson = { value: JsonValue } | { fault: string; at: number };

/** Reads JSON. The fault says what is wrong and where, in characters. */
export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { fault: `This is not JSON yet: ${plainWords(words)}.`, at: faultPosition(words, text) };
  }
}

/** Engines tell the position in words: `at position 12`, `line 1 column 13`; at the end they tell none. */
function faultPosition(words: string, text: string): number {
  const position = /position (\d+)/.exec(words)?.[1];
  if (position !== undefined) return Number(position);
  const [, line, column] = /line (\d+) column (\d+)/.exec(words) ?? [];
  if (line === undefined) return text.length;
  const before = text.split('\n').slice(0, Number(line) - 1);
  return before.reduce((sum, part) => sum + part.length + 1, 0) + Number(column) - 1;
}

function plainWords(words: string): string {
  return words
    .replace(/^JSON\.parse: /, '')
    .replace(/,? ?"[\s\S]*" is not valid JSON$/, '')
    .replace(/ in JSON at position[\s\S]*$/, '')
    .replace(/ at line \d+ column \d+.*$/, '')
    .replace(/^./, (first) => first.toLowerCase());
}
