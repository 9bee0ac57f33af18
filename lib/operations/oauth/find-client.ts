import { OauthError } from '#lib/auth/oauth/oauth-error.ts';
import type { OauthClient } from '#lib/db/oauth-clients.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from '../app.ts';
import type { Rate } from '../rate.ts';
import { fetchClientDocument, isDocumentAddress } from './client-document.ts';

/** A document that cannot be read again is still good for so long after it should have been. */
const STALE_MS = 24 * 60 * 60_000;

/** The client as it was last known. Null when it never was. Nothing is fetched. */
export async function knownClient(app: App, clientId: string): Promise<OauthClient | null> {
  return repository(app.db, { type: 'system' }).oauthClients.find(clientId);
}

/**
 * The client that asks to be let in; its document is read where that is not known or too old. `fetches` counts what is
 * fetched for the address `ip`. Null for an id that nobody registered. Throws OauthError `invalid_client` for a document
 * that is wrong, AppError `too_many`.
 */
export async function findClient(
  app: App,
  clientId: string,
  { fetches, ip }: { fetches: Rate; ip: string },
): Promise<OauthClient | null> {
  const known = await knownClient(app, clientId);
  if (!isDocumentAddress(clientId)) return known;
  const now = Date.now();
  const freshUntil = known?.freshUntil?.getTime() ?? 0;
  if (known && freshUntil > now) return known;
  fetches.take(ip);
  try {
    const read = await fetchClientDocument(app, clientId);
    await repository(app.db, { type: 'system' }).oauthClients.keepDocument(read);
    return { ...read, createdAt: known?.createdAt ?? new Date(now) };
  } catch (error) {
    if (known && freshUntil + STALE_MS > now && error instanceof OauthError) return known;
    throw error;
  }
}
