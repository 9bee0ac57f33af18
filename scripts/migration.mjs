/**
 * `node scripts/migration.mjs <name>`: writes the next migration for both databases, from what the committed
 * migrations make of an empty database to what prisma/schema.prisma says. What the model cannot express
 * (full-text search, triggers) is appended by hand to the files this writes. Needs PostgreSQL, as the tests do.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../lib/db/client.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { schemaChanges } from './schema-changes.mjs';

const name = process.argv[2];
if (!/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  console.error('Usage: node scripts/migration.mjs <name>, for example add_run_labels');
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), 'patchbay-migration-'));
const postgres = await startPostgres();
try {
  await write('sqlite', `file:${join(scratch, 'migrated.db')}`);
  await write('postgres', postgres.url);
} finally {
  await postgres.stop();
  rmSync(scratch, { recursive: true });
}

async function write(provider, url) {
  const migrations = join(import.meta.dirname, '../prisma/migrations', provider);
  mkdirSync(migrations, { recursive: true });
  const earlier = readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const migrated = await openDatabase(url);
  await migrated.close();
  const sql = await schemaChanges(provider, url);

  const folder = join(migrations, `${String(earlier.length + 1).padStart(4, '0')}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  const lock = `provider = "${provider === 'postgres' ? 'postgresql' : provider}"\n`;
  writeFileSync(join(migrations, 'migration_lock.toml'), lock);
  console.log(join(folder, 'migration.sql'));
}
