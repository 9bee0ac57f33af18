import type { SourcePatch } from '#lib/db/knowledge-sources.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { nextTime } from './cron.ts';
import { findSource, type SourcePlace, type SourceView, sourceView } from './read-sources.ts';
import { mayEdit } from './roles.ts';
import { SCHEDULES_CHANGED } from './schedules.ts';
import { checkSourceConfig, checkSourceConnection } from './source-config.ts';

export interface UpdateSource {
  name?: string | undefined;
  /** The whole config: what is left out has its default. */
  config?: unknown;
  connection?: string | null | undefined;
  /** null: it is read when somebody asks. */
  schedule?: string | null | undefined;
  timeZone?: string | undefined;
}

/**
 * Changes what is given. After another config or connection the next run reads everything anew. Throws as
 * `createSource`, and `conflict` for those two while it is read.
 */
export async function updateSource(
  app: App,
  principal: Principal,
  at: SourcePlace,
  input: UpdateSource,
): Promise<SourceView> {
  mayEdit(principal, 'change sources');
  const { projectId, source } = await findSource(app, principal, at);
  const { name, config, connection, schedule, timeZone } = input;
  const patch: SourcePatch = {
    ...(name !== undefined && { name }),
    ...(config !== undefined && { config: checkSourceConfig(source.kind, config) }),
    ...(connection !== undefined && { connectionId: connection }),
    ...(schedule !== undefined && { schedule }),
    ...(timeZone !== undefined && { timeZone }),
  };
  if (connection !== undefined) {
    await checkSourceConnection(app, principal, { projectId, kind: source.kind, id: connection });
  }
  if (schedule !== undefined || timeZone !== undefined) {
    const cron = schedule === undefined ? source.schedule : schedule;
    const times = { cron: cron ?? '0 0 * * *', timeZone: timeZone ?? source.timeZone };
    // Asked also without a schedule: a time zone that nobody knows is refused when it is given.
    const next = nextTime(times, new Date());
    patch.nextRunAt = cron === null ? null : next;
  }
  const { knowledgeSources } = repository(app.db, principal);
  const changed = await knowledgeSources.update(projectId, source.baseId, source.id, patch);
  if (patch.nextRunAt !== undefined) app.events.publish(SCHEDULES_CHANGED, null);
  return sourceView(changed);
}
