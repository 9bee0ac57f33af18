import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import { AppError } from '#lib/db/app-error.ts';
import { documentFormat } from '#lib/workflow/document-formats.ts';
import type { DocumentMetadata, ParsedDocument, Section, UploadedFile } from './document.ts';
import { parseHtml } from './parse-html.ts';

/** Attachments of one message that are read. */
const MOST_ATTACHMENTS = 20;

/**
 * An e-mail: its text, or else its HTML; sender, receivers and date as metadata; the names of its attachments, and
 * what is in those that can be read. `readAttachment` is not called for e-mails in e-mails.
 */
export async function parseEmail(
  file: UploadedFile,
  fallbackTitle: string,
  readAttachment: (file: UploadedFile) => Promise<ParsedDocument>,
): Promise<ParsedDocument> {
  const email = await parsed(file);
  const title = email.subject?.trim() || fallbackTitle;
  const body = bodyOf(email, title);
  const sections: Section[] = [
    {
      headings: [title],
      text: [headLines(email), email.text?.trim() ?? '', namesOf(email.attachments)]
        .filter((part) => part !== '')
        .join('\n\n'),
    },
    ...body,
  ];
  const notes: string[] = [];
  const readable = email.attachments.filter(
    ({ filename, mimeType, related }) =>
      !related && (documentFormat(filename ?? '', mimeType)?.format ?? 'email') !== 'email',
  );
  for (const attachment of readable.slice(0, MOST_ATTACHMENTS)) {
    const name = attachment.filename ?? 'attachment';
    try {
      const { mimeType } = attachment;
      const inner = await readAttachment({ name, mimeType, data: bytesOf(attachment) });
      for (const section of inner.sections) {
        sections.push({ ...section, headings: [title, name, ...section.headings.slice(1)] });
      }
      notes.push(...(inner.notes ?? []).map((note) => `${name}: ${note}`));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notes.push(`The attachment could not be read: ${error.message}`);
    }
  }
  if (readable.length > MOST_ATTACHMENTS) {
    notes.push(`Only the first ${MOST_ATTACHMENTS} attachments were read.`);
  }
  return { title, sections, metadata: metadataOf(email), notes };
}

async function parsed({ name, data }: UploadedFile): Promise<Email> {
  let email: Email;
  try {
    email = await PostalMime.parse(Uint8Array.from(data), {
      maxNestingDepth: 20,
      maxHeadersSize: 1024 * 1024,
    });
  } catch {
    throw new AppError('invalid', `"${name}" is broken: it could not be read as an e-mail.`);
  }
  if (!email.from && !email.subject && !email.date) {
    throw new AppError('unsupported_media', `"${name}" is named like an e-mail but is not one.`);
  }
  return email;
}

/** Sections of the HTML, where there is no plain text. */
function bodyOf(email: Email, title: string): Section[] {
  if (email.text?.trim() || !email.html) return [];
  return parseHtml(email.html, title, { whole: true }).sections.map((section) => ({
    ...section,
    headings: section.headings[0] === title ? section.headings : [title, ...section.headings],
  }));
}

function headLines(email: Email): string {
  const lines = [
    ['From', addresses(email.from ? [email.from] : [])],
    ['To', addresses(email.to)],
    ['Cc', addresses(email.cc)],
    ['Date', email.date ?? ''],
  ];
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

function namesOf(attachments: readonly Attachment[]): string {
  const names = attachments.flatMap(({ filename }) => filename ?? []);
  return names.length > 0 ? `Attachments: ${names.join(', ')}` : '';
}

function addresses(list: readonly Address[] | undefined): string {
  return (list ?? [])
    .slice(0, 20)
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : name || address || ''))
    .join(', ');
}

function metadataOf(email: Email): DocumentMetadata {
  const metadata: DocumentMetadata = {};
  if (email.from) metadata['from'] = addresses([email.from]);
  if (email.to?.length) metadata['to'] = addresses(email.to);
  if (email.date) metadata['date'] = email.date;
  if (email.subject) metadata['subject'] = email.subject;
  return metadata;
}

function bytesOf({ content }: Attachment): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
}
