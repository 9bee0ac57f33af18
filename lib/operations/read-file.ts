import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

/** A file that a step of the project made or fetched, by the key in its handle. Throws `not_found`. */
export async function readFile(
  app: App,
  principal: Principal,
  { project, file }: { project: string; file: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const { id } = await findProject(app, principal, project);
  try {
    const data = await app.files.of(id).get({ file, name: file, mimeType: '', bytes: 0 });
    return new Uint8Array(data);
  } catch (error) {
    if (error instanceof StepError) throw new AppError('not_found', 'There is no such file.');
    throw error;
  }
}
