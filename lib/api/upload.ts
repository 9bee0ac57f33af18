import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import { type PutOutcome, putDocument } from '#lib/operations/put-document.ts';
import { findBase } from '#lib/operations/read-knowledge.ts';
import { mayEdit } from '#lib/operations/roles.ts';
import { MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import { type Part, readMultipart, readPart } from './multipart.ts';

/** What became of a file; one that was left out says why. */
export type ReceivedDocument = PutOutcome | { name: string; error: string };

const MOST_FILES = 50;
/** Of a file that is too large, for the sake of those after it. */
const MOST_LET_GO = 100 * 1024 * 1024;
const MOST_DRAINED_BYTES = 128 * 1024 * 1024;

/**
 * Stores the files of a form (field `file`, repeated) one after the other as they arrive, so that one of them is in
 * memory and no more. Who sends them, and where to, is checked before the first byte is read.
 */
export async function receiveDocuments(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  request: Request,
): Promise<ReceivedDocument[]> {
  mayEdit(principal, 'upload documents');
  await findBase(app, principal, at);
  if (!request.body) throw new AppError('bad_request', 'There is no file in the form.');
  const source = request.body[Symbol.asyncIterator]();
  try {
    return await store(app, principal, at, {
      body: { [Symbol.asyncIterator]: () => source },
      contentType: request.headers.get('content-type') ?? '',
    });
  } catch (error) {
    await drain(source);
    throw error;
  }
}

async function store(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  form: { body: AsyncIterable<Uint8Array>; contentType: string },
): Promise<ReceivedDocument[]> {
  const received: ReceivedDocument[] = [];
  for await (const part of readMultipart(form.body, form.contentType)) {
    if (part.filename === null || part.name !== 'file') {
      throw new AppError('bad_request', 'Send files only, in the field "file".');
    }
    if (received.length >= MOST_FILES)
      throw new AppError('too_large', `At most ${MOST_FILES} files at once.`);
    received.push(await receive(app, principal, at, part, part.filename));
  }
  if (received.length === 0) throw new AppError('bad_request', 'There is no file in the form.');
  return received;
}

/** What is wrong with one file is said of it; a form that is cut off is another thing. */
async function receive(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  part: Part,
  name: string,
): Promise<ReceivedDocument> {
  try {
    const data = await readPart(part, MOST_DOCUMENT_BYTES, MOST_LET_GO);
    try {
      return await putDocument(app, principal, at, { path: name, name, data, mimeType: part.mimeType });
    } catch (error) {
      return refused(name, error, ['bad_request', 'invalid', 'unsupported_media']);
    }
  } catch (error) {
    return refused(name, error, ['too_large']);
  }
}

/** Throws what is not the file's fault. */
function refused(name: string, error: unknown, codes: readonly string[]): ReceivedDocument {
  if (error instanceof AppError && codes.includes(error.code)) return { name, error: error.message };
  throw error;
}

/** A browser reads the refusal only after it sent everything; beyond this it may as well be cut off. */
async function drain(source: AsyncIterator<Uint8Array>): Promise<void> {
  let left = MOST_DRAINED_BYTES;
  while (left > 0) {
    const { value, done } = await source.next().catch(() => ({ value: undefined, done: true }));
    if (done || !value) return;
    left -= value.byteLength;
  }
}
