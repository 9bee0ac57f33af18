import { setImmediate as nextTurn } from 'node:timers/promises';
import { batches, RUN_COLUMNS, RUN_UPDATES, type RunRecord } from './run-batch.ts';
import type { SqliteAdapter } from './sqlite-adapter.ts';
import { translated } from './unavailable.ts';

// The join drops runs whose project was deleted meanwhile: one of them must not lose the batch.
const SQL = `
  INSERT INTO "run" (${RUN_COLUMNS.map((name) => `"${name}"`).join(', ')})
  SELECT r.* FROM (SELECT ${RUN_COLUMNS.map((name) => `? AS "${name}"`).join(', ')}) r
  JOIN "project" p ON p."id" = r."projectId" AND p."organizationId" = r."organizationId"
  WHERE true
  ON CONFLICT ("id") DO UPDATE SET ${RUN_UPDATES.map((name) => `"${name}" = excluded."${name}"`).join(', ')}
  WHERE "projectId" = excluded."projectId" AND "fence" = 0 AND "status" <> 'suspended'
    AND (excluded."status" <> 'running' OR "status" = 'running')`;

/**
 * `InsertRuns` for SQLite. Not through Prisma, whose part was a third of the cost, and row by row: to hand the batch over as
 * one JSON text and have it taken apart there took as long again.
 */
export async function insertRuns(adapter: SqliteAdapter, rows: readonly RunRecord[]): Promise<void> {
  try {
    for (const [index, batch] of batches(rows).entries()) {
      // Batches in a row would hold the event loop as if they were one.
      if (index > 0) await nextTurn();
      await adapter.writeEach(SQL, batch);
    }
  } catch (error) {
    throw translated(error);
  }
}
