import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';

/** Files that are younger may belong to a document that is being stored. */
const AGE_MS = 60 * 60_000;

/** Keys that are looked up in one statement. */
const KEYS = 500;

/**
 * Deletes the files of documents that nothing refers to: a process that ends between two steps leaves them behind. Answers
 * how many.
 */
export async function sweepDocumentFiles(
  { db, files, log }: Pick<App, 'db' | 'files' | 'log'>,
  now: number = Date.now(),
): Promise<number> {
  const { ingestion } = repository(db, { type: 'system' });
  let count = 0;
  for await (const { projectId, files: keys } of files.documentsBefore(new Date(now - AGE_MS))) {
    for (let start = 0; start < keys.length; start += KEYS) {
      const orphans = await ingestion.unreferenced(projectId, keys.slice(start, start + KEYS));
      for (const key of orphans) await files.of(projectId).remove(key);
      count += orphans.length;
    }
  }
  if (count > 0) log.info({ files: count }, 'files of documents were deleted that nothing referred to');
  return count;
}

/** Gives documents a job that wait for one which is not there. */
export async function adoptDocuments({ db, events, log }: Pick<App, 'db' | 'events' | 'log'>): Promise<void> {
  const count = await repository(db, { type: 'system' }).ingestion.adopt();
  if (count === 0) return;
  log.warn({ documents: count }, 'documents waited for a job that was not there; they are read now');
  events.publish(JOB_ADDED, null);
}
