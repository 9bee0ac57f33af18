import type { Database, Tx } from './database.ts';
import { addJob } from './jobs.ts';

/** The kind of job that reads a version of a document; its payload is `{ versionId }`. */
export const INGEST_JOB = 'knowledge.ingest';

/** The number that each project's last job got, by database. */
const given = new WeakMap<Database, Map<string, number>>();

/** Turns are times long ago; whatever is due later is no turn. */
const LAST_TURN = new Date('1980-01-01');

/**
 * Stores the job that reads a version. The projects take turns, however many documents one of them adds: the queue
 * hands out the job first that is due the longest, so that each is due, in ms since 1970, at its number in the
 * queue of its project, counted from where the queue is now (start-time fair queuing). Numbers are given by this
 * process; two that share a database each begin where the queue is.
 */
export async function addIngestJob(
  database: Database,
  tx: Tx,
  version: { id: string; projectId: string },
): Promise<void> {
  const first = await tx.job.findFirst({
    where: { state: 'queued', runAt: { lt: LAST_TURN }, kind: INGEST_JOB },
    orderBy: { runAt: 'asc' },
    select: { runAt: true },
  });
  const last = given.get(database) ?? new Map<string, number>();
  if (!first) last.clear();
  const turn = Math.max(first?.runAt.getTime() ?? 0, last.get(version.projectId) ?? 0) + 1;
  last.set(version.projectId, turn);
  given.set(database, last);
  await addJob(tx, INGEST_JOB, { versionId: version.id }, { runAt: new Date(turn) });
}
