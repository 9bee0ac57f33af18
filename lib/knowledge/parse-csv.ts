import { parse } from 'csv-parse/sync';
import { delimiterOf } from '#lib/parse/csv.ts';
import { LIMITS, type ParsedDocument } from './document.ts';
import { tableText } from './table-text.ts';

/** Thrown to end reading before the end of the text. */
class Enough extends Error {}

/** Columns of a row that are read. */
const MOST_COLUMNS = 1000;

/** A table in text: its delimiter is found out. What is no table after all is read as plain text, and a note says so. */
export function parseCsv(text: string, title: string, name: string): ParsedDocument {
  const rows: string[][] = [];
  const notes: string[] = [];
  let used = 0;
  try {
    parse(text, {
      bom: true,
      delimiter: /\.(tsv|tab)$/i.test(name) ? '\t' : delimiterOf(text),
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: LIMITS.text,
      on_record: (row: string[]) => {
        if (used > LIMITS.text) throw new Enough();
        used += row.reduce((sum, cell) => sum + cell.length + 4, 0);
        rows.push(row.slice(0, MOST_COLUMNS));
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof Enough)) {
      const note =
        'It is not a proper table (a quote is opened and never closed) and was read as plain text.';
      return { title, sections: [{ headings: [title], text }], notes: [note] };
    }
    notes.push(`Only the first ${rows.length.toLocaleString('en')} rows were read.`);
  }
  return { title, sections: [{ headings: [title], text: tableText(rows) }], notes };
}
