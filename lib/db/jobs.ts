import type { JsonObject } from '#lib/workflow/json.ts';
import { requireSystem } from './access.ts';
import type { Database, Tx } from './database.ts';
import type { Principal } from './principal.ts';

export interface Claim {
  /** Kinds of job the caller can do. */
  kinds: readonly string[];
  /** Names the process. */
  owner: string;
  /** ms until another process may take the job over; `renew` puts it off. */
  leaseMs: number;
  /** Ids of jobs the caller is at: not to be handed to it again, even when the clock has jumped over their leases. */
  except?: readonly string[];
}

/** A job as the database hands it out; payload is JSON. */
export interface ClaimedJob {
  id: string;
  kind: string;
  payload: string;
  projectId: string | null;
  fence: number;
  attempts: number;
  maxAttempts: number;
}

/**
 * Takes the oldest job that is due, or whose holder let its lease run out; null when there is none. Of the jobs of a
 * project never more than its `concurrency` run at once, whoever claims them and when.
 */
export type ClaimJob = (claim: Claim) => Promise<ClaimedJob | null>;

export interface Job {
  id: string;
  kind: string;
  payload: JsonObject;
  projectId: string | null;
  /** To be shown when finishing: a holder whose lease ran out has an old one, and is refused. */
  fence: number;
  /** 1 for the first. */
  attempt: number;
  /** When this attempt fails, no other follows. */
  last: boolean;
  /** Its holder went away each time it was tried: do not try again, but fail it. */
  exhausted: boolean;
}

export interface JobOptions {
  /** Now, unless said. */
  runAt?: Date;
  /** In all, the first included; 3 unless said. */
  maxAttempts?: number;
  /** Counts the job against what the project lets run at once. */
  projectId?: string;
}

/** Published, with no payload, when there is a job to do: runners need not wait for their next look. */
export const JOB_ADDED = 'job.added';

/** First pause before a failed job is tried again, in ms; it doubles up to the longest. */
const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 10 * 60_000;

/** Stores a job inside a transaction, so that it exists if and only if what it is for exists. */
export async function addJob(
  tx: Tx,
  kind: string,
  payload: JsonObject,
  options: JobOptions = {},
): Promise<string> {
  const { id } = await tx.job.create({
    data: {
      kind,
      payload: JSON.stringify(payload),
      runAt: options.runAt ?? new Date(),
      maxAttempts: options.maxAttempts ?? 3,
      projectId: options.projectId ?? null,
    },
    select: { id: true },
  });
  return id;
}

/**
 * Inside a transaction: whether a job is still the caller's. Until the transaction ends nobody can take it over, so that
 * what is stored in it is stored by whoever has the job.
 */
export async function holdJob(tx: Tx, { id, fence }: Pick<Job, 'id' | 'fence'>): Promise<boolean> {
  const { count } = await tx.job.updateMany({
    where: { id, fence, state: 'running' },
    data: { state: 'running' },
  });
  return count === 1;
}

/** The job queue. Jobs carry ids; who may cause one is decided where it is enqueued. System only. */
export function jobsOf(database: Database, principal: Principal) {
  requireSystem(principal);
  const { prisma } = database;

  return {
    /** Durable when it returns. Answers the job's id. */
    enqueue(kind: string, payload: JsonObject, options?: JobOptions): Promise<string> {
      return addJob(prisma, kind, payload, options);
    },

    /** See `ClaimJob`. */
    async claim(claim: Claim): Promise<Job | null> {
      const job = await database.claimJob(claim);
      if (!job) return null;
      const attempt = Number(job.attempts);
      return {
        id: job.id,
        kind: job.kind,
        payload: JSON.parse(job.payload) as JsonObject,
        projectId: job.projectId,
        fence: Number(job.fence),
        attempt,
        last: attempt >= Number(job.maxAttempts),
        exhausted: attempt > Number(job.maxAttempts),
      };
    },

    /** When the next job of these kinds becomes due that is not yet; null when none waits for its time. */
    async nextDue(kinds: readonly string[]): Promise<Date | null> {
      const { _min } = await prisma.job.aggregate({
        where: { state: 'queued', kind: { in: [...kinds] }, runAt: { gt: new Date() } },
        _min: { runAt: true },
      });
      return _min.runAt;
    },

    /** Puts the end of the lease off; false when the job is no longer the caller's, which must then stop. */
    async renew(job: Pick<Job, 'id' | 'fence'>, leaseMs: number): Promise<boolean> {
      const { count } = await prisma.job.updateMany({
        where: { id: job.id, fence: job.fence, state: 'running' },
        data: { leaseUntil: new Date(Date.now() + leaseMs) },
      });
      return count === 1;
    },

    /** False when the job is no longer the caller's: somebody else does it, and what was done here does not count. */
    async finish(job: Pick<Job, 'id' | 'fence'>): Promise<boolean> {
      const { count } = await prisma.job.updateMany({
        where: { id: job.id, fence: job.fence, state: 'running' },
        data: { state: 'done', leaseOwner: null, leaseUntil: null, finishedAt: new Date(), error: null },
      });
      return count === 1;
    },

    /** Whether a job of the kind is due that nobody is at. */
    async waits(kind: string): Promise<boolean> {
      const where = { kind, state: 'queued', runAt: { lte: new Date() } };
      return (await prisma.job.findFirst({ where, select: { id: true } })) !== null;
    },

    /** Hands a job back that was not done, for a reason that is not its own: this attempt does not count. */
    async release(
      job: Pick<Job, 'id' | 'fence'>,
      { behindOthers = false }: { behindOthers?: boolean } = {},
    ): Promise<boolean> {
      const { count } = await prisma.job.updateMany({
        where: { id: job.id, fence: job.fence, state: 'running' },
        data: {
          ...{ state: 'queued', leaseOwner: null, leaseUntil: null, attempts: { decrement: 1 } },
          ...(behindOthers && { runAt: new Date() }),
        },
      });
      return count === 1;
    },

    /**
     * Tries again later, or gives up when it was the last attempt (or `final`); says which. `lost`: no longer the
     * caller's.
     */
    async fail(
      job: Job,
      message: string,
      options: { final?: boolean } = {},
    ): Promise<'again' | 'failed' | 'lost'> {
      const again = !options.final && !job.last;
      const pause = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (job.attempt - 1));
      const { count } = await prisma.job.updateMany({
        where: { id: job.id, fence: job.fence, state: 'running' },
        data: {
          leaseOwner: null,
          leaseUntil: null,
          error: message.slice(0, 2000),
          ...(again
            ? { state: 'queued', runAt: new Date(Date.now() + pause) }
            : { state: 'failed', finishedAt: new Date() }),
        },
      });
      if (count === 0) return 'lost';
      return again ? 'again' : 'failed';
    },

    /** Forgets finished jobs older than this; answers how many. */
    async prune(olderThan: Date): Promise<number> {
      const { count } = await prisma.job.deleteMany({
        where: { state: { in: ['done', 'failed'] }, finishedAt: { lt: olderThan } },
      });
      return count;
    },
  };
}
