import { markdownTable } from './table-text.ts';

/** A piece of text on a page, as it was placed there: distances in points from its left and upper edge. */
export interface Piece {
  text: string;
  x: number;
  /** Of its base line. */
  y: number;
  width: number;
  /** Of the letters. */
  size: number;
}

/** Pieces on one base line, from left to right. */
export interface Line {
  y: number;
  size: number;
  left: number;
  right: number;
  pieces: Piece[];
}

/** Pieces of one page that are looked at: more are no page that somebody reads. */
const MOST_PIECES = 20_000;

/** Puts pieces that stand on one base line together, from top to bottom. */
export function linesOf(given: readonly Piece[]): Line[] {
  const pieces = given.slice(0, MOST_PIECES).filter(({ text }) => text.trim() !== '');
  pieces.sort((a, b) => a.y - b.y || a.x - b.x);
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    const first = group?.[0];
    // Half a letter up or down: a raised or lowered sign.
    if (group && first && piece.y - first.y < Math.max(first.size, piece.size) * 0.5) group.push(piece);
    else groups.push([piece]);
  }
  return groups.map(lineOf);
}

function lineOf(pieces: readonly Piece[]): Line {
  const sorted = pieces.toSorted((a, b) => a.x - b.x);
  const main = sorted.reduce((best, piece) => (piece.text.length > best.text.length ? piece : best));
  return {
    y: main.y,
    size: main.size,
    left: sorted[0]!.x,
    right: sorted.reduce((right, { x, width }) => Math.max(right, x + width), 0),
    pieces: sorted,
  };
}

/** The text of lines in the order in which people read them: column by column, tables as Markdown. */
export function layOut(lines: readonly Line[]): string {
  return columnsOf(lines)
    .map(blockText)
    .filter((text) => text !== '')
    .join('\n\n');
}

/** The text of one line, words apart. */
export function lineText(line: Line): string {
  return segmentsOf(line)
    .map(({ text }) => text)
    .join('  ');
}

/** Columns in columns that are looked for. */
const MOST_CUTS = 3;

/**
 * Parts of a page that are read one after the other. Two columns are told by a strip that hardly any line crosses, with
 * running text on both sides; what does cross it (a title, a wide table) parts the columns above it from those below.
 */
function columnsOf(lines: readonly Line[], cuts = 0): Line[][] {
  const gutter = cuts < MOST_CUTS ? gutterOf(lines) : undefined;
  if (gutter === undefined) return [[...lines]];
  const parts: Line[][] = [];
  let left: Line[] = [];
  let right: Line[] = [];
  let across: Line[] = [];
  const flushColumns = () => {
    for (const column of [left, right]) if (column.length > 0) parts.push(...columnsOf(column, cuts + 1));
    left = [];
    right = [];
  };
  const rows = rowsAmong(lines);
  for (const line of lines) {
    const sides = sidesOf(line, gutter);
    // A row of a table, or the last line of a paragraph over the whole width, only seems to part.
    const isRow = rows.has(line);
    const goesOn = sides?.right.length === 0 && across.length > 0 && follows(across.at(-1)!, line);
    if (sides && !isRow && !goesOn) {
      if (across.length > 0) parts.push(across);
      across = [];
      if (sides.left.length > 0) left.push(lineOf(sides.left));
      if (sides.right.length > 0) right.push(lineOf(sides.right));
    } else {
      flushColumns();
      across.push(line);
    }
  }
  flushColumns();
  if (across.length > 0) parts.push(across);
  return parts;
}

/** Lines in three or more parts, and those beside them that would be with narrower gaps. */
function rowsAmong(lines: readonly Line[]): Set<Line> {
  const rows = new Set(lines.filter((line) => segmentsOf(line).length > 2));
  if (rows.size === 0) return rows;
  for (const order of [lines, lines.toReversed()]) {
    for (const [index, line] of order.entries()) {
      const before = order[index - 1];
      if (before && rows.has(before) && segmentsOf(line, TIGHT).length > 2) rows.add(line);
    }
  }
  return rows;
}

/** Whether a line is the next one of a paragraph, as far as its place tells. */
function follows(before: Line, line: Line): boolean {
  const step = line.y - before.y;
  return step > 0 && step < line.size * 1.6 && Math.abs(line.size - before.size) < line.size * 0.12;
}

