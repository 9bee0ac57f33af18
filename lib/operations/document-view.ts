import type { DocumentStatus, KnowledgeDocument, VersionState } from '#lib/db/document-rows.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** A document of a knowledge base. */
export interface DocumentView {
  id: string;
  name: string;
  /** Within its source, or as it was uploaded. */
  path: string;
  /** Where it is found outside. */
  uri: string | null;
  mimeType: string;
  bytes: number;
  /** How far the newest version is; one before may be found nevertheless, see `live`. */
  status: DocumentStatus;
  /** Why the newest version cannot be read. */
  error: string | null;
  /** What was left out when it was read. */
  notes: string[];
  /** Passages that are searched. */
  chunkCount: number;
  title: string | null;
  language: string | null;
  sourceId: string | null;
  metadata: JsonObject;
  createdAt: string;
  updatedAt: string;
  /** What is searched. */
  live: { version: number; at: string } | null;
  /** The newest version, when it is another. */
  next: { version: number; state: VersionState; progress: number } | null;
}

export function documentView(document: KnowledgeDocument): DocumentView {
  const { baseId: _, ownMetadata: __, createdAt, updatedAt, live, ...facts } = document;
  return {
    ...facts,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    live: live && { version: live.version, at: live.at.toISOString() },
  };
}
