import type { JsonObject } from '#lib/workflow/json.ts';
import { requireRole, scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** Who called a workflow, as they named themselves at each call. */
export interface CallerCount {
  /** `claude-code 2.1`; null for one that gave no name. */
  client: string | null;
  calls: number;
  lastAt: Date;
}

/** What a run answered. */
export interface RecordedAnswer {
  runId: string;
  /** Null for a draft. */
  version: number | null;
  startedAt: Date;
  output: JsonObject;
}

/** What the recorded runs of one workflow say together. */
export function runFactsOf(database: Database, principal: Principal) {
  const { prisma } = database;
  const scope = scopeOf(principal);
  const whereOf = (projectId: string | null, workflowId: string | null) => ({
    AND: [{ projectId: projectId ?? '', workflowId: workflowId ?? '' }, scope],
  });

  return {
    /** Clients that called the workflow since, most calls first; not those who ran it as a draft or by a trigger. */
    async callers(projectId: string, workflowId: string, since: Date): Promise<CallerCount[]> {
      requireRole(principal, 'viewer');
      const groups = await prisma.run.groupBy({
        by: ['client'],
        where: {
          AND: [
            whereOf(idOrNull(projectId), idOrNull(workflowId)),
            { cause: 'call', startedAt: { gte: since } },
          ],
        },
        _count: { _all: true },
        _max: { startedAt: true },
      });
      return groups
        .map(({ client, _count, _max }) => ({ client, calls: _count._all, lastAt: _max.startedAt! }))
        .sort((one, other) => other.calls - one.calls);
    },

    /** What the newest runs that succeeded answered, newest first; at most `limit`. */
    async answers(projectId: string, workflowId: string, limit: number): Promise<RecordedAnswer[]> {
      requireRole(principal, 'viewer');
      const rows = await prisma.run.findMany({
        where: {
          AND: [
            whereOf(idOrNull(projectId), idOrNull(workflowId)),
            { status: 'succeeded', output: { not: null } },
          ],
        },
        orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
        take: limit,
        select: { id: true, version: true, startedAt: true, output: true },
      });
      return rows.map(({ id, version, startedAt, output }) => ({
        runId: id,
        version,
        startedAt,
        output: JSON.parse(output!) as JsonObject,
      }));
    },
  };
}
