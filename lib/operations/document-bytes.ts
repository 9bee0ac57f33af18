import { AppError } from '#lib/db/app-error.ts';
import type { StoredFile } from '#lib/db/documents.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from './app.ts';

/** What is in the file of a document. Throws `not_found` where it was deleted just now, or the store has lost it. */
export async function documentBytes(
  { files }: Pick<App, 'files'>,
  projectId: string,
  { storageKey, name, mimeType, bytes }: StoredFile,
): Promise<Uint8Array> {
  try {
    return await files.of(projectId).get({ file: storageKey, name, mimeType, bytes });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new AppError('not_found', `The file of "${name}" is not there any more. Add it once more.`);
  }
}
