import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import {
  isArchive,
  MOST_ARCHIVE_BYTES,
  putArchive,
  type ReceivedDocument,
  receive,
} from '#lib/operations/put-archive.ts';
import { putDocument } from '#lib/operations/put-document.ts';
import { findBase } from '#lib/operations/read-knowledge.ts';
import { mayEdit } from '#lib/operations/roles.ts';
import { MOST_DOCUMENT_BYTES } from '#lib/workflow/document-formats.ts';
import { type Part, readMultipart, readPart } from './multipart.ts';

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
  let count = 0;
  for await (const part of readMultipart(form.body, form.contentType)) {
    if (part.filename === null || part.name !== 'file') {
      throw new AppError('bad_request', 'Send files only, in the field "file".');
    }
    count += 1;
    if (count > MOST_FILES) throw new AppError('too_large', `At most ${MOST_FILES} files at once.`);
    received.push(...(await receivePart(app, principal, at, part, part.filename)));
  }
  if (received.length === 0) throw new AppError('bad_request', 'There is no file in the form.');
  return received;
}

/** A file, or the files of an archive. What is wrong with one is said of it; a form that is cut off is another thing. */
async function receivePart(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  part: Part,
  name: string,
): Promise<ReceivedDocument[]> {
  const most = isArchive(name) ? MOST_ARCHIVE_BYTES : MOST_DOCUMENT_BYTES;
  let data: Buffer;
  try {
    data = await readPart(part, most, MOST_LET_GO);
  } catch (error) {
    if (error instanceof AppError && error.code === 'too_large') return [{ name, error: error.message }];
    throw error;
  }
  if (isArchive(name)) return putArchive(app, principal, at, { name, data });
  return receive(name, async () => [
    await putDocument(app, principal, at, { path: name, name, data, mimeType: part.mimeType }),
  ]);
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
