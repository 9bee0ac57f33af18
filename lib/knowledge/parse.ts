import { AppError } from '#lib/db/app-error.ts';
import {
  type DocumentMetadata,
  LIMITS,
  type ParsedDocument,
  type Section,
  type UploadedFile,
} from './document.ts';
import { decodeText, formatOf } from './format.ts';

/**
 * The text of an uploaded file. Throws AppError, in words for whoever uploaded it: `unsupported_media` (of a kind
 * that cannot be read, or not what it claims to be), `too_large`, `invalid` (broken, protected, no text in it).
 * Of too much text the beginning is taken, and a note says so.
 * It may take seconds and much memory for a hostile file: `readDocument` runs it in a process with limits.
 */
export async function parseDocument(file: UploadedFile): Promise<ParsedDocument> {
  const { name, data } = file;
  if (data.byteLength === 0) throw new AppError('invalid', `"${name}" is empty.`);
  if (data.byteLength > LIMITS.bytes) {
    throw new AppError('too_large', `"${name}" is larger than ${LIMITS.bytes / 1024 / 1024} MB.`);
  }
  const { title, sections: found, metadata = {}, notes: told = [] } = await parse(file);
  const clean = found
    .map((section) => ({
      ...section,
      headings: section.headings.map((heading) => tidy(heading)),
      text: tidyText(section.text),
    }))
    .filter((section) => section.text !== '');
  if (clean.length === 0) throw new AppError('invalid', `There is no text in "${name}".`);
  const { sections, notes } = bounded(clean);
  return {
    title: tidy(title),
    sections,
    metadata: smallMetadata(metadata),
    notes: [...told.slice(0, MOST_NOTES).map((note) => tidy(note)), ...notes],
  };
}

/** Notes of one document that are kept. */
const MOST_NOTES = 20;

/** Parsers are loaded when the first file of their kind comes: some take a good part of a second. */
async function parse(file: UploadedFile): Promise<ParsedDocument> {
  const title = file.name.replace(/\.[^.]+$/, '') || file.name;
  switch (formatOf(file)) {
    case 'markdown':
      return (await import('./parse-markdown.ts')).parseMarkdown(decodeText(file), title);
    case 'html':
      return (await import('./parse-html.ts')).parseHtml(decodeText(file), title);
    case 'text':
      return { title, sections: [{ headings: [title], text: decodeText(file) }] };
    case 'csv':
      return (await import('./parse-csv.ts')).parseCsv(decodeText(file), title, file.name);
    case 'json':
      return (await import('./parse-json.ts')).parseJson(decodeText(file), title);
    case 'jsonl':
      return (await import('./parse-json.ts')).parseJsonLines(decodeText(file), title);
    case 'pdf':
      return (await import('./parse-pdf.ts')).parsePdf(file, title);
    case 'docx':
      return (await import('./parse-docx.ts')).parseDocx(file, title);
    case 'pptx':
      return (await import('./parse-pptx.ts')).parsePptx(file, title);
    case 'xlsx':
      return (await import('./parse-xlsx.ts')).parseXlsx(file, title);
    case 'odt':
      return (await import('./parse-odt.ts')).parseOdt(file, title);
    case 'epub':
      return (await import('./parse-epub.ts')).parseEpub(file, title);
    case 'email':
      return (await import('./parse-email.ts')).parseEmail(file, title, parse);
  }
}

/** As many sections as fit into the limit of text; the last one is cut. */
function bounded(sections: Section[]): { sections: Section[]; notes: string[] } {
  let left = LIMITS.text;
  const kept: Section[] = [];
  for (const section of sections) {
    if (section.text.length > left) {
      const text = section.text.slice(0, left).toWellFormed();
      const notes = [`Only the first ${LIMITS.text / 1024 / 1024} MB of its text were read.`];
      return { sections: text === '' ? kept : [...kept, { ...section, text }], notes };
    }
    left -= section.text.length;
    kept.push(section);
  }
  return { sections: kept, notes: [] };
}

/** Entries of metadata, and characters of each. */
const METADATA = { entries: 20, characters: 500 };

function smallMetadata(metadata: DocumentMetadata): DocumentMetadata {
  return Object.fromEntries(
    Object.entries(metadata)
      .slice(0, METADATA.entries)
      .map(([key, value]) => [key, typeof value === 'string' ? tidy(value, METADATA.characters) : value]),
  );
}

/** Text that both databases store: no U+0000, no halves of surrogate pairs. */
function tidyText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().trim();
}

/** A heading on one line, of bounded length. */
function tidy(heading: string, characters = 200): string {
  return tidyText(heading.replace(/\s+/g, ' ')).slice(0, characters).toWellFormed();
}
