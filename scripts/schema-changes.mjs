import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { postgresSchema } from './postgres-schema.mjs';

/** Tables that migrations make by hand and the model does not know: the full-text index of chunks. */
const BY_HAND = {
  sqlite: ['', '_config', '_content', '_data', '_docsize', '_idx'].map((part) => `chunk_search${part}`),
  postgres: ['public.chunk_search'],
};

/**
 * The SQL that takes the database at `url` (`file:…` or `postgres://…`) to what prisma/schema.prisma says.
 * A database without drift gives a text without statements.
 */
export function schemaChanges(provider, url) {
  return withEngine(provider, url, async (engine, files) => {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: filtersOf(provider),
    });
    return stdout ?? '';
  });
}

/** What Prisma's command line would say of the migrations of the database at `url`: null fields mean "in order". */
export function migrationHistory(provider, url) {
  return withEngine(provider, url, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: migrationsList(provider),
      optInToShadowDatabase: false,
      filters: filtersOf(provider),
    }),
  );
}

/** Prisma's schema engine as WebAssembly, on a database: nothing is downloaded. */
async function withEngine(provider, url, use) {
  const text = readFileSync(join(import.meta.dirname, '../prisma/schema.prisma'), 'utf8');
  const content = provider === 'postgres' ? postgresSchema(text) : text;
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm');
  const adapter =
    provider === 'postgres'
      ? new PrismaPg(catalogPool(url), { disposeExternalPool: true })
      : plainQuotes(new PrismaBetterSqlite3({ url }));
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    return await use(engine, [{ path: 'schema.prisma', content }]);
  } finally {
    engine.free();
  }
}

function filtersOf(provider) {
  return { externalTables: BY_HAND[provider], externalEnums: [] };
}

function migrationsList(provider) {
  const baseDir = join(import.meta.dirname, '../prisma/migrations', provider);
  const read = (path) => readFileSync(join(baseDir, path), 'utf8');
  const folders = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: folders.map(({ name }) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: read(join(name, 'migration.sql')) },
      },
    })),
  };
}

/** The schema engine asks for indexes by names in double quotes, which this build of SQLite reads as columns. */
function plainQuotes(factory) {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = (query) =>
      queryRaw({ ...query, sql: query.sql.replace(/(type = 'index' AND name = )"(\w+)"/, "$1'$2'") });
    return adapter;
  };
  return factory;
}

/** Type numbers of PostgreSQL. */
const CHAR = 18;
const TEXT = 25;

/** The schema engine reads columns of the type "char" from the system catalog, which Prisma's adapter does not know. */
function catalogPool(url) {
  const pool = new pg.Pool({ connectionString: url });
  const query = pool.query.bind(pool);
  pool.query = async (...args) => {
    const result = await query(...args);
    for (const field of result.fields ?? []) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    return result;
  };
  return pool;
}
