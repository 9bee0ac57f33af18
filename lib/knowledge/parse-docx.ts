import type { ParsedDocument, UploadedFile } from './document.ts';
import { type OfficeFile, openOffice, relationsOf, targetOf } from './office.ts';
import { Outline } from './outline.ts';
import { markdownTable } from './table-text.ts';
import { attribute, child, descendants, eachElement, elementsOf, parseXml, type XmlElement } from './xml.ts';

/** What a paragraph style says that matters here. */
interface Style {
  basedOn: string | undefined;
  /** 1 to 9; 0 is the title. */
  level: number | undefined;
  list: { id: string; level: number } | undefined;
}

interface Reader {
  styles: Map<string, Style>;
  /** Whether a list numbers its items: by "id/level". */
  numbered: Map<string, boolean>;
  counters: Map<string, number>;
  /** Footnotes and endnotes that were referred to since the last heading, in their order. */
  referred: string[];
  notes: Map<string, XmlElement>;
}

/**
 * A Word document: headings by their styles, lists, tables, footnotes (under the heading they are referred to from).
 * Text that was deleted with tracked changes, comments, headers and footers are left out. Throws as `openOffice`.
 */
export async function parseDocx(file: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const office = await openOffice(file, 'wordprocessingml');
  const what = `"${file.name}"`;
  const reader = await readerOf(office, file.name);
  const outline = new Outline();
  let title = office.title;

  const flush = () => {
    for (const key of new Set(reader.referred)) outline.add(noteText(key, reader));
    reader.referred = [];
  };
  const paragraph = (element: XmlElement) => {
    const text = runs(element, reader).trim();
    if (text === '') return;
    const level = headingLevel(element, reader);
    if (level === 0) {
      title ||= text;
      if (text !== title) outline.add(text);
    } else if (level !== undefined) {
      flush();
      outline.heading(level, text);
    } else {
      const mark = listMark(element, reader);
      outline.add(mark + text, mark !== '');
    }
  };
  const block = (element: XmlElement) => {
    if (element.name === 'p') {
      paragraph(element);
      for (const box of boxesIn(element)) elementsOf(box).forEach(block);
    } else if (element.name === 'tbl') outline.add(table(element, reader));
    else if (element.name === 'sdt') elementsOf(child(element, 'sdtContent') ?? element).forEach(block);
    else if (element.name === 'ins' || element.name === 'customXml') elementsOf(element).forEach(block);
  };
  eachElement(
    await office.archive.text(office.main),
    what,
    (_, parent) => parent === 'body',
    (element) => {
      block(element);
      return true;
    },
  );
  flush();
  title ||= outline.firstHeading ?? fallbackTitle;
  return { title, sections: outline.sections(title), metadata: office.metadata, notes: office.notes };
}

async function readerOf({ archive, main }: OfficeFile, name: string): Promise<Reader> {
  const relations = [...(await relationsOf(archive, main, name)).values()];
  const part = async (kind: string) => {
    const target = targetOf(relations, kind);
    return target && archive.has(target) ? parseXml(await archive.text(target), `"${name}"`) : undefined;
  };
  const notes = new Map<string, XmlElement>();
  for (const kind of ['footnote', 'endnote']) {
    for (const note of descendants(await part(`${kind}s`), kind)) {
      notes.set(`${kind}/${attribute(note, 'id')}`, note);
    }
  }
  return {
    styles: stylesOf(await part('styles')),
    numbered: numberedOf(await part('numbering')),
    counters: new Map(),
    referred: [],
    notes,
  };
}

function stylesOf(part: XmlElement | undefined): Map<string, Style> {
  const styles = new Map<string, Style>();
  for (const style of descendants(part, 'style')) {
    const name = attribute(child(style, 'name'), 'val') ?? '';
    const properties = child(style, 'pPr');
    const named = /^heading ([1-9])$/i.exec(name)?.[1];
    const outline = attribute(child(properties, 'outlineLvl'), 'val');
    let level = named === undefined ? undefined : Number(named);
    if (/^title$/i.test(name)) level = 0;
    level ??= outlineLevel(outline);
    styles.set(attribute(style, 'styleId') ?? '', {
      basedOn: attribute(child(style, 'basedOn'), 'val'),
      level,
      list: listOf(properties),
    });
  }
  return styles;
}

/** Levels are counted from 0 there, and 9 is body text. */
function outlineLevel(value: string | undefined): number | undefined {
  return value !== undefined && /^[0-8]$/.test(value) ? Number(value) + 1 : undefined;
}

function listOf(properties: XmlElement | undefined): Style['list'] {
  const list = child(properties, 'numPr');
  const id = attribute(child(list, 'numId'), 'val');
  if (id === undefined) return undefined;
  return { id, level: Number(attribute(child(list, 'ilvl'), 'val') ?? 0) || 0 };
}

function numberedOf(part: XmlElement | undefined): Map<string, boolean> {
  const kinds = new Map<string, XmlElement>();
  for (const kind of descendants(part, 'abstractNum'))
    kinds.set(attribute(kind, 'abstractNumId') ?? '', kind);
  const numbered = new Map<string, boolean>();
  for (const list of descendants(part, 'num')) {
    const kind = kinds.get(attribute(child(list, 'abstractNumId'), 'val') ?? '');
    for (const level of kind ? elementsOf(kind) : []) {
      if (level.name !== 'lvl') continue;
      const format = attribute(child(level, 'numFmt'), 'val');
      const key = `${attribute(list, 'numId')}/${attribute(level, 'ilvl')}`;
      numbered.set(key, format !== 'bullet' && format !== 'none');
    }
  }
  return numbered;
}

