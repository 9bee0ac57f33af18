import type { PrismaClient } from './gen/sqlite/client.ts';
import type { Claim, ClaimedJob } from './jobs.ts';

/** `ClaimJob` for SQLite: one statement, and only one process writes at a time. */
export async function claimJob(prisma: PrismaClient, claim: Claim): Promise<ClaimedJob | null> {
  const now = Date.now();
  const [job] = await prisma.$queryRawUnsafe<ClaimedJob[]>(
    `UPDATE "job" SET "state" = 'running', "leaseOwner" = ?, "leaseUntil" = ?,
       "fence" = "fence" + 1, "attempts" = "attempts" + 1
     WHERE "id" = (
       SELECT "id" FROM "job"
       WHERE "kind" IN (SELECT value FROM json_each(?))
         AND (("state" = 'queued' AND "runAt" <= ?) OR ("state" = 'running' AND "leaseUntil" <= ?))
         AND "id" NOT IN (SELECT value FROM json_each(?))
         AND ("projectId" IS NULL OR "projectId" NOT IN (
           SELECT "running"."projectId" FROM "job" AS "running"
           JOIN "project" ON "project"."id" = "running"."projectId"
           WHERE "running"."state" = 'running' AND "running"."leaseUntil" > ?
           GROUP BY "running"."projectId", "project"."concurrency"
           HAVING count(*) >= "project"."concurrency"))
       ORDER BY "runAt" LIMIT 1)
     RETURNING "id", "kind", "payload", "projectId", "fence", "attempts", "maxAttempts"`,
    claim.owner,
    now + claim.leaseMs,
    JSON.stringify(claim.kinds),
    now,
    now,
    JSON.stringify(claim.except ?? []),
    now,
  );
  return job ?? null;
}
