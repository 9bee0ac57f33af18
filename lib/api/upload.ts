import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import { type DocumentView, findBase } from '#lib/operations/read-knowledge.ts';
import { mayEdit } from '#lib/operations/roles.ts';
import { MOST_DOCUMENT_BYTES, uploadDocument } from '#lib/operations/upload-document.ts';
import { readMultipart, readPart } from './multipart.ts';

const MOST_FILES = 50;

/**
 * Stores the files of a form (field `file`, repeated) one after the other as they arrive, so that one of them is in
 * memory and no more. Who sends them, and where to, is checked before the first byte is read.
 */
export async function receiveDocuments(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  request: Request,
): Promise<DocumentView[]> {
  mayEdit(principal, 'upload documents');
  await findBase(app, principal, at);
  if (!request.body) throw new AppError('bad_request', 'There is no file in the form.');
  const documents: DocumentView[] = [];
  const parts = readMultipart(request.body, request.headers.get('content-type') ?? '');
  for await (const part of parts) {
    if (part.filename === null || part.name !== 'file') {
      throw new AppError('bad_request', 'Send files only, in the field "file".');
    }
    if (documents.length >= MOST_FILES)
      throw new AppError('too_large', `At most ${MOST_FILES} files at once.`);
    const data = await readPart(part, MOST_DOCUMENT_BYTES);
    documents.push(await uploadDocument(app, principal, at, { name: part.filename, data }));
  }
  if (documents.length === 0) throw new AppError('bad_request', 'There is no file in the form.');
  return documents;
}
