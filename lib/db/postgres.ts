import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { authClientOf } from './auth-client.ts';
import { claimJob } from './claim-postgres.ts';
import type { Database } from './database.ts';
import { PrismaClient } from './gen/postgres/client.ts';
import type { PrismaClient as PortableClient } from './gen/sqlite/client.ts';
import { type AppliedMigration, pendingMigrations, readMigrations } from './migrate.ts';
import { insertRuns } from './run-batch-postgres.ts';
import { searchChunks } from './search.ts';
import { filterOf } from './search-filter.ts';
import { searchIndex } from './search-index-postgres.ts';
import { searchStatements } from './search-postgres.ts';
import { openTransport } from './transport-postgres.ts';
import { transaction, withTranslatedErrors } from './unavailable.ts';
import { prepareGraphs, vectorGraphs } from './vector-graphs-postgres.ts';

const OLDEST_VERSION = 150_000;

/** Any number that nobody else uses for an advisory lock in this database. */
const MIGRATION_LOCK = 7_226_301;

/** Opens a PostgreSQL database; see `openDatabase`. */
export async function openPostgres(url: string): Promise<Database> {
  const version = await migrate(url);
  const withoutGraphs = await prepareGraphs(url);
  const adapter = new PrismaPg(
    { connectionString: url, connectionTimeoutMillis: 5000 },
    // The pool drops a broken connection and makes another; the query that needed it fails and says so.
    { onPoolError: () => {}, onConnectionError: () => {} },
  );
  // The two clients are generated from one model and differ in nothing that lib/db uses.
  const client = new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 10_000 } });
  const prisma = withTranslatedErrors(client as unknown as PortableClient);

  return {
    version: `PostgreSQL ${version}`,
    provider: 'postgresql',
    authClient: authClientOf(prisma),
    prisma,
    transaction: (work, options) => transaction(prisma, work, options),
    async lock(tx, name) {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
    },
    claimJob: (claim) => transaction(prisma, (tx) => claimJob(tx, claim)),
    insertRuns: (rows) => insertRuns(prisma, rows),
    search: (query) => searchChunks(searchStatements(prisma), query),
    filterVersions: (baseId, filter) => searchStatements(prisma).versions(baseId, filterOf(filter)),
    searchIndex,
    vectorGraphs: withoutGraphs === null ? vectorGraphs(prisma, url) : null,
    withoutGraphs,
    openTransport: () => openTransport(url),
    async ping() {
      await prisma.$queryRaw`SELECT 1`;
    },
    async backup() {
      throw new Error('Back up PostgreSQL with pg_dump; this command copies an SQLite file only.');
    },
    close: () => prisma.$disconnect(),
  };
}

/** Returns the server's version. */
async function migrate(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    const { rows: about } = await client.query<{ number: number; text: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
    );
    const server = about[0]!;
    if (server.number < OLDEST_VERSION) {
      throw new Error(`Patchbay needs PostgreSQL 15 or newer; this server is ${server.text}.`);
    }
    await client.query('BEGIN');
    // The second process waits here, and then finds nothing left to do.
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
      "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
      "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`);
    const { rows: applied } = await client.query<AppliedMigration>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL',
    );
    for (const migration of pendingMigrations(readMigrations('postgres'), applied)) {
      await client.query(migration.sql);
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
         VALUES ($1, $2, $3, clock_timestamp(), 1)`,
        [randomUUID(), migration.checksum, migration.name],
      );
    }
    await client.query('COMMIT');
    return server.text.split(' ')[0]!;
  } finally {
    await client.end();
  }
}
