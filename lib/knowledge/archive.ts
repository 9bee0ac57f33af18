import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { AppError } from '#lib/db/app-error.ts';
import { decode } from './format.ts';

/** What a ZIP archive may be at most. */
export const ARCHIVE_LIMITS = {
  entries: 2000,
  /** Bytes of all entries, after inflating. */
  inflated: 100 * 1024 * 1024,
  /** Inflated to deflated, for an entry above a megabyte. */
  ratio: 100,
};

/** Below it a high ratio is of no harm. */
const SMALL = 1024 * 1024;

/** A ZIP archive that was looked through before anything was inflated. Names are keys, never paths. */
export interface Archive {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws `invalid` when there is no such entry, or its bytes are not what the archive says of them. */
  bytes(name: string): Promise<Buffer>;
  /** As `bytes`, decoded. */
  text(name: string): Promise<string>;
}

/**
 * Opens an archive that lies in memory. Throws AppError, before anything is inflated: `too_large` (too many entries,
 * too much or too well compressed data), `invalid` (broken, entries that overlap or appear twice, symbolic links,
 * names that lead out of the archive, a password).
 */
export async function openArchive(name: string, data: Uint8Array): Promise<Archive> {
  const zip = await opened(name, data);
  if (zip.entryCount > ARCHIVE_LIMITS.entries) {
    throw new AppError('too_large', `"${name}" holds more than ${ARCHIVE_LIMITS.entries} files inside.`);
  }
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      check(name, entry);
      if (entries.has(entry.fileName)) throw broken(name, 'two of its parts have the same name');
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    throw error instanceof AppError ? error : broken(name, 'its list of parts is damaged');
  }
  checkTogether(name, [...entries.values()]);

  let left = ARCHIVE_LIMITS.inflated;
  const bytes = async (part: string) => {
    const entry = entries.get(part);
    if (!entry) throw broken(name, `"${part.slice(0, 100)}" is missing in it`);
    left -= entry.uncompressedSize;
    if (left < 0) throw tooMuch(name);
    return inflate(name, zip, entry);
  };
  return {
    names: [...entries.keys()],
    has: (part) => entries.has(part),
    bytes,
    text: async (part) => decode(await bytes(part)),
  };
}

async function opened(name: string, data: Uint8Array): Promise<ZipFile> {
  try {
    return await fromBufferPromise(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  } catch {
    throw broken(name, 'it is cut off or damaged');
  }
}

function check(name: string, entry: Entry): void {
  if (entry.isEncrypted()) {
    throw new AppError(
      'invalid',
      `"${name}" is protected by a password; remove it and upload the file again.`,
    );
  }
  // Type of file in the upper half, where the archive was made on Unix.
  const isLink = ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
  if (isLink) throw broken(name, 'it holds a symbolic link');
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > SMALL && uncompressedSize > compressedSize * ARCHIVE_LIMITS.ratio) {
    throw tooMuch(name);
  }
}

function checkTogether(name: string, entries: readonly Entry[]): void {
  const inflated = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (inflated > ARCHIVE_LIMITS.inflated) throw tooMuch(name);
  // One piece of data that many entries share is the trick of the best known bombs.
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const { relativeOffsetOfLocalHeader, compressedSize } of sorted) {
    if (relativeOffsetOfLocalHeader < end) throw broken(name, 'its parts overlap');
    end = relativeOffsetOfLocalHeader + compressedSize;
  }
}

async function inflate(name: string, zip: ZipFile, entry: Entry): Promise<Buffer> {
  try {
    // The stream ends with an error where more or fewer bytes come than were announced, or their sum is wrong.
    const stream = await zip.openReadStreamPromise(entry);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch {
    throw broken(name, `"${entry.fileName.slice(0, 100)}" in it is damaged`);
  }
}

function broken(name: string, why: string): AppError {
  return new AppError('invalid', `"${name}" is broken: ${why}.`);
}

function tooMuch(name: string): AppError {
  return new AppError(
    'too_large',
    `"${name}" unpacks to more than ${ARCHIVE_LIMITS.inflated / 1024 / 1024} MB, or is compressed beyond reason.`,
  );
}
