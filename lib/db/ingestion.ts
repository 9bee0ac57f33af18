import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonObject } from '#lib/workflow/json.ts';
import { requireSystem } from './access.ts';
import { idOf, idOrNull } from './check.ts';
import type { Database, Tx } from './database.ts';
import {
  fitsSettings,
  type ReadSettings,
  sameSettings,
  settingsOf,
  UNDER_WAY,
  type VersionState,
  without,
} from './document-rows.ts';
import { readAgain } from './documents.ts';
import {
  CHUNKS_PER_STATEMENT,
  deleteChunks,
  dropVersion,
  lockBase,
  PASSAGES_TIMEOUT_MS,
  releaseFiles,
} from './drop-version.ts';
import { addIngestJob, INGEST_JOB } from './ingest-turns.ts';
import { holdJob, type Job } from './jobs.ts';
import type { Principal } from './principal.ts';
import { indexVersion } from './search-index.ts';

/** What a document holds, or is to hold once it is read. */
export interface StoredVersion {
  id: string;
  number: number;
  documentId: string;
  organizationId: string;
  projectId: string;
  baseId: string;
  /** Of the document. */
  name: string;
  path: string;
  mimeType: string;
  bytes: number;
  storageKey: string;
  /** '' for what was stored before hashes were. */
  hash: string;
  state: VersionState;
  /** With what it is to be read: what the base says now. */
  settings: ReadSettings;
  /** A model makes vectors of its passages before they are searched. */
  embeds: boolean;
  /** Its documents are resources. */
  offered: boolean;
  baseName: string;
}

/** A passage, as it is stored. */
export interface NewChunk {
  headings: readonly string[];
  text: string;
  page?: number | undefined;
  headingTerms?: string;
  terms?: string;
  length?: number;
  fingerprint?: string;
}

/** What was read of a file, beside its passages. */
export interface ReadFacts {
  settings: ReadSettings;
  title?: string;
  language?: string;
  notes?: readonly string[];
  /** What the file says of itself. */
  metadata?: JsonObject;
  /** SHA-256 of the bytes that were read, hexadecimal. */
  hash?: string;
}

type HeldJob = Pick<Job, 'id' | 'fence'>;

/** Passages that are stored in one transaction, before the version is searched. */
const CHUNKS_PER_TRANSACTION = 500;
const DOCUMENTS_PER_TRANSACTION = 20;

/**
 * What the job does that reads documents. Whatever stores something names the job, and does nothing when that is no
 * longer the caller's. System only.
 */
