import { AppError } from '#lib/db/app-error.ts';
import type { DocumentStatus } from '#lib/db/document-rows.ts';
import type { DOCUMENT_SORTS, DocumentPassage, VersionFacts } from '#lib/db/documents.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { documentBytes } from './document-bytes.ts';
import { type DocumentView, documentView } from './document-view.ts';
import { findProject } from './find-project.ts';
import { lookUp } from './look-up.ts';
import { findBase } from './read-knowledge.ts';

type At = { project: string; base: string };

export interface DocumentFilter {
  status?: DocumentStatus | undefined;
  /** Id of a source; `none`: of no source. */
  source?: string | undefined;
  /** Part of name or path. */
  q?: string | undefined;
  /** With `-` before it: downwards. */
  sort?: (typeof DOCUMENT_SORTS)[number] | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export interface VersionView extends Omit<VersionFacts, 'createdAt' | 'liveAt'> {
  createdAt: string;
  liveAt: string | null;
}

export interface PassageView extends DocumentPassage {
  /** What the look-up gives it for the words that were asked for; null when it does not find it. */
  score: number | null;
  /** A line around the matches, which stand between `**`. */
  snippet: string | null;
}

/** Documents of a knowledge base and how far they are, newest first, some at a time. */
export async function listDocuments(
  app: App,
  principal: Principal,
  at: At,
  filter: DocumentFilter = {},
): Promise<{ items: DocumentView[]; nextCursor: string | null; counts: Record<DocumentStatus, number> }> {
  const { projectId, base } = await findBase(app, principal, at);
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const page = await repository(app.db, principal).documents.list(projectId, base.id, given);
  return { ...page, items: page.items.map(documentView) };
}

/** Throws `not_found`. */
export async function getDocument(
  app: App,
  principal: Principal,
  at: At & { document: string },
): Promise<DocumentView> {
  const { id } = await findProject(app, principal, at.project);
  const document = await repository(app.db, principal).documents.get(id, at.base, at.document);
  if (!document) throw new AppError('not_found', 'There is no such document.');
  return documentView(document);
}

/** What a document held at one time or another, newest first. */
export async function documentVersions(
  app: App,
  principal: Principal,
  at: At & { document: string },
): Promise<VersionView[]> {
  const { id } = await findProject(app, principal, at.project);
  const rows = await repository(app.db, principal).documents.versions(id, at.base, at.document);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    liveAt: row.liveAt?.toISOString() ?? null,
  }));
}

/** Passages that the look-up is asked for, of a whole base: some are of the document that is looked at. */
const MOST_FOUND = 50;

/** The passages of a document that are searched, in their order; with `q` those are marked that the look-up finds. */
export async function documentPassages(
  app: App,
  principal: Principal,
  at: At & { document: string },
  { cursor, q }: { cursor?: string | undefined; q?: string | undefined },
): Promise<{ items: PassageView[]; nextCursor: string | null; found: number[] }> {
  const { projectId, base } = await findBase(app, principal, at);
  const from = cursor === undefined ? 0 : Number(cursor);
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new AppError('bad_request', 'cursor: take it from the answer before.');
  }
  const { documents } = repository(app.db, principal);
  const { items, next } = await documents.passages(projectId, base.id, at.document, from);
  const words = q?.trim() ?? '';
  const hits =
    words === ''
      ? []
      : await lookUp(app, principal, projectId, base.id, { text: words, topK: MOST_FOUND, merge: false });
  const own = new Map(
    hits.filter(({ documentId }) => documentId === at.document).map((hit) => [hit.passage, hit]),
  );
  return {
    items: items.map((passage) => {
      const hit = own.get(passage.ordinal);
      return { ...passage, score: hit?.score ?? null, snippet: hit?.snippet ?? null };
    }),
    nextCursor: next === null ? null : String(next),
    found: [...own.keys()].sort((a, b) => a - b),
  };
}

/** The original file that is searched. Throws `not_found`. */
export async function documentFile(
  app: App,
  principal: Principal,
  at: At & { document: string },
): Promise<{ name: string; mimeType: string; data: Uint8Array<ArrayBuffer> }> {
  const { id } = await findProject(app, principal, at.project);
  const file = await repository(app.db, principal).documents.file(id, at.base, at.document);
  if (!file) throw new AppError('not_found', 'There is no such document.');
  const { name, mimeType } = file;
  return { name, mimeType, data: new Uint8Array(await documentBytes(app, id, file)) };
}
