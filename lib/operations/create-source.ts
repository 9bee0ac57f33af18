import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { findBase } from './read-knowledge.ts';
import { type SourceView, sourceView } from './read-sources.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { checkSourceConfig, checkSourceConnection } from './source-config.ts';
import { emptyReport } from './source-report.ts';

export interface CreateSource {
  kind: string;
  name: string;
  /** By kind. */
  config: unknown;
  /** Id of a connection of the project. */
  connection?: string | null | undefined;
  /** Five fields of cron; left out: it is read when somebody asks. */
  schedule?: string | null | undefined;
  timeZone?: string | undefined;
  /** Whether it is read at once; it is unless said. */
  run?: boolean | undefined;
}

/** Makes a source, and begins to read it. Throws `bad_request` that says what is wrong, `not_found` for a connection that is not the project's. */
export async function createSource(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
  input: CreateSource,
): Promise<SourceView> {
  mayEdit(principal, 'add sources');
  const { projectId, base } = await findBase(app, principal, at);
  const { kind, name, connection = null, schedule = null, timeZone = 'UTC', run = true } = input;
  const config = checkSourceConfig(kind, input.config);
  await checkSourceConnection(app, principal, { projectId, kind, id: connection });
  const { knowledgeSources } = repository(app.db, principal);
  const made = await knowledgeSources.create(projectId, base.id, {
    ...{ kind, name, config, connectionId: connection, schedule, timeZone },
    nextRunAt: schedule === null ? null : nextTime({ cron: schedule, timeZone }, new Date()),
  });
  if (schedule !== null) app.events.publish(SCHEDULES_CHANGED, null);
  if (!run) return sourceView(made);
  const begun = await knowledgeSources.begin(projectId, base.id, made.id, emptyReport('user'));
  app.events.publish(JOB_ADDED, null);
  return sourceView(begun);
}
