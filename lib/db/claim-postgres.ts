import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Claim, ClaimedJob } from './jobs.ts';

/** `ClaimJob` for PostgreSQL: rows that another replica is claiming are skipped; the clock is the server's. */
export async function claimJob(prisma: PrismaClient, claim: Claim): Promise<ClaimedJob | null> {
  const [job] = await prisma.$queryRawUnsafe<ClaimedJob[]>(
    `UPDATE "job" SET "state" = 'running', "leaseOwner" = $1,
       "leaseUntil" = (now() AT TIME ZONE 'UTC') + $2::float8 * interval '1 millisecond',
       "fence" = "fence" + 1, "attempts" = "attempts" + 1
     WHERE "id" = (
       SELECT "id" FROM "job"
       WHERE "kind" IN (SELECT json_array_elements_text($3::json))
         AND (("state" = 'queued' AND "runAt" <= (now() AT TIME ZONE 'UTC'))
           OR ("state" = 'running' AND "leaseUntil" <= (now() AT TIME ZONE 'UTC')))
       ORDER BY "runAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING "id", "kind", "payload", "fence", "attempts", "maxAttempts"`,
    claim.owner,
    claim.leaseMs,
    JSON.stringify(claim.kinds),
  );
  return job ?? null;
}
