import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import type { Events } from '#lib/db/events.ts';
import type { Job } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** Told after a job was stored, so that a runner need not wait for its next look. */
export const JOB_ADDED = 'job.added';

const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
const LOOK_MS = 2000;

/**
 * Does one job. `signal` aborts when the job is no longer ours or the process ends. What it throws is a try that
 * failed; a FinalError is not tried again.
 */
export type JobHandler = (payload: JsonObject, signal: AbortSignal) => Promise<void>;

/** Trying again would fail the same way. */
export class FinalError extends Error {
  override name = 'FinalError';
}

export interface JobRunner {
  /** Takes no further job, and waits for the one under way; it is given up after `graceMs`, to be done elsewhere. */
  close(graceMs: number): Promise<void>;
}

export interface JobRunnerOptions {
  db: Database;
  events: Pick<Events, 'subscribe'>;
  log: Logger;
  /** By kind of job. */
  handlers: Record<string, JobHandler>;
}

/**
 * Does the jobs in the database, one at a time. A job is held by a lease: when this process dies, another one (or this
 * one, started again) takes it over after half a minute.
 */
export function startJobRunner({ db, events, log, handlers }: JobRunnerOptions): JobRunner {
  const { jobs } = repository(db, { type: 'system' });
  const owner = randomUUID();
  const kinds = Object.keys(handlers);
  let closed = false;
  let wake = () => {};
  let abort = new AbortController();
  const unsubscribe = events.subscribe(JOB_ADDED, () => wake());

  async function perform(job: Job): Promise<void> {
    abort = new AbortController();
    const renewal = setInterval(() => {
      jobs
        .renew(job, LEASE_MS)
        .then((ours) => ours || abort.abort(new Error('the job was taken over')))
        .catch((error) => log.warn({ err: error, jobId: job.id }, 'the lease of a job was not renewed'));
    }, RENEW_MS);
    try {
      await handlers[job.kind]!(job.payload, abort.signal);
      await jobs.finish(job);
    } catch (error) {
      if (closed) return;
      const final = error instanceof FinalError;
      const outcome = await jobs.fail(job, error instanceof Error ? error.message : String(error), { final });
      log.warn({ err: error, jobId: job.id, kind: job.kind, outcome }, 'a job failed');
    } finally {
      clearInterval(renewal);
    }
  }

  async function work(): Promise<void> {
    while (!closed) {
      try {
        const job = await jobs.claim({ kinds, owner, leaseMs: LEASE_MS });
        if (job) {
          await perform(job);
          continue;
        }
      } catch (error) {
        log.error({ err: error }, 'the job queue does not answer');
      }
      if (!closed) await pause();
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const working = work();
  return {
    async close(graceMs) {
      closed = true;
      unsubscribe();
      wake();
      const timer = setTimeout(() => abort.abort(new Error('the process ends')), graceMs);
      await working;
      clearTimeout(timer);
    },
  };
}
