import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError } from '#lib/db/app-error.ts';
import type { Database } from '#lib/db/database.ts';
import type { Events } from '#lib/db/events.ts';
import { JOB_ADDED, type Job } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import { Abandoned } from '#lib/engine/errors.ts';

/**
 * Does one job. When it returns the job is done; when it throws, the job is tried again later, unless this was the last
 * attempt (`job.last`) or the error says that another would not help (an AppError other than `unavailable`). It ends
 * soon after `signal` aborts, which is when the job was handed to somebody else (`JobLost`) or the process stops
 * (`Stopping`: the attempt does not count). A job that is `exhausted` ended its process each time: the handler cleans
 * up after it, and throws.
 */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<void>;

/** Why a handler's signal aborts: another process has the job, and what is done here no longer counts. */
export class JobLost extends Abandoned {
  override name = 'JobLost';
}

/** Thrown by a handler that lets others of its kind go first: the job is taken up again after them. */
export class TurnOver extends Error {
  override name = 'TurnOver';
}

/** Why a handler's signal aborts: this process ends, another one will do the job. */
export class Stopping extends Abandoned {
  override name = 'Stopping';
}

export interface JobRunner {
  /** There is a new job, or room for one: do not wait for the next look at the queue. */
  wake(): void;
  /** Takes no more jobs, waits `graceMs` for those under way, then aborts them and hands them back. */
  stop(graceMs?: number): Promise<void>;
}

export interface JobRunnerOptions {
  /** Jobs of this process at one time; 10 unless said. */
  concurrency?: number;
  /** Jobs of one kind in this process at one time, where it is fewer. */
  limits?: Readonly<Record<string, number>>;
  /** ms until another process may take over a job whose holder is silent. */
  leaseMs?: number;
  renewMs?: number;
  pollMs?: number;
}

/** What the runner needs of an App. */
export interface JobRunnerApp {
  db: Database;
  events: Pick<Events, 'publish' | 'subscribe'>;
  log: Logger;
}

const GRACE_MS = 5000;
/** What handlers get to end once their signal has aborted; the lease of one that does not runs out by itself. */
const ABORT_MS = 3000;
/** Between two looks at the queue; whoever adds a job says so, this finds what nobody was there to hear. */
const POLL_MS = 5000;

/**
 * Does the jobs of the queue, of the kinds it has handlers for. Any number of processes may run it on one database: a
 * job is leased to one of them, and taken over when its holder is silent for `leaseMs`.
 */
export function startJobRunner(
  app: JobRunnerApp,
  handlers: Readonly<Record<string, JobHandler>>,
  options: JobRunnerOptions = {},
): JobRunner {
  const { concurrency = 10, limits = {}, leaseMs = 30_000, renewMs = 10_000, pollMs = POLL_MS } = options;
  const { jobs } = repository(app.db, { type: 'system' });
  const owner = randomUUID();
  const kinds = Object.keys(handlers);
  const under = new Map<string, { kind: string; abort: AbortController; done: Promise<void> }>();
  let stopped = false;
  let taking: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | null = null;

  const unsubscribe = app.events.subscribe(JOB_ADDED, wake);
  wake();

  function wake(): void {
    again = true;
    if (stopped || taking) return;
    if (timer) clearTimeout(timer);
    timer = null;
    taking = take()
      .catch((error: unknown) => {
        app.log.error({ err: error }, 'jobs could not be taken from the queue; it is looked at again');
        return pollMs;
      })
      .then((pause) => {
        taking = null;
        if (stopped) return;
        // Also when somebody said so after the last look at the queue.
        if (again) wake();
        else timer = setTimeout(wake, pause).unref();
      });
  }

  /** Takes jobs while there are some and there is room; answers the ms until the next look. */
  async function take(): Promise<number> {
    again = false;
    while (!stopped) {
      const free = freeKinds();
      if (free.length === 0) return pollMs;
      const job = await jobs.claim({ kinds: free, owner, leaseMs, except: [...under.keys()] });
      if (!job) break;
      begin(job);
    }
    if (again) return 0;
    const due = await jobs.nextDue(kinds);
    return due === null ? pollMs : Math.min(pollMs, Math.max(0, due.getTime() - Date.now()) + 1);
  }

  function freeKinds(): string[] {
    if (under.size >= concurrency) return [];
    return kinds.filter((kind) => {
      const limit = limits[kind];
      if (limit === undefined) return true;
      let count = 0;
      for (const job of under.values()) if (job.kind === kind) count += 1;
      return count < limit;
    });
  }

  function begin(job: Job): void {
    const abort = new AbortController();
    const done = work(job, abort)
      .catch((error: unknown) => {
        app.log.error({ err: error, job: job.id }, 'the end of a job could not be stored; it is done again');
      })
      .finally(() => {
        under.delete(job.id);
        wake();
      });
    under.set(job.id, { kind: job.kind, abort, done });
    // Stopped while it was being claimed.
    if (stopped) abort.abort(new Stopping('The process stops.'));
  }

  async function work(job: Job, abort: AbortController): Promise<void> {
    const { signal } = abort;
    const endRenewal = renew(job, abort);
    try {
      await handlers[job.kind]!(job, signal);
      if (signal.reason instanceof JobLost) return;
      await jobs.finish(job);
    } catch (error) {
      if (signal.reason instanceof JobLost) return;
      if (signal.reason instanceof Stopping) await jobs.release(job);
      else if (error instanceof TurnOver) await jobs.release(job, { behindOthers: true });
      else await failed(job, error);
    } finally {
      endRenewal();
    }
    // Another process may take it now, or another job of the project.
    if (job.projectId !== null || signal.aborted) app.events.publish(JOB_ADDED, null);
  }

  async function failed(job: Job, error: unknown): Promise<void> {
    const final = job.exhausted || (error instanceof AppError && error.code !== 'unavailable');
    const message = error instanceof Error ? error.message : String(error);
    const outcome = await jobs.fail(job, message, { final });
    const facts = { err: error, job: job.id, kind: job.kind, attempt: job.attempt, outcome };
    if (error instanceof AppError) app.log.info(facts, 'a job failed');
    else app.log.error(facts, 'a job failed unexpectedly');
  }

  /**
   * Keeps the lease up while the job is done, and aborts when it is lost: somebody else has it, or the database was
   * away for so long that somebody else may. Returns what ends it.
   */
  function renew(job: Job, abort: AbortController): () => void {
    let held = performance.now();
    const lose = () => abort.abort(new JobLost('Another process has taken over.'));
    const renewal = setInterval(() => {
      const asked = performance.now();
      if (asked - held >= leaseMs) return lose();
      jobs.renew(job, leaseMs).then(
        (ours) => {
          if (ours) held = asked;
          else lose();
        },
        (error: unknown) => app.log.warn({ err: error, job: job.id }, 'a lease could not be renewed'),
      );
    }, renewMs);
    return () => clearInterval(renewal);
  }

  return {
    wake,
    async stop(graceMs = GRACE_MS) {
      stopped = true;
      unsubscribe();
      if (timer) clearTimeout(timer);
      await taking;
      const ended = Promise.all([...under.values()].map(({ done }) => done));
      await within(ended, graceMs);
      for (const { abort } of under.values()) abort.abort(new Stopping('The process stops.'));
      await within(ended, ABORT_MS);
    },
  };
}

/** Resolves with the work, or after so many ms. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController();
  const over = sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([work, over]);
  timer.abort();
}