export function ingestionOf(database: Database, principal: Principal) {
  requireSystem(principal);
  const { prisma } = database;

  /** Works on a version that is under way, in a transaction that holds its base and its job. */
  async function withVersion<T>(
    job: HeldJob,
    versionId: string,
    work: (tx: Tx, version: { id: string; documentId: string; baseId: string }) => Promise<T>,
    { locked = true }: { locked?: boolean } = {},
  ): Promise<T | null> {
    const id = idOf(versionId, 'version');
    return database.transaction(
      async (tx) => {
        const version = await tx.documentVersion.findUnique({
          where: { id },
          select: { id: true, documentId: true, baseId: true },
        });
        if (!version) return null;
        if (locked) await lockBase(database, tx, version.baseId);
        if (!(await holdJob(tx, job))) return null;
        // Only now: what held the base before may have ended it.
        const count = await tx.documentVersion.count({ where: { id, state: { in: [...UNDER_WAY] } } });
        return count === 0 ? null : work(tx, version);
      },
      { timeoutMs: PASSAGES_TIMEOUT_MS },
    );
  }

  return {
    /** Null when the version was deleted, or is under way no longer. */
    async version(versionId: string): Promise<StoredVersion | null> {
      const known = idOrNull(versionId);
      if (known === null) return null;
      const row = await prisma.documentVersion.findUnique({
        where: { id: known },
        include: {
          document: {
            select: {
              name: true,
              path: true,
              base: { include: { indexes: { where: { state: { not: 'failed' } }, select: { id: true } } } },
            },
          },
        },
      });
      if (!row || !UNDER_WAY.includes(row.state as VersionState)) return null;
      const { base, name, path } = row.document;
      return {
        ...{ id: row.id, number: row.number, documentId: row.documentId },
        ...{ organizationId: row.organizationId, projectId: row.projectId, baseId: row.baseId },
        ...{ name, path },
        ...{ mimeType: row.mimeType, bytes: row.bytes, storageKey: row.storageKey, hash: row.hash },
        state: row.state as VersionState,
        settings: settingsOf(base),
        embeds: base.indexes.length > 0,
        offered: base.offered,
        baseName: base.name,
      };
    },

    /** Says how far a version is, in percent of its state; false when the job is no longer the caller's. */
    async setProgress(
      job: HeldJob,
      versionId: string,
      {
        state,
        progress,
        settings,
      }: { state: 'reading' | 'embedding'; progress: number; settings?: ReadSettings },
    ): Promise<boolean> {
      const done = await withVersion(
        job,
        versionId,
        async (tx, { id }) => {
          await tx.documentVersion.update({
            where: { id },
            data: { state, progress, ...(settings && { settings: JSON.stringify(settings) }) },
          });
          return true;
        },
        { locked: false },
      );
      return done ?? false;
    },

    /** Stores the passages of a version that is not searched yet; what was stored of it before goes away. */
    async setChunks(job: HeldJob, versionId: string, chunks: readonly NewChunk[]): Promise<boolean> {
      for (let start = 0; start === 0 || start < chunks.length; start += CHUNKS_PER_TRANSACTION) {
        const done = await withVersion(
          job,
          versionId,
          async (tx, version) => {
            if (start === 0) await deleteChunks(tx, version.id);
            const some = chunks.slice(start, start + CHUNKS_PER_TRANSACTION);
            await insertChunks(tx, version, some, start);
            return true;
          },
          { locked: false },
        );
        if (!done) return false;
      }
      return true;
    },

    /**
     * Makes a version the one that is searched, instead of the one before, all or nothing: with these passages, or with
     * those that `setChunks` stored. `freed` are files that nothing refers to any more, the caller's to delete. `stale`:
     * its base has other settings by now, so it is to be read once more. Null when the version is gone, or the job is no
     * longer the caller's.
     */
    async setLive(
      job: HeldJob,
      versionId: string,
      facts: ReadFacts,
      chunks: readonly NewChunk[] | null,
    ): Promise<{ freed: string[] } | 'stale' | null> {
      return withVersion(job, versionId, async (tx, version) => {
        const base = await tx.knowledgeBase.findUniqueOrThrow({ where: { id: version.baseId } });
        if (!sameSettings(facts.settings, settingsOf(base))) return 'stale';
        if (chunks) {
          await deleteChunks(tx, version.id);
          await insertChunks(tx, version, chunks, 0);
        }
        const document = await tx.document.findUniqueOrThrow({ where: { id: version.documentId } });
        const before = document.liveVersionId;
        const old = before && (await tx.documentVersion.findUnique({ where: { id: before } }));
        const said = facts.metadata ?? {};
        const sum = await tx.chunk.aggregate({
          where: { versionId: version.id },
          _count: true,
          _sum: { length: true },
        });
        if (before) await dropVersion(database, tx, before);
        const live = await tx.documentVersion.update({
          where: { id: version.id },
          data: {
            ...{ state: 'live', progress: 100, error: null, liveAt: new Date() },
            settings: JSON.stringify(facts.settings),
            notes: JSON.stringify(facts.notes ?? []),
            metadata: JSON.stringify(said),
            ...{ chunkCount: sum._count, termCount: sum._sum.length ?? 0 },
            ...(facts.title !== undefined && { title: facts.title }),
            ...(facts.language !== undefined && { language: facts.language }),
            ...(facts.hash !== undefined && { hash: facts.hash }),
          },
        });
        await indexVersion(database, tx, live.id);
        const { mimeType, bytes, storageKey, chunkCount } = live;
        await tx.document.update({
          where: { id: version.documentId },
          data: {
            ...{
              mimeType,
              bytes,
              storageKey,
              chunkCount,
              liveVersionId: live.id,
              status: 'ready',
              error: null,
            },
            metadata: JSON.stringify(
              merged(
                JSON.parse(document.metadata) as JsonObject,
                old ? (JSON.parse(old.metadata) as JsonObject) : {},
                said,
              ),
            ),
          },
        });
        await tx.knowledgeBase.update({
          where: { id: version.baseId },
          data: { revision: { increment: 1 }, updatedAt: new Date() },
        });
        return { freed: before ? await releaseFiles(tx, version.documentId) : [] };
      });
    },

    /** Says why a version cannot be searched; the one before still is. False when the job is no longer the caller's. */
    async setFailed(job: HeldJob, versionId: string, error: string): Promise<boolean> {
      const words = error.slice(0, 2000);
      const done = await withVersion(job, versionId, async (tx, version) => {
        await deleteChunks(tx, version.id);
        await tx.vectorBlock.deleteMany({ where: { versionId: version.id } });
        await tx.documentVersion.update({
          where: { id: version.id },
          data: { state: 'failed', progress: 0, error: words },
        });
        await tx.document.update({
          where: { id: version.documentId },
          data: { status: 'failed', error: words },
        });
        return true;
      });
      return done ?? false;
    },

    /**
     * Some documents of a base that were read by other settings than it has now become due to be read again, after the
     * document of this id; answers the last that was looked at, null at the end.
     */
    async readAgain(baseId: string, after: string | null): Promise<string | null> {
      const id = idOf(baseId, 'knowledge base');
      return database.transaction(async (tx) => {
        await lockBase(database, tx, id);
        const base = await tx.knowledgeBase.findUnique({ where: { id } });
        if (!base) return null;
        const settings = settingsOf(base);
        const documents = await tx.document.findMany({
          where: { baseId: id, ...(after !== null && { id: { gt: after } }) },
          orderBy: { id: 'asc' },
          take: DOCUMENTS_PER_TRANSACTION,
          select: { id: true },
        });
        for (const document of documents) await rereadUnlessFits(database, tx, document.id, settings);
        return documents.length < DOCUMENTS_PER_TRANSACTION ? null : documents.at(-1)!.id;
      });
    },

    /**
     * Versions that wait for a job which is not there (it failed while the database was away) get another one; answers
     * how many.
     */
    async adopt(): Promise<number> {
      const underWay = { kind: INGEST_JOB, state: { in: ['queued', 'running'] } };
      if ((await prisma.job.count({ where: underWay })) > 0) return 0;
      return database.transaction(async (tx) => {
        await database.lock(tx, 'knowledge.adopt');
        if ((await tx.job.count({ where: underWay })) > 0) return 0;
        const rows = await tx.documentVersion.findMany({
          where: { state: { in: [...UNDER_WAY] } },
          take: 1000,
          select: { id: true, projectId: true },
        });
        for (const row of rows) await addIngestJob(database, tx, row);
        return rows.length;
      });
    },

    /** Those of the keys that no version refers to. */
    async unreferenced(projectId: string, keys: readonly string[]): Promise<string[]> {
      const where = { projectId: idOf(projectId, 'project'), storageKey: { in: [...keys] } };
      const [versions, documents] = await Promise.all([
        prisma.documentVersion.findMany({ where, select: { storageKey: true } }),
        prisma.document.findMany({ where, select: { storageKey: true } }),
      ]);
      const used = new Set([...versions, ...documents].map(({ storageKey }) => storageKey));
      return keys.filter((key) => !used.has(key));
    },
  };
}

