import type { Prisma, PrismaClient } from './gen/sqlite/client.ts';
import type { ClaimJob } from './jobs.ts';
import type { InsertRuns } from './run-batch.ts';
import type { FilterVersions, Search } from './search.ts';
import type { SearchIndex } from './search-index.ts';
import type { Transport } from './transport.ts';
import type { VectorGraphs } from './vector-graphs.ts';

export interface TransactionOptions {
  /** ms after which it is rolled back; 10,000 unless said. On SQLite everybody else waits to write meanwhile. */
  timeoutMs?: number;
}

/** A client inside a transaction. Inside `Database.transaction` only this one may be used. */
export type Tx = Prisma.TransactionClient;

/**
 * An open database. Whatever it is asked while it does not answer (connection lost, disk full, locked for too long)
 * throws AppError `unavailable`; it goes on by itself when the trouble is over. `lib/db/sqlite.ts` and `lib/db/postgres.ts` each make one; nobody else knows which it is.
 * What is not portable is a member here, with one file for each of the two.
 */
export interface Database {
  /** For the system page: `SQLite 3.50.4`. */
  readonly version: string;
  /** Prisma's name for it. */
  readonly provider: 'sqlite' | 'postgresql';
  /** For better-auth's Prisma adapter, which keeps the tables of users and sessions. */
  readonly authClient: object;
  /** Prisma's client. Only lib/db reads it. */
  readonly prisma: PrismaClient;
  /** All or nothing. Rolled back when `work` throws; throws what `work` throws. Keep it short: on SQLite all other queries wait. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Inside a transaction: waits until no other transaction holds `name`, and holds it until the end. */
  lock(tx: Tx, name: string): Promise<void>;
  readonly claimJob: ClaimJob;
  readonly insertRuns: InsertRuns;
  readonly search: Search;
  readonly filterVersions: FilterVersions;
  readonly searchIndex: SearchIndex;
  /** PostgreSQL with pgvector; null elsewhere, where the exact search is all there is. */
  readonly vectorGraphs: VectorGraphs | null;
  /** Why a database that could have graphs has none, for the log. */
  readonly withoutGraphs: string | null;
  /** Carries events between processes. */
  openTransport(): Promise<Transport>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /** A consistent copy while the program runs, in a new file. SQLite only; PostgreSQL has pg_dump, and says so. */
  backup(toPath: string): Promise<void>;
  close(): Promise<void>;
}
