import type { JsonObject } from '#lib/workflow/json.ts';
import type { Prisma } from './gen/sqlite/client.ts';

/**
 * How far the newest version of a document is. One that is `pending` or `failed` may be found nevertheless, by the
 * version before.
 */
export type DocumentStatus = 'pending' | 'ready' | 'failed';

export type VersionState = 'waiting' | 'reading' | 'embedding' | 'live' | 'replaced' | 'failed';

/** States of a version that a job brings further. */
export const UNDER_WAY: readonly VersionState[] = ['waiting', 'reading', 'embedding'];

/** With what a version was read. */
export interface ReadSettings {
  /** Characters of a chunk, about. */
  size: number;
  /** Characters that a chunk repeats of the one before it, at most. */
  overlap: number;
  /** auto, or a code of ISO 639-1. */
  language: string;
}

export interface KnowledgeDocument {
  id: string;
  baseId: string;
  sourceId: string | null;
  /** Within its source, or as it was uploaded. */
  path: string;
  name: string;
  /** Where it is found outside. */
  uri: string | null;
  mimeType: string;
  bytes: number;
  status: DocumentStatus;
  /** Why the newest version cannot be read. */
  error: string | null;
  /** What was left out when it was read. */
  notes: string[];
  /** Of the version that is searched. */
  chunkCount: number;
  title: string | null;
  language: string | null;
  metadata: JsonObject;
  /** What people and sources said of it, without what its file says of itself. */
  ownMetadata: JsonObject;
  createdAt: Date;
  updatedAt: Date;
  /** What is searched. */
  live: { version: number; at: Date } | null;
  /** The newest version, when it is not the one that is searched; `progress`: percent of the state. */
  next: { version: number; state: VersionState; progress: number } | null;
}

/** What a row needs beside itself to become a `KnowledgeDocument`. */
export const withVersions = {
  versions: {
    where: { state: { not: 'replaced' } },
    orderBy: { number: 'desc' },
    select: {
      id: true,
      number: true,
      state: true,
      progress: true,
      notes: true,
      title: true,
      language: true,
      metadata: true,
      liveAt: true,
    },
  },
} as const satisfies Prisma.DocumentInclude;

export type DocumentRow = Prisma.DocumentGetPayload<{ include: typeof withVersions }>;

export function documentOf(row: DocumentRow): KnowledgeDocument {
  const live = row.versions.find(({ id }) => id === row.liveVersionId);
  const newest = row.versions[0];
  const told = live ?? newest;
  const metadata = JSON.parse(row.metadata) as JsonObject;
  const said = JSON.parse(live?.metadata ?? '{}') as JsonObject;
  return {
    id: row.id,
    baseId: row.baseId,
    sourceId: row.sourceId,
    path: row.path,
    name: row.name,
    uri: row.uri,
    mimeType: row.mimeType,
    bytes: row.bytes,
    status: row.status as DocumentStatus,
    error: row.error,
    notes: JSON.parse(told?.notes ?? '[]') as string[],
    chunkCount: row.chunkCount,
    title: told?.title ?? null,
    language: told?.language ?? null,
    metadata,
    ownMetadata: without(metadata, said),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    live: live ? { version: live.number, at: live.liveAt ?? row.updatedAt } : null,
    next:
      newest && newest !== live
        ? { version: newest.number, state: newest.state as VersionState, progress: newest.progress }
        : null,
  };
}

/** The settings of a base by which its documents are read. */
export function settingsOf(base: {
  chunkSize: number;
  chunkOverlap: number;
  language: string;
}): ReadSettings {
  return { size: base.chunkSize, overlap: base.chunkOverlap, language: base.language };
}

/** Whether a version was read, or will be, by the present settings of its base. */
export function fitsSettings(version: { state: string; settings: string }, settings: ReadSettings): boolean {
  // What waits is read with whatever is set by then.
  if (version.state === 'waiting') return true;
  return sameSettings(JSON.parse(version.settings) as Partial<ReadSettings>, settings);
}

export function sameSettings(one: Partial<ReadSettings>, other: ReadSettings): boolean {
  return one.size === other.size && one.overlap === other.overlap && one.language === other.language;
}

/** The entries that another object does not have as they are. */
export function without(one: JsonObject, other: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(one).filter(([name, value]) => JSON.stringify(other[name]) !== JSON.stringify(value)),
  );
}
