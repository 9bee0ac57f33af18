import { AppError } from '#lib/db/app-error.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { documentFormat, refusalOf } from '#lib/workflow/document-formats.ts';
import type { App } from './app.ts';
import { RESOURCE_CHANGED } from './news-capability.ts';
import { documentUri, OFFERED_CHANGED } from './offered.ts';
import { type DocumentView, documentView, findBase } from './read-knowledge.ts';
import { mayEdit } from './roles.ts';

/**
 * Stores a document of a knowledge base; it is read in the background. Throws `unsupported_media` for a type nobody
 * reads, or content that is not what the name says.
 */
export async function uploadDocument(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  file: { name: string; data: Uint8Array },
): Promise<DocumentView> {
  mayEdit(principal, 'upload documents');
  const { projectId, base } = await findBase(app, principal, at);
  const name = documentName(file.name);
  const mimeType = typeOf(name, file.data);
  const files = app.files.of(projectId);
  const { file: storageKey } = await files.put({ name, mimeType, data: file.data });
  try {
    const document = await repository(app.db, principal).knowledge.addDocument(projectId, base.id, {
      name,
      mimeType,
      bytes: file.data.byteLength,
      storageKey,
    });
    app.events.publish(JOB_ADDED, null);
    if (base.offered) {
      app.events.publish(OFFERED_CHANGED, { projectId });
      app.events.publish(RESOURCE_CHANGED, { projectId, uri: documentUri(base.name, name) });
    }
    return documentView(document);
  } catch (error) {
    await files.remove(storageKey);
    throw error;
  }
}

/** The last part of whatever path the other side sent. */
function documentName(given: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '').replace(/\p{Cc}/gu, '').trim();
  if (name === '' || /^\.+$/.test(name)) throw new AppError('bad_request', 'A file needs a name.');
  return name.slice(-200);
}

/** The MIME type to store it under. */
function typeOf(name: string, data: Uint8Array): string {
  const refusal = refusalOf(name, '', data);
  if (refusal !== null) throw new AppError('unsupported_media', refusal);
  return documentFormat(name)!.types[0];
}
