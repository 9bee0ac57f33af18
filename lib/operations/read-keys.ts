import type { ApiKey } from '#lib/db/keys.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

export interface KeyView {
  id: string;
  name: string;
  preview: string;
  tools: string[] | null;
  /** Only what changes nothing. */
  readOnly: boolean;
  /** Ids of the toolsets it is for; null: all addresses of the project. */
  toolsets: string[] | null;
  createdAt: string;
  /** Who made it; null when they are gone. */
  createdBy: string | null;
  lastUsedAt: string | null;
  expiresAt: string | null;
}

/** Keys of a project that were not revoked, newest first. */
export async function listKeys(app: App, principal: Principal, slug: string): Promise<KeyView[]> {
  const { id } = await findProject(app, principal, slug);
  return (await repository(app.db, principal).keys.list(id)).map(keyView);
}

export function keyView({ createdAt, lastUsedAt, expiresAt, ...key }: ApiKey): KeyView {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
