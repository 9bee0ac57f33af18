import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PrismaClient } from './gen/sqlite/client.ts';
import { batches, RUN_COLUMNS, RUN_UPDATES, type RunRecord } from './run-batch.ts';

// The join drops runs whose project was deleted meanwhile: one of them must not lose the batch.
const SQL = `
  INSERT INTO "run" (${RUN_COLUMNS.map((name) => `"${name}"`).join(', ')})
  SELECT ${RUN_COLUMNS.map((_, index) => `r.value ->> ${index}`).join(', ')}
  FROM json_each(?) r
  JOIN "project" p ON p."id" = r.value ->> 2 AND p."organizationId" = r.value ->> 1
  WHERE true
  ON CONFLICT ("id") DO UPDATE SET ${RUN_UPDATES.map((name) => `"${name}" = excluded."${name}"`).join(', ')}
  WHERE "projectId" = excluded."projectId" AND "fence" = 0 AND "status" <> 'suspended'
    AND (excluded."status" <> 'running' OR "status" = 'running')`;

/** `InsertRuns` for SQLite. */
export async function insertRuns(prisma: PrismaClient, rows: readonly RunRecord[]): Promise<void> {
  for (const [index, batch] of batches(rows).entries()) {
    // Statements in a row would hold the event loop as if they were one.
    if (index > 0) await nextTurn();
    await prisma.$executeRawUnsafe(SQL, batch);
  }
}
