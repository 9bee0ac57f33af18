import { getDocumentProxy } from 'unpdf';
import { AppError } from '#lib/db/app-error.ts';
import { LIMITS, type ParsedDocument, type Section, type UploadedFile } from './document.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** The text of a PDF, page by page; each page is a section "Page 3". Scanned pages have none. */
export async function parsePdf({ name, data }: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const pdf = await open(name, data);
  try {
    if (pdf.numPages > LIMITS.pages) {
      throw new AppError('too_large', `"${name}" has more than ${LIMITS.pages} pages.`);
    }
    const title = (await titleOf(pdf)) || fallbackTitle;
    const sections: Section[] = [];
    let length = 0;
    for (let number = 1; number <= pdf.numPages && length <= LIMITS.text; number += 1) {
      const text = await textOf(pdf, number);
      length += text.length;
      sections.push({ headings: [title, `Page ${number}`], text, page: number });
    }
    if (sections.every((section) => section.text.trim() === '')) {
      throw new AppError('invalid', `"${name}" holds pictures of text only; make it searchable (OCR) first.`);
    }
    return { title, sections };
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
    throw new AppError('invalid', `"${name}" is broken: it could not be read as a PDF.`);
  }
}

async function titleOf(pdf: Pdf): Promise<string> {
  const metadata = await pdf.getMetadata().catch(() => null);
  const title = (metadata?.info as { Title?: unknown } | undefined)?.Title;
  return typeof title === 'string' ? title.trim() : '';
}

async function textOf(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
  page.cleanup();
  // A word that was divided at the end of a line becomes one again.
  return text.replace(/(\p{L})-\n(\p{Ll})/gu, '$1$2');
}
