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
}

/** A job as the database hands it out; payload is JSON. */
export interface ClaimedJob {
  id: string;
  kind: string;
  payload: string;
  fence: number;
  attempts: number;
  maxAttempts: number;
}

/** Takes the oldest job that is due, or whose holder let its lease run out; null when there is none. */
export type ClaimJob = (claim: Claim) => Promise<ClaimedJob | null>;

export interface Job {
  id: string;
  kind: string;
  payload: JsonObject;
  /** To be shown when finishing: a holder whose lease ran out has an old one, and is refused. */
  fence: number;
  /** 1 for the first. */
  attempt: number;
  /** Its holder went away each time it was tried: do not try again, but fail it. */
  exhausted: boolean;
}

/** First pause before a failed job is tried again, in ms; it doubles. */
const RETRY_MS = 2000;

/** Stores a job inside a transaction, so that it exists if and only if what it is for exists. */
export async function addJob(
  tx: Tx,
  kind: string,
  payload: JsonObject,
  options: { runAt?: Date; maxAttempts?: number } = {},
): Promise<string> {
  const { id } = await tx.job.create({
    data: {
      kind,
      payload: JSON.stringify(payload),
      runAt: options.runAt ?? new Date(),
      maxAttempts: options.maxAttempts ?? 3,
    },
    select: { id: true },
  });
  return id;
}

/** The job queue. Jobs carry ids; who may cause one is decided where it is enqueued. System only. */
export function jobsOf(database: Database, principal: Principal) {
  requireSystem(principal);
  const { prisma } = database;

  return {
    /** Durable when it returns. Answers the job's id. */
    enqueue(
      kind: string,
      payload: JsonObject,
      options?: { runAt?: Date; maxAttempts?: number },
    ): Promise<string> {
      return addJob(prisma, kind, payload, options);
    },

    /** Takes the oldest job that is due, or whose holder let its lease run out; null when there is none. */
    async claim(claim: Claim): Promise<Job | null> {
      const job = await database.claimJob(claim);
      if (!job) return null;
      const attempt = Number(job.attempts);
      return {
        id: job.id,
        kind: job.kind,
        payload: JSON.parse(job.payload) as JsonObject,
        fence: Number(job.fence),
        attempt,
        exhausted: attempt > Number(job.maxAttempts),
      };
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

    /** Tries again later, or gives up when it was the last attempt; says which. `lost`: no longer the caller's. */
    async fail(
      job: Job,
      message: string,
      options: { final?: boolean } = {},
    ): Promise<'again' | 'failed' | 'lost'> {
      const held = { id: job.id, fence: job.fence, state: 'running' };
      const row = await prisma.job.findFirst({ where: held, select: { maxAttempts: true } });
      if (!row) return 'lost';
      const again = !options.final && job.attempt < row.maxAttempts;
      const { count } = await prisma.job.updateMany({
        where: held,
        data: {
          leaseOwner: null,
          leaseUntil: null,
          error: message.slice(0, 2000),
          ...(again
            ? { state: 'queued', runAt: new Date(Date.now() + RETRY_MS * 2 ** (job.attempt - 1)) }
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
