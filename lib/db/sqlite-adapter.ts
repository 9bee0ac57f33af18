import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type BetterSqlite3 from 'better-sqlite3';

type Connected = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>;
type Transaction = Awaited<ReturnType<Connected['startTransaction']>>;

type SqlValue = string | number | null;

/** What this process waits for another process's write to end, in ms, before a query fails. */
export const BUSY_TIMEOUT_MS = 5000;

/**
 * Prisma's adapter with three of its faults mended:
 * - It holds one connection and lets a query that belongs to no transaction run in the middle of one: the query would
 *   be rolled back with it after its caller was told that it was stored. Here such a query waits.
 * - Its transactions read first and take the lock when they write, which fails at once when another process wrote in
 *   between. Here they begin IMMEDIATE.
 * - When a transaction cannot begin, no later one ever does. Here the next one can.
 */
export class SqliteAdapter extends PrismaBetterSqlite3 {
  /** Runs a statement once for each row of values; all or nothing, and in one turn. Throws what SQLite says. */
  writeEach: (sql: string, rows: readonly SqlValue[][]) => Promise<void> = () => {
    throw new Error('Connect first.');
  };

  override async connect(): Promise<Connected> {
    const adapter = await super.connect();
    const { client } = adapter as Connected & { client: BetterSqlite3.Database };
    configure(client);

    /** The transaction that is open, until it is over. */
    let current: Promise<void> | null = null;
    /** The last one that was asked for: they come in this order. */
    let last: Promise<void> = Promise.resolve();
    const { queryRaw, executeRaw, startTransaction } = adapter;
    // Between the look and the query there must be no turn: another transaction could begin in it.
    adapter.queryRaw = async (query) => {
      while (current) await current;
      return queryRaw.call(adapter, query);
    };
    adapter.executeRaw = async (query) => {
      while (current) await current;
      return executeRaw.call(adapter, query);
    };
    adapter.startTransaction = async (isolation) => {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      current = promise;
      const close = () => {
        if (current === promise) current = null;
        resolve();
      };
      try {
        await executeRaw.call(adapter, { sql: 'BEGIN IMMEDIATE', args: [], argTypes: [] });
        return closing(await startTransaction.call(adapter, isolation), client, close);
      } catch (error) {
        if (client.inTransaction) client.exec('ROLLBACK');
        close();
        throw error;
      }
    };
    const statements = new Map<string, BetterSqlite3.Statement>();
    const runEach = client.transaction((sql: string, rows: readonly SqlValue[][]) => {
      const statement = statements.get(sql) ?? client.prepare(sql);
      statements.set(sql, statement);
      for (const row of rows) statement.run(row);
    });
    this.writeEach = async (sql, rows) => {
      while (current) await current;
      runEach.immediate(sql, rows);
    };
    // The adapter's own BEGIN comes when the transaction has begun.
    const prepare = client.prepare.bind(client);
    client.prepare = ((sql: string) => prepare(sql === 'BEGIN' ? 'SELECT 1' : sql)) as typeof client.prepare;
    return adapter;
  }
}

/** Durability and manners of a connection. `FULL` makes every commit survive a power cut. */
export function configure(client: BetterSqlite3.Database): void {
  client.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  client.pragma('journal_mode = WAL');
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('trusted_schema = OFF');
}

/** The transaction, with `close` called when it is over, in whichever way. */
function closing(transaction: Transaction, client: BetterSqlite3.Database, close: () => void): Transaction {
  const { commit, rollback } = transaction;
  transaction.commit = () => commit.call(transaction).finally(close);
  transaction.rollback = () => {
    // After a COMMIT that failed (disk full) the transaction is still open, and Prisma sends no ROLLBACK.
    if (client.inTransaction) client.exec('ROLLBACK');
    return rollback.call(transaction).finally(close);
  };
  return transaction;
}
