import type { Recording } from '#lib/workflow/recording.ts';
import { requireRole, scopeOf } from './access.ts';
import { idOrNull } from './check.ts';
import type { Database } from './database.ts';
import type { Principal } from './principal.ts';

/** What runs got from outside. Written with the run's record. */
export function recordingsOf(database: Database, principal: Principal) {
  const scope = scopeOf(principal);

  return {
    /** Of a run; null when it asked for nothing, or is not theirs. */
    async get(projectId: string, runId: string): Promise<Recording | null> {
      requireRole(principal, 'viewer');
      const [project, run] = [idOrNull(projectId), idOrNull(runId)];
      if (project === null || run === null) return null;
      const row = await database.prisma.run.findFirst({
        where: { AND: [{ id: run, projectId: project }, scope] },
        select: { recording: true },
      });
      return row?.recording ? (JSON.parse(row.recording) as Recording) : null;
    },
  };
}