async function rereadUnlessFits(
  database: Database,
  tx: Tx,
  documentId: string,
  settings: ReadSettings,
): Promise<void> {
  const newest = await tx.documentVersion.findFirst({ where: { documentId }, orderBy: { number: 'desc' } });
  if (!newest || fitsSettings(newest, settings)) return;
  // What is under way sees at its end that the settings are others.
  if (newest.state === 'live' || newest.state === 'failed') await readAgain(database, tx, documentId);
}

async function insertChunks(
  tx: Tx,
  { id: versionId, baseId }: { id: string; baseId: string },
  chunks: readonly NewChunk[],
  first: number,
): Promise<void> {
  for (let start = 0; start < chunks.length; start += CHUNKS_PER_STATEMENT) {
    await tx.chunk.createMany({
      data: chunks.slice(start, start + CHUNKS_PER_STATEMENT).map((chunk, index) => ({
        ...{ baseId, versionId, ordinal: first + start + index, text: chunk.text },
        headings: JSON.stringify(chunk.headings),
        page: chunk.page ?? null,
        headingTerms: chunk.headingTerms ?? '',
        terms: chunk.terms ?? '',
        length: chunk.length ?? 0,
        fingerprint: chunk.fingerprint ?? null,
      })),
    });
    await nextTurn();
  }
}

/** What people said of a document stays; what the file of before said of itself gives way to what the new one says. */
function merged(present: JsonObject, before: JsonObject, said: JsonObject): JsonObject {
  return { ...said, ...without(present, before) };
}
