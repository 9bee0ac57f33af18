import { AppError } from '#lib/db/app-error.ts';
import { type DocumentFormat, documentFormat, refusalOf } from '#lib/workflow/document-formats.ts';
import type { UploadedFile } from './document.ts';

/**
 * The format of a file: what its name (or, when that has no known ending, its type) says, if its bytes agree.
 * Throws `unsupported_media` otherwise: what a file claims to be decides which parser gets it, so it must not lie.
 */
export function formatOf({ name, mimeType, data }: UploadedFile): DocumentFormat {
  const refusal = refusalOf(name, mimeType, data);
  if (refusal !== null) throw new AppError('unsupported_media', refusal);
  return documentFormat(name, mimeType)!.format;
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

/** Bytes as text: UTF-8, UTF-16 with a byte order mark, else Windows-1252. */
export function decode(data: Uint8Array): string {
  if (data[0] === 0xff && data[1] === 0xfe) return new TextDecoder('utf-16le').decode(data);
  if (data[0] === 0xfe && data[1] === 0xff) return new TextDecoder('utf-16be').decode(data);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return new TextDecoder('windows-1252').decode(data);
  }
}
