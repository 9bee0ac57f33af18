import { LineCounter, parseDocument } from 'yaml';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { jsonExcess } from '#lib/workflow/json-excess.ts';
import { oneLine } from '#lib/workflow/text.ts';
import type { ApiFault } from './api.ts';

/** Of a description, in characters. */
export const MOST_CHARACTERS = 10 * 1024 * 1024;

const MOST = { depth: 200, values: 3_000_000 };
const MOST_FAULTS = 20;

/** The object that a text says in JSON or YAML, or why there is none. Faults name the line. */
export function readText(text: string): { root: JsonObject } | { faults: ApiFault[] } {
  if (text.length > MOST_CHARACTERS) return fault('The text is larger than 10 MiB.', 'line 1');
  const begin = text.trimStart().slice(0, 1);
  if (begin === '') return fault('The text is empty.', 'line 1');
  if (begin === '<') {
    return fault(
      'This is a page or XML, and not a description of an API: use the address of its .json or .yaml file.',
      'line 1',
    );
  }
  const read = begin === '{' ? (readJson(text) ?? readYaml(text)) : readYaml(text);
  if ('faults' in read) return read;
  const excess = jsonExcess(read.value, MOST);
  if (excess) return fault(`The document ${excess}.`, 'line 1');
  if (isJsonObject(read.value)) return { root: read.value };
  return fault('A description of an API is an object; this is something else.', 'line 1');
}

/** Null when it is none: YAML, which includes JSON, then tells the line. */
function readJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function readYaml(text: string): { value: unknown } | { faults: ApiFault[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    const byLine = new Map<number, ApiFault>();
    for (const { message, pos } of document.errors) {
      const { line } = lineCounter.linePos(pos[0]);
      // The first in a line is the cause of the others.
      if (byLine.has(line) || byLine.size >= MOST_FAULTS) continue;
      const words = oneLine(message, 200).replace(/\.$/, '');
      byLine.set(line, {
        severity: 'error',
        message: `This is neither JSON nor YAML: ${words}.`,
        place: `line ${line}`,
      });
    }
    return { faults: [...byLine.values()] };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    const excess = jsonExcess(value, MOST);
    if (excess) return fault(`The document ${excess}.`, 'line 1');
    // As JSON has it: no dates, no NaN, nothing that stands in two places.
    return { value: JSON.parse(JSON.stringify(value ?? null)) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fault(`The YAML cannot be read: ${oneLine(message, 200)}.`, 'line 1');
  }
}

function fault(message: string, place: string): { faults: ApiFault[] } {
  return { faults: [{ severity: 'error', message, place }] };
}
