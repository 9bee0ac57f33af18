import type { JsonObject } from '#lib/workflow/json.ts';
import type { Database, Tx } from './database.ts';
import { addJob } from './jobs.ts';
import type { StoredRunStatus } from './run-batch.ts';

/** Job `{ runId, cancel? }`: go on with a run that waited, or whose process went away. */
export const CONTINUE_JOB = 'run.continue';

/** Tries of that job. What it does is guarded by the run's own fence, so one too many does no harm. */
const CONTINUE_ATTEMPTS = 20;

/** A run as somebody looked at it. A write that names one that has changed since changes nothing. */
export interface Looked {
  id: string;
  status: StoredRunStatus;
  /** Grows whenever a process takes the run over; only the holder of the latest may write. */
  fence: number;
  /** How often it was suspended. */
  round: number;
  /** The column `answers` as it was read. */
  answersText: string | null;
  projectId: string;
  /** Runs as a job: counted against what its project lets run at once. */
  background: boolean;
}

/** Inside a transaction: see `answer`. */
export async function storeAnswers(
  database: Database,
  tx: Tx,
  looked: Looked,
  answers: JsonObject,
  next: Date | null,
): Promise<boolean> {
  await lockRun(database, tx, looked.id);
  const { count } = await tx.run.updateMany({
    where: { AND: [whereOf(looked), { status: { in: ['suspended', 'running', 'queued'] } }] },
    data: { answers: JSON.stringify(answers) },
  });
  if (count > 0 && next) await addContinueJob(tx, looked, { runAt: next });
  return count === 1;
}

/** Inside a transaction: a job that goes on with the run, now unless said. */
export function addContinueJob(
  tx: Tx,
  run: Pick<Looked, 'id' | 'projectId' | 'background'>,
  { runAt, cancel }: { runAt?: Date; cancel?: boolean } = {},
): Promise<string> {
  const payload: JsonObject = cancel ? { runId: run.id, cancel } : { runId: run.id };
  return addJob(tx, CONTINUE_JOB, payload, {
    maxAttempts: CONTINUE_ATTEMPTS,
    ...(run.background && { projectId: run.projectId }),
    ...(runAt && { runAt }),
  });
}

/** Inside a transaction: who reads the answers of a run to write others holds this. */
export async function lockRun(database: Database, tx: Tx, runId: string): Promise<void> {
  await database.lock(tx, `run:${runId}`);
}

/** Matches the run only as it was looked at. */
export function whereOf({ id, status, fence, round, answersText }: Looked) {
  return { id, status, fence, round, answers: answersText };
}
