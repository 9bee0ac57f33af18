import { createHash } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/client.ts';
import type { StoredVersion } from '#lib/db/ingestion.ts';
import type { Job } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import { readDocument } from './read-document.ts';

export interface IngestionOptions {
  database: Database;
  /** The bytes of a version; throws when they are gone. */
  readFile(version: StoredVersion): Promise<Uint8Array>;
  /** Deletes a file that nothing refers to any more. */
  removeFile(version: StoredVersion, storageKey: string): Promise<void>;
  /**
   * Makes the vectors of the passages that are stored of a version, where its base has a model; what was made before
   * a break is not made again. `told`: percent. Answers what is to be noted where they could not be made.
   */
  embed?(
    version: StoredVersion,
    options: { signal: AbortSignal; told(progress: number): void },
  ): Promise<string | null>;
  /** Called after a version became searchable or failed. */
  onSettled?(version: StoredVersion, outcome: 'live' | 'failed'): void;
}

/** A version of so many passages goes live in one transaction with them. */
const FEW_CHUNKS = 200;

/** Between two notes of how far a version is. */
const TELL_MS = 1000;

/** A base whose settings change again and again while a document is read: then the job is done once more, later. */
const MOST_READINGS = 5;

/**
 * The handler of INGEST_JOB: reads a version of a document into passages and makes it the one that is searched. A file
 * that cannot be read is marked as failed, with what is wrong with it, and the version before is searched on; trouble of
 * the server's is tried again first.
 */
export function ingestion(options: IngestionOptions): (job: Job, signal: AbortSignal) => Promise<void> {
  const repo = repository(options.database, { type: 'system' }).ingestion;

  return async (job, signal) => {
    const version = await repo.version(String(job.payload['versionId']));
    if (!version) return;
    try {
      if (job.exhausted) {
        throw new AppError(
          'invalid',
          `Reading "${version.name}" ended the server more than once; it is left out.`,
        );
      }
      await bringLive(version);
    } catch (error) {
      if (signal.aborted) throw error;
      const itsOwn = error instanceof AppError && error.code !== 'unavailable';
      if (!itsOwn && !job.last) throw error;
      const words = itsOwn ? error.message : 'It could not be read; try it again.';
      if (await repo.setFailed(job, version.id, words)) options.onSettled?.(version, 'failed');
      throw error;
    }

    /** Reads, stores, embeds and switches over; once more when the settings of the base changed meanwhile. */
    async function bringLive(first: StoredVersion): Promise<void> {
      const data = await options.readFile(first);
      const hash = createHash('sha256').update(data).digest('hex');
      for (let stored: StoredVersion | null = first, count = 0; stored; count += 1) {
        if (count === MOST_READINGS) throw new AppError('unavailable', 'Its settings change all the time.');
        if ((await readOnce(stored, data, hash)) !== 'stale') return;
        stored = await repo.version(stored.id);
      }
    }

    async function readOnce(
      stored: StoredVersion,
      data: Uint8Array,
      hash: string,
    ): Promise<'stale' | 'done'> {
      const { id, name, mimeType, projectId, settings, embeds } = stored;
      const tell = progressOf(stored);
      try {
        const reading = await readDocument({ name, mimeType, data }, { settings, signal, projectId });
        signal.throwIfAborted();
        const few = !embeds && reading.chunks.length <= FEW_CHUNKS;
        if (!few && !(await repo.setChunks(job, id, reading.chunks))) return 'done';
        let note: string | null = null;
        if (embeds) {
          tell.embedding(0);
          note = (await options.embed?.(stored, { signal, told: tell.embedding })) ?? null;
        }
        signal.throwIfAborted();
        const { title, metadata, language } = reading;
        const notes = note === null ? reading.notes : [...reading.notes, note];
        const facts = { settings, title, notes, metadata, hash, ...(language !== '' && { language }) };
        tell.end();
        const live = await repo.setLive(job, id, facts, few ? reading.chunks : null);
        if (live === 'stale') return 'stale';
        if (live) {
          for (const file of live.freed) await options.removeFile(stored, file);
          options.onSettled?.(stored, 'live');
        }
        return 'done';
      } finally {
        tell.end();
      }
    }

    /** Notes how far a version is, at most once a second; what is done within a second was never under way. */
    function progressOf({ id, settings }: StoredVersion) {
      let now: { state: 'reading' | 'embedding'; progress: number } = { state: 'reading', progress: 0 };
      let told = '';
      const timer = setInterval(() => {
        const next = JSON.stringify(now);
        if (next === told) return;
        told = next;
        // What cannot be noted is of no weight: the work itself finds out.
        repo.setProgress(job, id, { ...now, settings }).catch(() => {});
      }, TELL_MS);
      return {
        embedding(percent: number) {
          now = { state: 'embedding', progress: Math.max(0, Math.min(100, Math.round(percent))) };
        },
        end: () => clearInterval(timer),
      };
    }
  };
}

/** The handler of REREAD_JOB: has the documents of a base read again that were read by other settings than it has. */
export function rereading({
  database,
  onAdded,
}: {
  database: Database;
  onAdded(): void;
}): (job: Job, signal: AbortSignal) => Promise<void> {
  const repo = repository(database, { type: 'system' }).ingestion;
  return async (job, signal) => {
    const baseId = String(job.payload['baseId']);
    let after: string | null = null;
    do {
      signal.throwIfAborted();
      after = await repo.readAgain(baseId, after);
      onAdded();
    } while (after !== null);
  };
}
