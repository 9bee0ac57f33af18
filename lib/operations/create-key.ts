import { makeKey } from '#lib/auth/key-format.ts';
import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { type KeyView, keyView } from './read-keys.ts';

export interface CreateKey {
  name: string;
  /** Names of the tools it may call; null or left out: all of the project, also later ones. */
  tools?: string[] | null | undefined;
  /** Only what changes nothing. */
  readOnly?: boolean | undefined;
  /** Ids of the toolsets it is for; null or left out: all addresses of the project. */
  toolsets?: string[] | null | undefined;
  /** ISO 8601 */
  expiresAt?: string | null | undefined;
}

/** Makes a key. `secret` is in this answer and nowhere else. */
export async function createKey(
  app: App,
  principal: Principal,
  project: string,
  input: CreateKey,
): Promise<KeyView & { secret: string }> {
  const { id } = await findProject(app, principal, project);
  const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
  if (expiresAt && expiresAt.getTime() <= Date.now()) {
    throw new AppError('bad_request', 'expiresAt: this moment has passed.');
  }
  const { secret, ...stored } = makeKey(app.secrets);
  const key = await repository(app.db, principal).keys.create(id, {
    id: stored.id,
    hash: stored.hash,
    preview: stored.preview,
    name: input.name,
    tools: input.tools ?? null,
    readOnly: input.readOnly ?? false,
    toolsets: input.toolsets ?? null,
    expiresAt,
  });
  return { ...keyView(key), secret };
}
