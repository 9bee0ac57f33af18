import { Worker } from 'node:worker_threads';

/** What the thread is given. */
export interface Copy {
  from: string;
  to: string;
}

/**
 * Copies an SQLite file that is in use: one snapshot, complete when it resolves. In a thread, as the copy holds the
 * thread it runs in for as long as it takes. Throws when there is a file at `to`.
 */
export function copySqlite(copy: Copy): Promise<void> {
  const worker = new Worker(new URL('./sqlite-backup-thread.ts', import.meta.url), { workerData: copy });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`The thread that copies the database ended with code ${code}.`)),
    );
  });
}
