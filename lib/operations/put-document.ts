import { createHash } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { documentFormat, MOST_DOCUMENT_BYTES, refusalOf } from '#lib/workflow/document-formats.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { type DocumentView, documentView } from './document-view.ts';
import { RESOURCE_CHANGED } from './news-capability.ts';
import { documentUri, OFFERED_CHANGED } from './offered.ts';
import { findBase } from './read-knowledge.ts';
import { mayEdit } from './roles.ts';

export interface PutDocument {
  /** Names it within its base and source: `guides/returns.md`, an address. The same path again is its next version. */
  path: string;
  name: string;
  data: Uint8Array;
  mimeType?: string | undefined;
  /** Where it is found outside. */
  uri?: string | undefined;
  /** For filters; left out: as it was. */
  metadata?: JsonObject | undefined;
  /** The source that brings it; uploads have none. */
  sourceId?: string | undefined;
}

export interface PutOutcome {
  document: DocumentView;
  outcome: 'added' | 'changed' | 'unchanged';
}

/**
 * Puts a file into a knowledge base: a new document, or the next version of the one at its path, which is searched when
 * it has been read in the background; until then the one before is. The same bytes once more change nothing. Throws
 * `unsupported_media` for what nobody reads or what is not what its name says, `too_large` past 25 MB, `invalid` for an
 * empty file.
 */
export async function putDocument(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  given: PutDocument,
): Promise<PutOutcome> {
  mayEdit(principal, 'add documents');
  const { projectId, base } = await findBase(app, principal, at);
  const { data } = given;
  const name = documentName(given.name);
  if (data.byteLength === 0) throw new AppError('invalid', `"${name}" is empty.`);
  if (data.byteLength > MOST_DOCUMENT_BYTES) {
    throw new AppError('too_large', `"${name}" is larger than ${MOST_DOCUMENT_BYTES / 1024 / 1024} MB.`);
  }
  const refusal = refusalOf(name, given.mimeType ?? '', data);
  if (refusal !== null) throw new AppError('unsupported_media', refusal);
  const mimeType = documentFormat(name, given.mimeType ?? '')!.types[0];
  const hash = createHash('sha256').update(data).digest('hex');
  const { uri = null, sourceId = null, metadata } = given;
  const path = sourceId === null ? documentPath(given.path) : foundPath(given.path);
  const about = { path, name, uri, sourceId, hash, ...(metadata && { metadata }) };

  const { documents } = repository(app.db, principal);
  const files = app.files.of(projectId);
  // A file is written for what is new alone: what comes again and again costs a look.
  const same = metadata === undefined && (await documents.unchanged(projectId, base.id, about));
  if (same) return { document: documentView(same), outcome: 'unchanged' };
  const { file: storageKey } = await files.putDocument({ name, mimeType, data });
  const put = await documents
    .put(projectId, base.id, { ...about, mimeType, bytes: data.byteLength, storageKey })
    .catch(async (error: unknown) => {
      await files.remove(storageKey);
      throw error;
    });
  for (const freed of put.freed) await files.remove(freed);
  if (put.outcome !== 'unchanged') {
    app.events.publish(JOB_ADDED, null);
    if (base.offered) {
      if (put.outcome === 'added') app.events.publish(OFFERED_CHANGED, { projectId });
      // One that was never read is read from its newest file.
      if (put.document.live === null) {
        app.events.publish(RESOURCE_CHANGED, { projectId, uri: documentUri(base.name, path) });
      }
    }
  }
  return { document: documentView(put.document), outcome: put.outcome };
}

/** The last part of whatever path the other side sent. */
export function documentName(given: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '').replace(/\p{Cc}/gu, '').trim();
  if (name === '' || /^\.+$/.test(name)) throw new AppError('bad_request', 'A file needs a name.');
  return name.slice(-200).toWellFormed();
}

/** What a source found stays called as it is: by that the source knows it again. */
function foundPath(path: string): string {
  if (path === '' || path.length > 1000) {
    throw new AppError('bad_request', 'Its path is empty, or longer than 1,000 characters.');
  }
  if (/\p{Cc}/u.test(path) || !path.isWellFormed()) {
    throw new AppError('bad_request', 'Its path has characters that are not text. Rename it.');
  }
  return path;
}

/** A path as it is stored; it names a document and is never a path of ours. */
function documentPath(given: string): string {
  const path = given
    .replace(/\p{Cc}/gu, '')
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '')
    .toWellFormed();
  if (path === '') throw new AppError('bad_request', 'A file needs a name.');
  if (path.length > 1000)
    throw new AppError('bad_request', 'The path of a file has at most 1,000 characters.');
  return path;
}
