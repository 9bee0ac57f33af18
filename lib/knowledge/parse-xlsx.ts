import { LIMITS, type ParsedDocument, type Section, type UploadedFile } from './document.ts';
import { type NumberFormat, numberFormat, shown } from './number-format.ts';
import { openOffice, relationId, relationsOf, targetOf } from './office.ts';
import { tableText } from './table-text.ts';
import {
  attribute,
  child,
  descendants,
  eachElement,
  elementsOf,
  parseXml,
  textOf,
  type XmlElement,
} from './xml.ts';

/** Columns of a sheet that are read. */
const MOST_COLUMNS = 1000;
/** Characters of a cell: more than Excel allows can only be a trick. */
const MOST_OF_CELL = 32_767;

interface Book {
  strings: string[];
  /** By the number of a cell's style. */
  formats: NumberFormat[];
  since1904: boolean;
}

/**
 * An Excel workbook: a section for each sheet, numbers and dates as they are shown, formulas by the values they had
 * when the file was saved; nothing is computed. Hidden sheets are left out. Throws as `openOffice`.
 */
export async function parseXlsx(file: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const { archive, main, metadata, notes, ...office } = await openOffice(file, 'spreadsheetml');
  const what = `"${file.name}"`;
  const relations = await relationsOf(archive, main, file.name);
  const workbook = parseXml(await archive.text(main), what);
  const part = async (kind: string) => {
    const target = targetOf(relations.values(), kind);
    return target && archive.has(target) ? archive.text(target) : undefined;
  };
  const since = attribute(child(workbook, 'workbookPr'), 'date1904');
  const book: Book = {
    strings: stringsOf(await part('sharedStrings'), what),
    formats: formatsOf(await part('styles'), what),
    since1904: since === '1' || since === 'true',
  };
  const title = office.title || fallbackTitle;
  const sections: Section[] = [];
  let left = LIMITS.text;
  for (const [index, sheet] of elementsOf(child(workbook, 'sheets') ?? workbook).entries()) {
    const name = attribute(sheet, 'name') ?? `Sheet ${index + 1}`;
    const target = sheet.name === 'sheet' ? relations.get(relationId(sheet))?.target : undefined;
    if (target === undefined || !archive.has(target) || !/worksheet/.test(target)) continue;
    if (/hidden/i.test(attribute(sheet, 'state') ?? '')) {
      notes.push(`The hidden sheet "${name}" was left out.`);
      continue;
    }
    if (left <= 0) {
      notes.push(`The sheet "${name}" was left out: the file holds too much text.`);
      continue;
    }
    const { rows, used, cut } = rowsOf(await archive.text(target), book, what, left);
    left -= used;
    if (cut) notes.push(`Only the first ${rows.length} rows of the sheet "${name}" were read.`);
    sections.push({ headings: [title, name], text: tableText(rows), page: index + 1 });
  }
  return { title, sections, metadata, notes };
}

/** Texts that cells refer to by their number. */
function stringsOf(text: string | undefined, what: string): string[] {
  const strings: string[] = [];
  if (text === undefined) return strings;
  eachElement(
    text,
    what,
    (name) => name === 'si',
    (item) => {
      strings.push(richText(item));
      return true;
    },
  );
  return strings;
}

/** Text with its formats, without the hints for its pronunciation. */
function richText(item: XmlElement): string {
  return elementsOf(item)
    .map((one) => (one.name === 't' ? textOf(one) : one.name === 'r' ? textOf(child(one, 't')) : ''))
    .join('');
}

function formatsOf(text: string | undefined, what: string): NumberFormat[] {
  if (text === undefined) return [];
  const styles = parseXml(text, what);
  const own = new Map<number, string>();
  for (const format of descendants(child(styles, 'numFmts'), 'numFmt')) {
    own.set(Number(attribute(format, 'numFmtId')), attribute(format, 'formatCode') ?? '');
  }
  return elementsOf(child(styles, 'cellXfs') ?? styles).map((style) => {
    const id = Number(attribute(style, 'numFmtId') ?? 0);
    return numberFormat(id, own.get(id));
  });
}

function rowsOf(text: string, book: Book, what: string, most: number) {
  const rows: string[][] = [];
  let used = 0;
  let cut = false;
  eachElement(
    text,
    what,
    (name) => name === 'row',
    (row) => {
      if (used > most) {
        cut = true;
        return false;
      }
      const cells: string[] = [];
      let next = 0;
      for (const cell of elementsOf(row)) {
        if (cell.name !== 'c') continue;
        const column = columnOf(attribute(cell, 'r')) ?? next;
        next = column + 1;
        if (column >= MOST_COLUMNS) continue;
        while (cells.length < column) cells.push('');
        cells[column] = cellText(cell, book).slice(0, MOST_OF_CELL);
        used += cells[column].length + 4;
      }
      rows.push(cells);
      return true;
    },
  );
  return { rows, used, cut };
}

/** 0 for A, 27 for AB. */
function columnOf(place: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})/.exec(place ?? '')?.[1];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function cellText(cell: XmlElement, { strings, formats, since1904 }: Book): string {
  const value = textOf(child(cell, 'v'));
  switch (attribute(cell, 't')) {
    case 's':
      return strings[Number(value)] ?? '';
    case 'inlineStr':
      return richText(child(cell, 'is') ?? cell);
    case 'b':
      return value === '' ? '' : value === '1' ? 'TRUE' : 'FALSE';
    case 'str':
    case 'e':
    case 'd':
      return value;
    default: {
      const format = formats[Number(attribute(cell, 's') ?? 0)];
      return value === '' ? '' : shown(Number(value), value, format, since1904);
    }
  }
}
