import { getDocumentProxy } from 'unpdf';
import { AppError } from '#lib/db/app-error.ts';
import {
  type DocumentMetadata,
  LIMITS,
  type ParsedDocument,
  type Section,
  type UploadedFile,
} from './document.ts';
import { layOut, linesOf, type PdfPage, type Piece, withoutRunningTitles } from './pdf-layout.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Pdf['getPage']>>;

/**
 * The text of a PDF; each page is a section "Page 3". Lines are put in reading order, columns one after the other, tables
 * as Markdown; running titles are left out. Scanned pages have no text.
 */
export async function parsePdf({ name, data }: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const pdf = await open(name, data);
  try {
    if (pdf.numPages > LIMITS.pages) {
      throw new AppError('too_large', `"${name}" has more than ${LIMITS.pages} pages.`);
    }
    const { title: named, metadata } = await aboutOf(pdf);
    const title = named || fallbackTitle;
    const { pages, notes } = await pagesOf(pdf, name);
    const sections = withoutRunningTitles(pages).map(
      (lines, index): Section => ({
        headings: [title, `Page ${index + 1}`],
        text: layOut(lines),
        page: index + 1,
      }),
    );
    if (sections.every(({ text }) => text === '')) {
      throw new AppError('invalid', `"${name}" holds pictures of text only; make it searchable (OCR) first.`);
    }
    return { title, sections, metadata, notes };
  } finally {
    await pdf.cleanup().catch(() => {});
  }
}

async function open(name: string, data: Uint8Array): Promise<Pdf> {
  try {
    // A copy: the reader takes the bytes away from whoever gave them.
    // Code in a PDF is never run: this build of pdf.js can evaluate none.
    return await getDocumentProxy(Uint8Array.from(data), { stopAtErrors: false, verbosity: 0 });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new AppError(
        'invalid',
        `"${name}" is protected by a password; remove it and upload the file again.`,
      );
    }
    throw broken(name);
  }
}

function broken(name: string): AppError {
  return new AppError('invalid', `"${name}" is broken: it could not be read as a PDF.`);
}

/** Names in the information of a PDF → ours. */
const INFORMATION: Record<string, string> = {
  Author: 'author',
  Subject: 'subject',
  Keywords: 'keywords',
  CreationDate: 'created',
  Language: 'language',
};

async function aboutOf(pdf: Pdf): Promise<{ title: string; metadata: DocumentMetadata }> {
  const info = ((await pdf.getMetadata().catch(() => null))?.info ?? {}) as Record<string, unknown>;
  const metadata: DocumentMetadata = {};
  for (const [theirs, ours] of Object.entries(INFORMATION)) {
    const value = info[theirs];
    if (typeof value === 'string' && value.trim() !== '') metadata[ours] = dateOr(value.trim());
  }
  const title = info['Title'];
  return { title: typeof title === 'string' ? title.trim() : '', metadata };
}

/** `D:20261103101500+01'00'` as a date; any other text as it is. */
function dateOr(text: string): string {
  const [, year, month = '01', day = '01'] = /^D:(\d{4})(\d{2})?(\d{2})?/.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month}-${day}`;
}

/** The lines of all pages, as long as there is room for their text. A page that cannot be read leaves a note. */
async function pagesOf(pdf: Pdf, name: string): Promise<{ pages: PdfPage[]; notes: string[] }> {
  const pages: PdfPage[] = [];
  const bad: number[] = [];
  let length = 0;
  for (let number = 1; number <= pdf.numPages && length <= LIMITS.text; number += 1) {
    try {
      const page = await pdf.getPage(number);
      const pieces = await piecesOf(page);
      length += pieces.reduce((sum, { text }) => sum + text.length, 0);
      pages.push({ lines: linesOf(pieces), height: page.getViewport({ scale: 1 }).height });
      page.cleanup();
    } catch {
      bad.push(number);
      pages.push({ lines: [], height: 0 });
    }
  }
  if (bad.length === pages.length) throw broken(name);
  const notes = bad.length > 0 ? [`These pages could not be read: ${bad.slice(0, 20).join(', ')}.`] : [];
  if (pages.length < pdf.numPages) notes.push(`Only the first ${pages.length} pages were read.`);
  return { pages, notes };
}

/** Pieces as they stand on the page when it is held upright. What runs across it, as a watermark does, is left out. */
async function piecesOf(page: Page): Promise<Piece[]> {
  const [a, b, c, d, e, f] = page.getViewport({ scale: 1 }).transform as Matrix;
  const { items } = await page.getTextContent();
  return items.flatMap((item) => {
    if (!('str' in item)) return [];
    const [ia, ib, ic, id, ie, iF] = item.transform as Matrix;
    const across = Math.abs(b * ia + d * ib) > Math.abs(a * ia + c * ib);
    if (across) return [];
    const size = Math.hypot(a * ic + c * id, b * ic + d * id);
    return [{ text: item.str, x: a * ie + c * iF + e, y: b * ie + d * iF + f, width: item.width, size }];
  });
}

type Matrix = [number, number, number, number, number, number];
