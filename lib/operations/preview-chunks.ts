import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { readDocument } from '#lib/knowledge/read-document.ts';
import type { App } from './app.ts';
import { documentBytes } from './document-bytes.ts';
import { fewAtOnce } from './few-at-once.ts';
import { findBase } from './read-knowledge.ts';
import { mayEdit } from './roles.ts';

export interface PreviewedChunk {
  ordinal: number;
  headings: string[];
  page: number | null;
  text: string;
}

/** Passages that are shown. */
const SHOWN = 100;

/** Each holds a file in memory. Whose: the project's. */
const oneOfFew = fewAtOnce({
  ofOne: 3,
  ofAll: 8,
  words: 'Other previews are being made. Try it again in a moment.',
});

/**
 * The passages that a document would have with other sizes: read as it would be, and not stored. `count` is how many there
 * would be, of which the first are answered. Throws what reading throws, and `too_many` while others are made.
 */
export async function previewChunks(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  { documentId, chunkSize, chunkOverlap }: { documentId: string; chunkSize: number; chunkOverlap: number },
  signal: AbortSignal,
): Promise<{ items: PreviewedChunk[]; count: number }> {
  mayEdit(principal, 'preview passages');
  const { projectId, base } = await findBase(app, principal, at);
  if (chunkOverlap > chunkSize / 2) {
    throw new AppError('bad_request', 'chunkOverlap: at most half of the size.');
  }
  const file = await repository(app.db, principal).documents.file(projectId, base.id, documentId);
  if (!file) throw new AppError('not_found', 'There is no such document.');
  const { name, mimeType } = file;
  const settings = { size: chunkSize, overlap: chunkOverlap, language: base.language };
  const { chunks } = await oneOfFew(projectId, async () => {
    const data = await documentBytes(app, projectId, file);
    return readDocument({ name, mimeType, data }, { settings, signal, projectId });
  });
  return {
    items: chunks.slice(0, SHOWN).map(({ headings, text, page }, ordinal) => ({
      ordinal,
      headings,
      page: page ?? null,
      text,
    })),
    count: chunks.length,
  };
}
