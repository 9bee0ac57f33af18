import { AppError } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/client.ts';
import type { Job } from '#lib/db/jobs.ts';
import type { StoredVersion } from '#lib/db/knowledge.ts';
import { repository } from '#lib/db/repository.ts';
import { readDocument } from './read-document.ts';

export interface IngestionOptions {
  database: Database;
  /** The bytes of an uploaded document; throws when they are gone. */
  readFile(document: StoredVersion): Promise<Uint8Array>;
  /** Called after a document became ready or failed. */
  onSettled?(document: StoredVersion): void;
}

/**
 * The handler of INGEST_JOB: reads an uploaded document into passages that can be searched. A document that cannot be
 * read is marked as failed, with what is wrong with it; trouble of the server's is tried again first.
 */
export function ingestion(options: IngestionOptions): (job: Job, signal: AbortSignal) => Promise<void> {
  const { knowledge } = repository(options.database, { type: 'system' });

  return async (job, signal) => {
    const document = await knowledge.storedVersion(String(job.payload['versionId']));
    if (!document) return;
    try {
      if (job.exhausted) {
        throw new AppError(
          'invalid',
          `Reading "${document.name}" ended the server more than once; it is left out.`,
        );
      }
      const { name, mimeType } = document;
      const file = { name, mimeType, data: await options.readFile(document) };
      signal.throwIfAborted();
      const { chunks } = await readDocument(file, { signal });
      signal.throwIfAborted();
      await knowledge.setChunks(document.id, chunks);
    } catch (error) {
      if (signal.aborted) throw error;
      const itsOwn = error instanceof AppError && error.code !== 'unavailable';
      if (!itsOwn && !job.last) throw error;
      await knowledge.setFailed(
        document.id,
        itsOwn ? error.message : 'It could not be read; upload it again.',
      );
      options.onSettled?.(document);
      throw error;
    }
    options.onSettled?.(document);
  };
}
