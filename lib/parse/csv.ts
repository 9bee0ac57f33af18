import { CsvError, parse } from 'csv-parse/sync';
import type { ParseRequest } from '#lib/engine/capabilities.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { PARSE_LIMITS } from './limits.ts';
import { ParseError, tooLarge } from './parse-error.ts';

/** What may stand between the values when nobody said; of two that are as good the first is taken. */
const DELIMITERS = [',', ';', '\t', '|'];
/** Characters of the beginning by which the delimiter is found out. */
const SAMPLE = 10_000;

/**
 * Rows as objects by the names of the first one, or as lists of texts. A row with fewer values than there are names
 * leaves the others out as null; one with more is a fault, as is a quote that is not closed. Empty lines are skipped.
 * Throws ParseError with the line.
 */
export function parseCsv({ text, header, delimiter }: ParseRequest & { format: 'csv' }): JsonValue {
  const rows = records(text, delimiter === '' ? delimiterOf(text) : delimiter);
  if (!header) return rows;
  const [first, ...others] = rows;
  if (!first) return [];
  const names = uniqueNames(first);
  return others.map((row) => objectOf(names, row));
}

function records(text: string, delimiter: string): string[][] {
  try {
    let widest = 0;
    return parse(text, {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      to: PARSE_LIMITS.rows + 2,
      on_record: (row: string[], { lines, records: count }) => {
        if (count > PARSE_LIMITS.rows + 1)
          throw tooLarge(`The table has more than ${PARSE_LIMITS.rows} rows.`);
        if (row.length > PARSE_LIMITS.columns)
          throw tooLarge(`Line ${lines} has more than ${PARSE_LIMITS.columns} values.`);
        widest ||= row.length;
        if (row.length > widest) {
          throw new ParseError(
            `Line ${lines} has ${row.length} values, but the first row has ${widest}. Check the delimiter (${JSON.stringify(delimiter)} here) and the quotes.`,
            { line: lines },
          );
        }
        return row;
      },
    }) as string[][];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : undefined;
    throw new ParseError(`The text is not CSV: ${wordsOf(error)}.`, line === undefined ? {} : { line });
  }
}

function wordsOf({ code, message }: CsvError): string {
  return code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'a quote is opened and never closed'
    : message.replace(/^[^:]*:\s*/, '').slice(0, 200);
}

/** The delimiter that stands most often in the first line outside of quotes. */
export function delimiterOf(text: string): string {
  const counts = new Map(DELIMITERS.map((one) => [one, 0]));
  let quoted = false;
  for (const character of text.slice(0, SAMPLE)) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '\n' && [...counts.values()].some((count) => count > 0)) break;
    else if (counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Names of the columns: trimmed, `column_3` where there is none, `price_2` for the second of a name. */
function uniqueNames(row: readonly string[]): string[] {
  const taken = new Set<string>();
  return row.map((given, index) => {
    const name = given.trim() || `column_${index + 1}`;
    if (name === '__proto__') throw new ParseError('A column cannot have the name "__proto__".', { line: 1 });
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function objectOf(names: readonly string[], row: readonly string[]): JsonObject {
  const entry: JsonObject = {};
  for (const [index, name] of names.entries()) entry[name] = row[index] ?? null;
  return entry;
}