/** What a paragraph's style says, or the one that is based on. A circle of styles ends the search. */
function fromStyle<T>(
  paragraph: XmlElement,
  { styles }: Reader,
  take: (style: Style) => T | undefined,
): T | undefined {
  let id = attribute(child(child(paragraph, 'pPr'), 'pStyle'), 'val');
  for (let step = 0; id !== undefined && step < 20; step += 1) {
    const style = styles.get(id);
    const value = style && take(style);
    if (value !== undefined) return value;
    id = style?.basedOn;
  }
  return undefined;
}

function headingLevel(paragraph: XmlElement, reader: Reader): number | undefined {
  const own = attribute(child(child(paragraph, 'pPr'), 'outlineLvl'), 'val');
  return outlineLevel(own) ?? fromStyle(paragraph, reader, ({ level }) => level);
}

/** `- ` or `3. `, indented by the level; nothing for what is no item. */
function listMark(paragraph: XmlElement, reader: Reader): string {
  const list = listOf(child(paragraph, 'pPr')) ?? fromStyle(paragraph, reader, (style) => style.list);
  // List 0 takes a paragraph out of the list of its style.
  if (!list || list.id === '0') return '';
  const level = Math.min(Math.max(list.level, 0), 8);
  const indent = '  '.repeat(level);
  if (!reader.numbered.get(`${list.id}/${level}`)) return `${indent}- `;
  for (const key of reader.counters.keys()) {
    const [id, other] = key.split('/');
    if (id === list.id && Number(other) > level) reader.counters.delete(key);
  }
  const key = `${list.id}/${level}`;
  const count = (reader.counters.get(key) ?? 0) + 1;
  reader.counters.set(key, count);
  return `${indent}${count}. `;
}

/** Parts of a paragraph that are no text of its own: other versions, removed text, fields' codes, text boxes. */
const PASSED_OVER = new Set([
  'pPr',
  'rPr',
  'del',
  'moveFrom',
  'instrText',
  'delText',
  'Fallback',
  'txbxContent',
  'object',
]);

function runs(element: XmlElement, reader: Reader): string {
  let text = '';
  for (const part of element.children) {
    if (typeof part === 'string') {
      if (element.name === 't') text += part;
    } else if (part.name === 'tab') text += ' ';
    else if (part.name === 'br' || part.name === 'cr') text += '\n';
    else if (part.name === 'noBreakHyphen') text += '-';
    else if (part.name === 'footnoteReference' || part.name === 'endnoteReference') {
      text += noteMark(part, reader);
    } else if (part.name === 'docPr') {
      const description = attribute(part, 'descr')?.trim();
      if (description) text += `[${description}]`;
    } else if (!PASSED_OVER.has(part.name)) text += runs(part, reader);
  }
  return text;
}

function boxesIn(element: XmlElement): XmlElement[] {
  return elementsOf(element).flatMap((part) => {
    if (part.name === 'txbxContent') return [part];
    return part.name === 'Fallback' || part.name === 'del' ? [] : boxesIn(part);
  });
}

function noteMark(reference: XmlElement, reader: Reader): string {
  const key = `${reference.name.replace('Reference', '')}/${attribute(reference, 'id')}`;
  if (!reader.notes.has(key)) return '';
  reader.referred.push(key);
  return `[^${key.split('/')[1]}]`;
}

function noteText(key: string, reader: Reader): string {
  const note = reader.notes.get(key)!;
  const text = descendants(note, 'p').map((paragraph) => runs(paragraph, reader).trim());
  return `[^${key.split('/')[1]}]: ${text.filter((part) => part !== '').join(' ')}`;
}

function table(element: XmlElement, reader: Reader): string {
  const rows = elementsOf(element)
    .filter(({ name }) => name === 'tr')
    .map((row) =>
      // Cells may stand in a frame of their own.
      elementsOf(row)
        .flatMap((one) => (one.name === 'sdt' ? descendants(one, 'tc') : [one]))
        .filter(({ name }) => name === 'tc')
        .flatMap((cell) => cellTexts(cell, reader)),
    );
  const [header, ...body] = rows;
  if (!header) return '';
  // A table of one cell is a frame around text.
  if (rows.every((row) => row.length <= 1)) return rows.map(([cell = '']) => cell).join('\n\n');
  const width = Math.min(200, Math.max(...rows.slice(0, 1000).map((row) => row.length)));
  return markdownTable(
    Array.from({ length: width }, (_, index) => header[index] ?? ''),
    body,
  );
}

/** The text of a cell, and as many empty ones as it spans further columns. */
function cellTexts(cell: XmlElement, reader: Reader): string[] {
  const text = descendants(cell, 'p')
    .map((paragraph) => listMark(paragraph, reader) + runs(paragraph, reader).trim())
    .filter((part) => part !== '')
    .join('\n');
  const span = Number(attribute(child(child(cell, 'tcPr'), 'gridSpan'), 'val') ?? 1) || 1;
  return [text, ...Array.from({ length: Math.min(Math.max(span, 1), 60) - 1 }, () => '')];
}
