import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { nameOfClient } from './client-name.ts';
import { findProject } from './find-project.ts';

/** Past this, a client counts as one that no longer calls. Runs are kept as long (RUN_RETENTION). */
const DAYS = 30;

/** A program that calls a workflow. */
export interface Caller {
  /** What it calls itself, without its version; `unnamed` when it gave no name. */
  client: string;
  calls: number;
  lastAt: string;
}

/** Clients that called a workflow in the last 30 days, most calls first. */
export async function listCallers(
  app: App,
  principal: Principal,
  at: { project: string; workflow: string },
): Promise<Caller[]> {
  const { id } = await findProject(app, principal, at.project);
  if (!(await repository(app.db, principal).workflows.get(id, at.workflow))) {
    throw new AppError('not_found', 'There is no such workflow.');
  }
  return callersOf(app, principal, { projectId: id, workflowId: at.workflow });
}

/** The same, of a workflow that was found already. */
export async function callersOf(
  app: App,
  principal: Principal,
  { projectId, workflowId }: { projectId: string; workflowId: string },
): Promise<Caller[]> {
  // What is not written yet would be missing from what is about to be decided by it.
  await app.recorder.flush();
  const since = new Date(Date.now() - DAYS * 86_400_000);
  const counts = await repository(app.db, principal).runFacts.callers(projectId, workflowId, since);
  const callers = new Map<string, { calls: number; lastAt: Date }>();
  for (const { client, calls, lastAt } of counts) {
    const name = nameOfClient(client);
    const known = callers.get(name);
    callers.set(name, {
      calls: calls + (known?.calls ?? 0),
      lastAt: known && known.lastAt > lastAt ? known.lastAt : lastAt,
    });
  }
  return [...callers]
    .map(([client, { calls, lastAt }]) => ({ client, calls, lastAt: lastAt.toISOString() }))
    .sort((one, other) => other.calls - one.calls);
}
