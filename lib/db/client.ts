import type { Database } from './database.ts';

export type { Database } from './database.ts';

/**
 * Opens a database and brings it up to date: `file:<path>` (SQLite; folder and file are made) or
 * `postgres://…`. Safe when several processes open the same new one at once. Throws when it cannot be reached,
 * when the server is older than PostgreSQL 15, or when an applied migration was edited.
 *
 * One handle per process: SQLite waits for the lock of another handle without giving up the thread, so that two in
 * one process can wait for each other until the time-out.
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url);
  }
  if (url.startsWith('postgres://') || url.startsWith('postgresql://')) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url);
  }
  throw new Error('DATABASE_URL must start with file: (SQLite) or postgres:// (PostgreSQL).');
}
