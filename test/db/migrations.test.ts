import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';

/** Written in JavaScript, as it runs before anything is built. */
const { schemaChanges, migrationHistory } = (await import(
  join(import.meta.dirname, '../../scripts/schema-changes.mjs')
)) as {
  schemaChanges(provider: string, url: string): Promise<string>;
  migrationHistory(provider: string, url: string): Promise<Record<string, unknown>>;
};

const root = join(import.meta.dirname, '../..');

describe.each(DATABASES)('migrations of $name', ({ name, create }) => {
  const provider = name === 'SQLite' ? 'sqlite' : 'postgres';
  let empty: EmptyDatabase;

  beforeAll(async () => {
    empty = await create();
    await (await openDatabase(empty.url)).close();
  });
  afterAll(() => empty?.remove());

  const statements = (sql: string) => sql.split('\n').filter((line) => line.trim() && !line.startsWith('--'));

  it('make what the model says', async () => {
    expect(statements(await schemaChanges(provider, empty.url))).toEqual([]);
  });

  it('that were left out would be noticed (positive control)', async () => {
    const other = await create();
    try {
      const database = await openDatabase(other.url);
      await database.prisma.$executeRawUnsafe('ALTER TABLE "project" DROP COLUMN "instructions"');
      await database.close();

      const changes = await schemaChanges(provider, other.url);

      expect(changes).toContain('"instructions" TEXT');
    } finally {
      await other.remove();
    }
  });

  it('that index more rows than the model says would be noticed (positive control)', async () => {
    const other = await create();
    try {
      const database = await openDatabase(other.url);
      await database.prisma.$executeRawUnsafe('DROP INDEX "run_leaseUntil_idx"');
      await database.prisma.$executeRawUnsafe('CREATE INDEX "run_leaseUntil_idx" ON "run"("leaseUntil")');
      await database.close();

      expect(await schemaChanges(provider, other.url)).toMatch(/"run_leaseUntil_idx".* WHERE /);
    } finally {
      await other.remove();
    }
  });

  it('are recorded as the command line of Prisma records them', async () => {
    expect(await migrationHistory(provider, empty.url)).toMatchObject({
      hasMigrationsTable: true,
      history: null,
      editedMigrationNames: [],
      failedMigrationNames: [],
    });
  });

  it('exist for both databases under the same names', () => {
    const namesOf = (folder: string) =>
      readdirSync(join(root, 'prisma/migrations', folder)).filter((entry) => !entry.includes('.'));

    expect(namesOf(provider)).toEqual(namesOf('sqlite'));
    expect(namesOf(provider).length).toBeGreaterThan(0);
  });
});

describe('the model', () => {
  it('uses types that both databases have', () => {
    const model = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8').replace(/\/\/.*$/gm, '');

    expect(model).not.toMatch(/^\s*enum /m);
    expect(model).not.toMatch(/\b(String|Int|Float|Boolean|DateTime)\[\]/);
    expect(model).not.toMatch(/\s(Json|Decimal|BigInt)\b/);
    expect(model).not.toContain('@db.');
  });
});
