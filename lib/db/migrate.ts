import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One committed migration. */
export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file, as Prisma's own command line computes it. */
  checksum: string;
}

/** A row of `_prisma_migrations`, as far as it matters here. */
export interface AppliedMigration {
  migration_name: string;
  checksum: string;
}

/** All migrations of a database, oldest first. */
export function readMigrations(provider: 'sqlite' | 'postgres'): Migration[] {
  const folder = join(import.meta.dirname, '../../prisma/migrations', provider);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const content = readFileSync(join(folder, name, 'migration.sql'));
      return {
        name,
        sql: content.toString('utf8'),
        checksum: createHash('sha256').update(content).digest('hex'),
      };
    });
}

/**
 * The migrations still to apply. Throws when an applied one was edited afterwards: nobody can then say what
 * the database looks like. Migrations this code does not know are left alone, so that the previous version of
 * the program still runs beside the next one during an update.
 */
export function pendingMigrations(
  all: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const known = new Map(applied.map((row) => [row.migration_name, row.checksum]));
  for (const migration of all) {
    const checksum = known.get(migration.name);
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new Error(
        `The migration ${migration.name} was changed after it had been applied to this database. ` +
          'Restore the file as it was released, and put the change into a new migration.',
      );
    }
  }
  return all.filter((migration) => !known.has(migration.name));
}
