import { AppError } from '#lib/db/app-error.ts';
import { LIMITS, type ParsedDocument, type UploadedFile } from './document.ts';
import { decodeText, formatOf } from './format.ts';
import { parseHtml } from './parse-html.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { parsePdf } from './parse-pdf.ts';

/**
 * The text of an uploaded file. Throws AppError, in words for whoever uploaded it: `unsupported_media` (of a kind
 * that cannot be read, or not what it claims to be), `too_large`, `invalid` (broken, protected, no text in it).
 * It may take seconds and much memory for a hostile file: `readDocument` runs it in a thread with limits.
 */
export async function parseDocument(file: UploadedFile): Promise<ParsedDocument> {
  const { name, data } = file;
  if (data.byteLength === 0) throw new AppError('invalid', `"${name}" is empty.`);
  if (data.byteLength > LIMITS.bytes) {
    throw new AppError('too_large', `"${name}" is larger than ${LIMITS.bytes / 1024 / 1024} MB.`);
  }
  const document = await parse(file);
  const sections = document.sections
    .map((section) => ({
      ...section,
      headings: section.headings.map(tidy),
      text: clean(section.text),
    }))
    .filter((section) => section.text !== '');
  if (sections.length === 0) throw new AppError('invalid', `There is no text in "${name}".`);
  const length = sections.reduce((sum, section) => sum + section.text.length, 0);
  if (length > LIMITS.text) {
    throw new AppError('too_large', `"${name}" holds more than ${LIMITS.text / 1024 / 1024} MB of text.`);
  }
  return { ...document, title: tidy(document.title), sections };
}

function parse(file: UploadedFile): ParsedDocument | Promise<ParsedDocument> {
  const title = file.name.replace(/\.[^.]+$/, '') || file.name;
  switch (formatOf(file)) {
    case 'markdown':
      return parseMarkdown(decodeText(file), title);
    case 'html':
      return parseHtml(decodeText(file), title);
    case 'text':
      return { title, sections: [{ headings: [title], text: decodeText(file) }] };
    case 'pdf':
      return parsePdf(file, title);
  }
}

/** Text that both databases store: no U+0000, no halves of surrogate pairs. */
function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().trim();
}

/** A heading on one line, of bounded length. */
function tidy(heading: string): string {
  return clean(heading.replace(/\s+/g, ' ')).slice(0, 200).toWellFormed();
}
