import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { openArchive } from '#lib/knowledge/archive.ts';
import type { App } from './app.ts';
import { type PutOutcome, putDocument } from './put-document.ts';

/** Largest archive of documents, in bytes. */
export const MOST_ARCHIVE_BYTES = 100 * 1024 * 1024;

/** What became of a file; one that was left out says why. */
export type ReceivedDocument = PutOutcome | { name: string; error: string };

/** What is wrong with one file, and with no other. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'bad_request',
  'invalid',
  'too_large',
  'unsupported_media',
]);

/** What systems put beside people's files. */
const BESIDE = /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/;

/** Whether a file is taken for an archive of documents. */
export function isArchive(name: string): boolean {
  return /\.zip$/i.test(name);
}

/**
 * Puts the files of a .zip archive into a knowledge base, by their paths in it, one after the other; those that cannot be
 * read are named. An archive inside is such a file. Nothing is written outside the store, whatever the paths are.
 */
export async function putArchive(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  { name, data }: { name: string; data: Uint8Array },
): Promise<ReceivedDocument[]> {
  return receive(name, async () => {
    const archive = await openArchive(name, data);
    const received: ReceivedDocument[] = [];
    for (const path of archive.names) {
      if (path.endsWith('/') || BESIDE.test(path)) continue;
      received.push(
        ...(await receive(path, async () => [
          await putDocument(app, principal, at, { path, name: path, data: await archive.bytes(path) }),
        ])),
      );
    }
    return received.length > 0 ? received : [{ name, error: `There is no file in "${name}".` }];
  });
}

/** Answers with what is wrong where it is the file's fault, and throws what is not. */
export async function receive(
  name: string,
  work: () => Promise<ReceivedDocument[]>,
): Promise<ReceivedDocument[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && OF_THE_FILE.has(error.code)) return [{ name, error: error.message }];
    throw error;
  }
}
