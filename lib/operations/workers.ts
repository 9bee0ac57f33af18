import { RUN_JOB } from '#lib/db/background-runs.ts';
import { INGEST_JOB } from '#lib/db/ingest-turns.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { REREAD_JOB } from '#lib/db/knowledge.ts';
import { SOURCE_JOB } from '#lib/db/knowledge-sources.ts';
import { CONTINUE_JOB } from '#lib/db/run-answers.ts';
import { EMBED_JOB } from '#lib/db/vector-indexes.ts';
import { ingestion, rereading } from '#lib/knowledge/ingest.ts';
import type { App } from './app.ts';
import { continueRun } from './continue-run.ts';
import { documentBytes } from './document-bytes.ts';
import { embedVersion } from './embedding/embed-version.ts';
import { fillIndex } from './embedding/fill-index.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startJobRunner } from './job-runner.ts';
import { RESOURCE_CHANGED } from './news-capability.ts';
import { documentUri } from './offered.ts';
import { startSchedules } from './schedules.ts';
import { sourceReading } from './source-job.ts';

/** The work that nobody waits for: jobs (background runs, documents), schedules, crashed runs, old records. */
export interface Workers {
  /** Takes nothing new, and resolves when what is under way is done or handed back. */
  stop(): Promise<void>;
}

/** Started in every process that is not for the web alone; work left behind by one that died is taken over. */
export function startWorkers(app: App): Workers {
  const runner = startJobRunner(
    app,
    {
      [INGEST_JOB]: ingestion({
        database: app.db,
        readFile: (version) => documentBytes(app, version.projectId, version),
        removeFile: ({ projectId }, file) => app.files.of(projectId).remove(file),
        embed: (version, options) => embedVersion(app, version.id, options),
        onSettled({ projectId, number, offered, baseName, name, path }, outcome) {
          if (!offered || outcome !== 'live' || number === 1) return;
          app.events.publish(RESOURCE_CHANGED, { projectId, uri: documentUri(baseName, path || name) });
        },
      }),
      [EMBED_JOB]: fillIndex(app),
      [REREAD_JOB]: rereading({ database: app.db, onAdded: () => app.events.publish(JOB_ADDED, null) }),
      [SOURCE_JOB]: sourceReading(app),
      [CONTINUE_JOB]: continueRun(app),
      [RUN_JOB]: continueRun(app),
    },
    // Some are read, in processes of their own, while another is stored. Sources mostly wait, for long.
    { limits: { [INGEST_JOB]: 3, [SOURCE_JOB]: 3, [EMBED_JOB]: 2 } },
  );
  const stopHousekeeping = startHousekeeping(app);
  const stopSchedules = startSchedules(app);
  return {
    async stop() {
      stopHousekeeping();
      await stopSchedules();
      await runner.stop();
    },
  };
}
