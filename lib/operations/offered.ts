import type { OfferedDocument } from '#lib/db/offered-documents.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { KNOWLEDGE_SCHEME } from '#lib/workflow/kind-face.ts';
import type { App } from './app.ts';
import type { LiveProject } from './live.ts';

/** Tells that the list of documents that a project offers may be another: `{ projectId }`. */
export const OFFERED_CHANGED = 'offered.changed';

/** What every URI of a document fits. */
export const KNOWLEDGE_TEMPLATE = `${KNOWLEDGE_SCHEME}{base}/{document}`;

/** A document of a knowledge base, as a resource. */
export interface OfferedResource extends OfferedDocument {
  uri: string;
}

/** A credential for some workflows is for these alone. */
export function mayReadOffered(principal: Principal, { id, offersKnowledge }: LiveProject): boolean {
  if (!offersKnowledge) return false;
  if (principal.type !== 'key' && principal.type !== 'grant') return true;
  return principal.projectId === id && principal.tools === null;
}

/** A page of the documents that a project offers; `next` is where the next page begins, null after the last. */
export async function listOffered(
  app: App,
  { id, organizationId }: LiveProject,
  { from, size }: { from: number; size: number },
): Promise<{ items: OfferedResource[]; next: number | null }> {
  const { offered } = repository(app.db, { type: 'public', projectId: id, organizationId });
  // With the one before: of several documents of one path only the first, the newest, is found by it.
  const before = from > 0 ? 1 : 0;
  const rows = await offered.list(id, { skip: from - before, take: before + size + 1 });
  const items = rows.slice(before, before + size).map((document, index) => {
    const previous = rows[before + index - 1];
    const path = document.path || document.name;
    const isSecond = previous?.base === document.base && (previous.path || previous.name) === path;
    return { ...document, uri: documentUri(document.base, isSecond ? document.id : path) };
  });
  return { items, next: rows.length > before + size ? from + size : null };
}

/** The document at this URI; null when there is none, or it is not offered. */
export async function findOffered(
  app: App,
  { id, organizationId }: LiveProject,
  uri: string,
): Promise<OfferedDocument | null> {
  const { offered } = repository(app.db, { type: 'public', projectId: id, organizationId });
  // What came from outside is known by its address there, as look-ups tell it.
  if (!uri.startsWith(KNOWLEDGE_SCHEME)) return offered.find(id, null, uri);
  const named = namesOf(uri);
  return named && offered.find(id, named.base, named.document);
}

/** The base and the document that a URI names; null when it is none of a document. */
export function namesOf(uri: string): { base: string; document: string } | null {
  const [, base, document] = /^([^/]+)\/(.+)$/s.exec(uri.slice(KNOWLEDGE_SCHEME.length)) ?? [];
  if (!uri.startsWith(KNOWLEDGE_SCHEME) || base === undefined || document === undefined) return null;
  const [known, path] = [decoded(base), decoded(document)];
  return known === null || path === null ? null : { base: known, document: path };
}

/** The URI of a document by its path. */
export function documentUri(base: string, path: string): string {
  return `${KNOWLEDGE_SCHEME}${encodeURIComponent(base)}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
