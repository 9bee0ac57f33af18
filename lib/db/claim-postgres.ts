import type { Tx } from './database.ts';
import type { Claim, ClaimedJob } from './jobs.ts';

/**
 * `ClaimJob` for PostgreSQL, inside a transaction; the clock is the server's. Claims come one after the other, as the
 * jobs of a project are counted: two at the same time would both see room for one more. The lock goes with its
 * session, and a process that stands still while it holds it loses the session after five seconds.
 */
export async function claimJob(tx: Tx, claim: Claim): Promise<ClaimedJob | null> {
  await tx.$queryRawUnsafe(
    `SELECT set_config('idle_in_transaction_session_timeout', '5000', true),
       pg_advisory_xact_lock(hashtextextended('job.claim', 0))::text`,
  );
  const [job] = await tx.$queryRawUnsafe<ClaimedJob[]>(
    `UPDATE "job" SET "state" = 'running', "leaseOwner" = $1,
       "leaseUntil" = (clock_timestamp() AT TIME ZONE 'UTC') + $2::float8 * interval '1 millisecond',
       "fence" = "fence" + 1, "attempts" = "attempts" + 1
     WHERE "id" = (
       SELECT "id" FROM "job"
       WHERE "kind" IN (SELECT json_array_elements_text($3::json))
         AND (("state" = 'queued' AND "runAt" <= (clock_timestamp() AT TIME ZONE 'UTC'))
           OR ("state" = 'running' AND "leaseUntil" <= (clock_timestamp() AT TIME ZONE 'UTC')))
         AND "id" NOT IN (SELECT json_array_elements_text($4::json))
         AND ("projectId" IS NULL OR "projectId" NOT IN (
           SELECT "running"."projectId" FROM "job" AS "running"
           JOIN "project" ON "project"."id" = "running"."projectId"
           WHERE "running"."state" = 'running'
             AND "running"."leaseUntil" > (clock_timestamp() AT TIME ZONE 'UTC')
           GROUP BY "running"."projectId", "project"."concurrency"
           HAVING count(*) >= "project"."concurrency"))
       ORDER BY "runAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING "id", "kind", "payload", "projectId", "fence", "attempts", "maxAttempts"`,
    claim.owner,
    claim.leaseMs,
    JSON.stringify(claim.kinds),
    JSON.stringify(claim.except ?? []),
  );
  return job ?? null;
}
