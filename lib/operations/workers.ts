import { startIngestion } from '#lib/knowledge/ingest.ts';
import type { App } from './app.ts';
import { startHousekeeping } from './housekeeping.ts';
import { DOCUMENT_ADDED } from './upload-document.ts';

/** The work that nobody waits for: reading documents, marking crashed runs, deleting old records. */
export interface Workers {
  /** Takes nothing new, and resolves when what is under way is done. */
  stop(): Promise<void>;
}

/** Started in every process that is not for the web alone; work left behind by one that died is taken over. */
export function startWorkers(app: App): Workers {
  const ingestion = startIngestion({
    database: app.db,
    readFile: ({ projectId, storageKey, name, mimeType, bytes }) =>
      app.files.of(projectId).get({ file: storageKey, name, mimeType, bytes }),
    onError: (error) => app.log.error({ err: error }, 'reading documents met an unexpected error'),
  });
  const unsubscribe = app.events.subscribe(DOCUMENT_ADDED, ingestion.wake);
  const stopHousekeeping = startHousekeeping(app.db, app.log);
  return {
    async stop() {
      unsubscribe();
      stopHousekeeping();
      await ingestion.stop();
    },
  };
}
