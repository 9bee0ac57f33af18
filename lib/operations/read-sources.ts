import { AppError } from '#lib/db/app-error.ts';
import type { KnowledgeSource, SourceState } from '#lib/db/knowledge-sources.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { SourceSetting } from '#lib/sources/kinds.ts';
import type { App } from './app.ts';
import { findBase } from './read-knowledge.ts';
import { type SourceReport, storedReport } from './source-report.ts';

/** A source as people see it. Times are ISO 8601. */
export type SourceView = SourceSetting & SourceFacts;

export interface SourceFacts {
  id: string;
  name: string;
  /** Id of the connection that it is read with. */
  connection: string | null;
  /** Cron expression; null: it is read when somebody asks. */
  schedule: string | null;
  timeZone: string;
  state: SourceState;
  /** Why the last run failed. */
  error: string | null;
  /** What the last run did, or the current one so far; null before the first. */
  report: SourceReport | null;
  /** When the last run ended. */
  lastRunAt: string | null;
  nextRunAt: string | null;
  documentCount: number;
}

export interface SourcePlace {
  project: string;
  base: string;
  source: string;
}

/** Sources of a knowledge base, by name. */
export async function listSources(
  app: App,
  principal: Principal,
  at: { project: string; base: string },
): Promise<SourceView[]> {
  const { projectId, base } = await findBase(app, principal, at);
  return (await repository(app.db, principal).knowledgeSources.list(projectId, base.id)).map(sourceView);
}

export async function readSource(app: App, principal: Principal, at: SourcePlace): Promise<SourceView> {
  return sourceView((await findSource(app, principal, at)).source);
}

/** Throws `not_found`, also for one of another base. */
export async function findSource(
  app: App,
  principal: Principal,
  at: SourcePlace,
): Promise<{ projectId: string; source: KnowledgeSource }> {
  const { projectId, base } = await findBase(app, principal, at);
  const source = await repository(app.db, principal).knowledgeSources.get(projectId, base.id, at.source);
  if (!source) throw new AppError('not_found', 'There is no such source.');
  return { projectId, source };
}

export function sourceView(source: KnowledgeSource): SourceView {
  const { id, kind, name, config, schedule, timeZone, state, error, documentCount } = source;
  return {
    // Checked by its kind when it was stored.
    ...({ kind, config } as SourceSetting),
    id,
    name,
    connection: source.connectionId,
    schedule,
    timeZone,
    state,
    error,
    report: storedReport(source.report),
    lastRunAt: source.lastRunAt?.toISOString() ?? null,
    nextRunAt: source.nextRunAt?.toISOString() ?? null,
    documentCount,
  };
}
