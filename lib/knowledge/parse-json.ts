import type { JsonValue } from '#lib/workflow/json.ts';
import type { ParsedDocument, Section } from './document.ts';

/** Levels of objects and lists in each other that are read. */
const MAX_DEPTH = 200;

/**
 * JSON as text that can be searched: a line "path: value" for each value, a block for each record of a list, a section
 * for each large member of the top. What is no JSON is read as plain text, and a note says so.
 */
export function parseJson(text: string, title: string): ParsedDocument {
  const value = isTooDeep(text) ? undefined : parsed(text);
  if (value === undefined) {
    const note = 'It is not proper JSON, or nested too deeply; read as plain text.';
    return { title, sections: [{ headings: [title], text }], notes: [note] };
  }
  if (!isObject(value)) return { title, sections: [{ headings: [title], text: blocks(value) }] };
  const short: [string, JsonValue][] = [];
  const sections: Section[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (typeof member === 'object' && member !== null && JSON.stringify(member).length > 200) {
      sections.push({ headings: [title, key], text: blocks(member) });
    } else short.push([key, member]);
  }
  const top = short.flatMap(([key, member]) => lines(member, key)).join('\n');
  return { title, sections: [{ headings: [title], text: top }, ...sections] };
}

/** A value on each line; each is a record. Lines that are no JSON stay as they are. */
export function parseJsonLines(text: string, title: string): ParsedDocument {
  let bad = 0;
  const records = text.split('\n').map((line) => {
    if (line.trim() === '') return '';
    const value = isTooDeep(line) ? undefined : parsed(line);
    if (value === undefined) bad += 1;
    return value === undefined ? line : lines(value, '').join('\n');
  });
  const count = bad === 1 ? '1 line is' : `${bad.toLocaleString('en')} lines are`;
  const notes = bad > 0 ? [`${count} not proper JSON; read as plain text.`] : [];
  const blocksOfText = records.filter((record) => record !== '').join('\n\n');
  return { title, sections: [{ headings: [title], text: blocksOfText }], notes };
}

/** Records of a list apart from each other; anything else as lines. */
function blocks(value: JsonValue): string {
  if (!Array.isArray(value)) return lines(value, '').join('\n');
  const apart = value.some((entry) => typeof entry === 'object' && entry !== null);
  return value.map((entry) => lines(entry, '').join('\n')).join(apart ? '\n\n' : '\n');
}

function lines(value: JsonValue, path: string): string[] {
  if (Array.isArray(value)) {
    const plain = value.every((entry) => typeof entry !== 'object' || entry === null);
    if (plain) return value.length === 0 ? [] : [line(path, value.map(String).join(', '))];
    return value.flatMap((entry, index) => lines(entry, `${path}[${index}]`));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, member]) =>
      lines(member, path === '' ? key : `${path}.${key}`),
    );
  }
  return value === null || value === '' ? [] : [line(path, String(value))];
}

const line = (path: string, value: string) => (path === '' ? value : `${path}: ${value}`);

function isObject(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Found out before it is parsed: what makes values of it takes memory for each level. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (quoted) {
      if (mark === '\\') at += 1;
      else if (mark === '"') quoted = false;
    } else if (mark === '"') quoted = true;
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
