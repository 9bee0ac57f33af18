import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { findSource, type SourcePlace, type SourceView, sourceView } from './read-sources.ts';
import { mayEdit } from './roles.ts';
import { SOURCE_ENDED } from './source-job.ts';
import { emptyReport } from './source-report.ts';

/** Begins to read a source. Throws `conflict` while it is read. */
export async function runSource(app: App, principal: Principal, at: SourcePlace): Promise<SourceView> {
  mayEdit(principal, 'read a source anew');
  const { projectId, source } = await findSource(app, principal, at);
  const { knowledgeSources } = repository(app.db, principal);
  const begun = await knowledgeSources.begin(projectId, source.baseId, source.id, emptyReport('user'));
  app.events.publish(JOB_ADDED, null);
  return sourceView(begun);
}

/** Ends the reading of a source, if it is read; what was read by then stays. */
export async function stopSource(app: App, principal: Principal, at: SourcePlace): Promise<SourceView> {
  mayEdit(principal, 'stop the reading of a source');
  const { projectId, source } = await findSource(app, principal, at);
  const stopped = await repository(app.db, principal).knowledgeSources.stop(
    projectId,
    source.baseId,
    source.id,
    { end: 'stopped', endedAt: new Date().toISOString() },
  );
  app.events.publish(SOURCE_ENDED, source.id);
  return sourceView(stopped);
}
