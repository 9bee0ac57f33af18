import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/client.ts';
import type { Job } from '#lib/db/jobs.ts';
import { INGEST_JOB, type StoredDocument } from '#lib/db/knowledge.ts';
import { repository } from '#lib/db/repository.ts';
import { readDocument } from './read-document.ts';

export interface IngestionOptions {
  database: Database;
  /** The bytes of an uploaded document; throws when they are gone. */
  readFile(document: StoredDocument): Promise<Uint8Array>;
  /** Called after a document became ready or failed. */
  onSettled?(document: StoredDocument): void;
  /** Told of what went wrong here, not with the document. */
  onError(error: unknown): void;
}

export interface Ingestion {
  /** There is a new job: do not wait for the next look at the queue. */
  wake(): void;
  /** Takes no more jobs; resolves when the one under way is done. */
  stop(): Promise<void>;
}

/** How often the queue is looked at when nobody wakes us: jobs of other replicas, and retries. */
const POLL_MS = 5000;

const LEASE_MS = 60_000;

/** Reads uploaded documents, one at a time, from the job queue: document → passages that can be searched. */
export function startIngestion(options: IngestionOptions): Ingestion {
  const { jobs, knowledge } = repository(options.database, { type: 'system' });
  const owner = randomUUID();
  let stopped = false;
  let working: Promise<void> | null = null;
  let again = false;

  const wake = () => {
    if (stopped) return;
    again = true;
    working ??= work()
      .catch(options.onError)
      .finally(() => {
        working = null;
      });
  };
  const timer = setInterval(wake, POLL_MS);
  timer.unref();
  wake();

  async function work(): Promise<void> {
    while (again && !stopped) {
      again = false;
      for (let job = await next(); job && !stopped; job = await next()) await held(job);
    }
  }

  function next(): Promise<Job | null> {
    return jobs.claim({ kinds: [INGEST_JOB], owner, leaseMs: LEASE_MS });
  }

  /** Does a job while its lease is kept up. */
  async function held(job: Job): Promise<void> {
    const renewal = setInterval(() => jobs.renew(job, LEASE_MS).catch(options.onError), LEASE_MS / 3);
    try {
      await ingest(job);
    } finally {
      clearInterval(renewal);
    }
  }

  async function ingest(job: Job): Promise<void> {
    const document = await knowledge.stored(String(job.payload['documentId']));
    if (!document) {
      await jobs.finish(job);
      return;
    }
    try {
      if (job.exhausted) {
        throw new AppError(
          'invalid',
          `Reading "${document.name}" ended the server more than once; it is left out.`,
        );
      }
      const { name, mimeType } = document;
      const { chunks } = await readDocument({ name, mimeType, data: await options.readFile(document) });
      await knowledge.setChunks(document.id, chunks);
      await jobs.finish(job);
    } catch (error) {
      const final = error instanceof AppError;
      if (!final) options.onError(error);
      const outcome = await jobs.fail(job, error instanceof Error ? error.message : String(error), { final });
      if (outcome !== 'failed') return;
      await knowledge.setFailed(
        document.id,
        final ? error.message : 'It could not be read; upload it again.',
      );
    }
    options.onSettled?.(document);
  }

  return {
    wake,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await working;
    },
  };
}
