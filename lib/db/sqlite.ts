import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { authClientOf } from './auth-client.ts';
import { claimJob } from './claim-sqlite.ts';
import type { Database } from './database.ts';
import { PrismaClient } from './gen/sqlite/client.ts';
import { type AppliedMigration, pendingMigrations, readMigrations } from './migrate.ts';
import { insertRuns } from './run-batch-sqlite.ts';
import { searchChunks } from './search.ts';
import { filterOf } from './search-filter.ts';
import { searchIndex } from './search-index-sqlite.ts';
import { searchStatements } from './search-sqlite.ts';
import { configure, SqliteAdapter } from './sqlite-adapter.ts';
import { copySqlite } from './sqlite-backup.ts';
import { openTransport } from './transport-sqlite.ts';
import { transaction, withTranslatedErrors } from './unavailable.ts';

/** Opens an SQLite file; see `openDatabase`. */
export async function openSqlite(url: string): Promise<Database> {
  const path = url.startsWith('file:///') ? fileURLToPath(url) : resolve(url.slice('file:'.length));
  mkdirSync(dirname(path), { recursive: true });
  migrate(path);

  const adapter = new SqliteAdapter({ url: path }, { timestampFormat: 'unixepoch-ms' });
  const prisma = withTranslatedErrors(
    new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 10_000 } }),
  );
  const [row] = await prisma.$queryRaw<[{ version: string }]>`SELECT sqlite_version() AS version`;

  return {
    version: `SQLite ${row.version}`,
    provider: 'sqlite',
    authClient: authClientOf(prisma),
    prisma,
    transaction: (work, options) => transaction(prisma, work, options),
    // A transaction begins IMMEDIATE: there is never a second one.
    lock: async () => {},
    claimJob: (claim) => claimJob(prisma, claim),
    insertRuns: (rows) => insertRuns(adapter, rows),
    search: (query) => searchChunks(searchStatements(prisma), query),
    filterVersions: (baseId, filter) => searchStatements(prisma).versions(baseId, filterOf(filter)),
    searchIndex,
    vectorGraphs: null,
    withoutGraphs: null,
    openTransport: async () => openTransport(prisma),
    async ping() {
      await prisma.$queryRaw`SELECT 1`;
    },
    backup: (toPath) => copySqlite({ from: path, to: toPath }),
    close: () => prisma.$disconnect(),
  };
}

function migrate(path: string): void {
  const client = new BetterSqlite3(path);
  try {
    configure(client);
    // The second process waits here, and then finds nothing left to do.
    client.exec('BEGIN IMMEDIATE');
    client.exec(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
      "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
      "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
      "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`);
    const applied = client
      .prepare('SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL')
      .all() as AppliedMigration[];
    const record = client.prepare(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES (?, ?, ?, ?, ?, 1)`,
    );
    for (const migration of pendingMigrations(readMigrations('sqlite'), applied)) {
      const startedAt = Date.now();
      client.exec(migration.sql);
      record.run(randomUUID(), migration.checksum, migration.name, startedAt, Date.now());
    }
    client.exec('COMMIT');
  } finally {
    client.close();
  }
}
