/** A table with more columns, or longer rows on average, is written as "column: value" lines. */
const WIDE = { columns: 10, characters: 300 };
/** Rows looked at to find the header, and to see how wide the table is. */
const SAMPLE = 50;

/**
 * Rows as text that can be read in pieces: a Markdown table, or a block of "column: value" lines for each row where
 * that would be wide. The header is the first row with several values; what stands before it is written as it is.
 */
export function tableText(rows: readonly (readonly string[])[]): string {
  const trimmed = rows.map(trimEnd).filter((row) => row.length > 0);
  const width = Math.max(0, ...trimmed.slice(0, SAMPLE).map(filled));
  const start = trimmed.findIndex(
    (row) => filled(row) >= Math.max(1, Math.min(2, width)) && filled(row) * 2 >= width,
  );
  if (start < 0) return '';
  const before = trimmed.slice(0, start).map((row) => row.filter((cell) => cell !== '').join(' '));
  const [header = [], ...body] = trimmed.slice(start);
  const names = columnNames(header, body);
  const text = isWide(names, body) ? records(names, body) : markdownTable(names, body);
  return [...before, text].join('\n\n');
}

/** A Markdown table; the first row of `rows` is its header when there is none. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${header.map((_, index) => oneLine(cells[index] ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `| ${header.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Each row as a block of "column: value" lines, with a blank line between. */
function records(names: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) =>
      row
        .map((cell, index) => (cell === '' ? '' : `${names[index]}: ${oneLine(cell)}`))
        .filter((line) => line !== '')
        .join('\n'),
    )
    .join('\n\n');
}

function isWide(names: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const sample = rows.slice(0, SAMPLE);
  const characters = sample.reduce((sum, row) => sum + row.join('').length, 0);
  return rows.length > 0 && (names.length > WIDE.columns || characters > WIDE.characters * sample.length);
}

/** One for each column there is, `column 3` where the header says nothing. */
function columnNames(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  let width = header.length;
  for (const row of rows) width = Math.max(width, row.length);
  return Array.from({ length: width }, (_, index) => oneLine(header[index] ?? '') || `column ${index + 1}`);
}

const filled = (row: readonly string[]) => row.filter((cell) => cell !== '').length;

function trimEnd(row: readonly string[]): string[] {
  const cells = row.map((cell) => cell.trim());
  while (cells.at(-1) === '') cells.pop();
  return cells;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