/** What of a line lies on which side; undefined for one that crosses. */
function sidesOf({ pieces }: Line, gutter: number): { left: Piece[]; right: Piece[] } | undefined {
  const left: Piece[] = [];
  const right: Piece[] = [];
  for (const piece of pieces) {
    if (piece.x + piece.width <= gutter) left.push(piece);
    else if (piece.x >= gutter) right.push(piece);
    else return undefined;
  }
  return { left, right };
}

/** Characters of a line, on average, that make running text and no cells of a table. */
const RUNNING_TEXT = 20;

/** Where two columns part, or undefined. */
function gutterOf(lines: readonly Line[]): number | undefined {
  if (lines.length < 6) return undefined;
  const from = Math.min(...lines.map(({ left }) => left));
  const to = Math.max(...lines.map(({ right }) => right));
  const width = to - from;
  // How many lines cover each point of the width.
  const crossed = new Uint32Array(Math.max(0, Math.min(Math.ceil(width), 5000)) + 1);
  const slot = (x: number) => Math.min(crossed.length - 1, Math.max(0, Math.floor(x - from)));
  for (const { pieces } of lines) {
    for (const { x, width: across } of pieces) {
      for (let at = slot(x); at <= slot(x + across); at += 1) crossed[at]! += 1;
    }
  }
  const few = Math.floor(lines.length * 0.2);
  let best: { at: number; width: number } | undefined;
  let start = -1;
  for (let at = slot(from + width * 0.25); at <= slot(from + width * 0.75); at += 1) {
    const free = crossed[at]! <= few;
    if (free && start < 0) start = at;
    const end = free ? at : at - 1;
    if (start >= 0 && end - start + 1 > (best?.width ?? 0))
      best = { at: (start + end) / 2, width: end - start + 1 };
    if (!free) start = -1;
  }
  const size = lines.map((line) => line.size).toSorted((a, b) => a - b)[lines.length >> 1]!;
  if (!best || best.width < size * 0.7) return undefined;
  const gutter = from + best.at;
  return isRunningText(lines, gutter) ? gutter : undefined;
}

function isRunningText(lines: readonly Line[], gutter: number): boolean {
  const counts = { left: { lines: 0, characters: 0 }, right: { lines: 0, characters: 0 } };
  for (const line of lines) {
    const sides = sidesOf(line, gutter);
    for (const side of ['left', 'right'] as const) {
      const pieces = sides?.[side] ?? [];
      if (pieces.length === 0) continue;
      counts[side].lines += 1;
      counts[side].characters += pieces.reduce((sum, { text }) => sum + text.length, 0);
    }
  }
  return Object.values(counts).every(
    (side) => side.lines >= 4 && side.characters / side.lines >= RUNNING_TEXT,
  );
}

interface Segment {
  left: number;
  right: number;
  text: string;
}

const MARK = /^(?:[•●◦▪‣–—*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])$/i;

/** Gaps between cells, to the size of letters. Between words of justified text there may be as much as the narrower. */
const WIDE = 0.9;
const TIGHT = 0.5;

/** Words of a line that stand together. A mark of a list belongs to what follows it. */
function segmentsOf({ pieces, size }: Line, least = WIDE): Segment[] {
  const segments: Segment[] = [];
  for (const { x, width, text } of pieces) {
    const last = segments.at(-1);
    const gap = last ? x - last.right : Number.POSITIVE_INFINITY;
    if (last && (gap < size * least || MARK.test(last.text.trim()))) {
      // What a file leaves out between two words is a small gap.
      const apart = gap > size * 0.15 && !/\s$/.test(last.text) && !/^\s/.test(text);
      last.text += apart ? ` ${text}` : text;
      last.right = Math.max(last.right, x + width);
    } else segments.push({ left: x, right: x + width, text });
  }
  return segments.map((segment) => ({ ...segment, text: segment.text.replace(/\s+/g, ' ').trim() }));
}

/** Rows that are tried as one table at once. */
const MOST_ROWS = 120;

