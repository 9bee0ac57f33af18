import { AppError } from '#lib/db/app-error.ts';
import type { UploadedFile } from './document.ts';

export type Format = 'markdown' | 'text' | 'html' | 'pdf';

const BY_EXTENSION: Record<string, Format> = {
  md: 'markdown',
  markdown: 'markdown',
  txt: 'text',
  csv: 'text',
  json: 'text',
  html: 'html',
  htm: 'html',
  pdf: 'pdf',
};

const BY_TYPE: Record<string, Format> = {
  'text/markdown': 'markdown',
  'text/plain': 'text',
  'text/csv': 'text',
  'application/json': 'text',
  'text/html': 'html',
  'application/pdf': 'pdf',
};

/**
 * The format of a file: what its name (or, when that has no known ending, its type) says, if its bytes agree.
 * Throws `unsupported_media` otherwise: what a file claims to be decides which parser gets it, so it must not lie.
 */
export function formatOf({ name, mimeType, data }: UploadedFile): Format {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = mimeType.split(';')[0]!.trim().toLowerCase();
  const claimed = Object.hasOwn(BY_EXTENSION, extension)
    ? BY_EXTENSION[extension]
    : Object.hasOwn(BY_TYPE, type)
      ? BY_TYPE[type]
      : undefined;
  if (claimed === undefined) {
    throw new AppError(
      'unsupported_media',
      `"${name}" is of a kind that cannot be read. Upload PDF, Markdown, HTML, CSV, JSON or plain text.`,
    );
  }
  const isPdf = startsLikePdf(data);
  if (claimed === 'pdf' && !isPdf) {
    throw new AppError('unsupported_media', `"${name}" is named like a PDF but is not one.`);
  }
  if (claimed !== 'pdf' && isPdf) {
    throw new AppError(
      'unsupported_media',
      `"${name}" is a PDF under another name; let its name end in .pdf.`,
    );
  }
  return claimed;
}

/** Readers accept some bytes of noise before the mark; so do we. */
function startsLikePdf(data: Uint8Array): boolean {
  return Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, 1024)).includes('%PDF-');
}

/** Control characters that no text holds. */
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/**
 * Bytes as text: UTF-8, UTF-16 with a byte order mark, else Windows-1252. Throws `unsupported_media` for bytes
 * that are no text at all.
 */
export function decodeText({ name, data }: UploadedFile): string {
  const text = decode(data);
  if (BINARY.test(text)) {
    throw new AppError('unsupported_media', `"${name}" is not text: it holds binary data.`);
  }
  return text.replace(/\r\n?/g, '\n');
}

function decode(data: Uint8Array): string {
  if (data[0] === 0xff && data[1] === 0xfe) return new TextDecoder('utf-16le').decode(data);
  if (data[0] === 0xfe && data[1] === 0xff) return new TextDecoder('utf-16be').decode(data);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return new TextDecoder('windows-1252').decode(data);
  }
}