/** Lines that follow each other in one column: tables and paragraphs. */
function blockText(lines: readonly Line[]): string {
  const parts: string[] = [];
  let plain: Line[] = [];
  const flush = () => {
    if (plain.length > 0) parts.push(paragraphs(plain));
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const table = tableAt(lines, at, TIGHT, 3) ?? tableAt(lines, at, WIDE, 2);
    if (table) {
      flush();
      parts.push(table.text);
      at += table.rows;
    } else {
      plain.push(lines[at]!);
      at += 1;
    }
  }
  flush();
  return parts.join('\n\n');
}

/** The table that begins at a line: all that follows in several parts, if it lines up. */
function tableAt(
  lines: readonly Line[],
  start: number,
  gap: number,
  least: number,
): { text: string; rows: number } | undefined {
  const rows: Segment[][] = [];
  for (const line of lines.slice(start, start + MOST_ROWS)) {
    const segments = segmentsOf(line, gap);
    if (segments.length < 2) break;
    rows.push(segments);
  }
  const text = rows.length >= least ? tableOf(rows) : undefined;
  return text === undefined ? undefined : { text, rows: rows.length };
}

/** Rows as a Markdown table; undefined when what stands below each other does not line up. */
function tableOf(rows: readonly Segment[][]): string | undefined {
  const intervals = rows.flat().toSorted((a, b) => a.left - b.left);
  const columns: { left: number; right: number }[] = [];
  for (const { left, right } of intervals) {
    const last = columns.at(-1);
    if (last && left < last.right) last.right = Math.max(last.right, right);
    else columns.push({ left, right });
  }
  if (columns.length < 2 || columns.length > 40) return undefined;
  const cells = rows.map((segments) => {
    const row = columns.map(() => '');
    for (const { left, text } of segments) {
      const column = columns.findIndex((one) => left >= one.left && left <= one.right);
      row[column] = row[column] === '' ? text : `${row[column]} ${text}`;
    }
    return row;
  });
  const aligned = cells.filter((row) => row.filter((cell) => cell !== '').length >= 2).length;
  if (aligned < rows.length * 0.7) return undefined;
  const [header = [], ...body] = cells;
  return markdownTable(header, body);
}

/** Lines as paragraphs: a larger step down, or other letters, begin a new one. */
function paragraphs(lines: readonly Line[]): string {
  const steps = lines.slice(1).map((line, index) => line.y - lines[index]!.y);
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  let text = '';
  for (const [index, line] of lines.entries()) {
    const words = lineText(line);
    const before = lines[index - 1];
    if (!before) text = words;
    else {
      const step = line.y - before.y;
      const apart = step > Math.max(usual * 1.35, line.size * 1.1) || step < 0;
      const other = Math.abs(line.size - before.size) > before.size * 0.12;
      if (apart || other) text += `\n\n${words}`;
      else if (MARK.test(words.split(' ', 1)[0]!)) text += `\n${words}`;
      // A word that was divided at the end of a line becomes one again.
      else if (/\p{L}-$/u.test(text) && /^\p{Ll}/u.test(words)) text = text.slice(0, -1) + words;
      else text += `\n${words}`;
    }
  }
  return text;
}

/** A page before it is laid out; its height in points. */
export interface PdfPage {
  lines: Line[];
  height: number;
}

/** Part of a page's height, above and below, in which running titles are looked for. */
const MARGIN = 0.11;

/**
 * Takes away what stands in the margin of most pages: running titles, page numbers. A page's number may differ. Changes
 * nothing in short documents.
 */
export function withoutRunningTitles(pages: readonly PdfPage[]): Line[][] {
  if (pages.length < 4) return pages.map(({ lines }) => lines);
  const inMargin = ({ lines, height }: PdfPage) =>
    lines.filter(({ y }) => y < height * MARGIN || y > height * (1 - MARGIN));
  const key = (line: Line) => `${Math.round(line.y / 6)} ${lineText(line).replace(/\d+/g, '#')}`;
  const counts = new Map<string, number>();
  for (const page of pages) {
    for (const one of new Set(inMargin(page).map(key))) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  // Books have one for the left pages and one for the right.
  const most = pages.length * 0.4;
  return pages.map((page) => {
    const gone = new Set(inMargin(page).filter((line) => counts.get(key(line))! > most));
    return page.lines.filter((line) => !gone.has(line));
  });
}
