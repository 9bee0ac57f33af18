/** The PostgreSQL schema: the SQLite one with another provider and another place for its client. */
export function postgresSchema(sqlite) {
  return sqlite
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace('"../lib/db/gen/sqlite"', '"../lib/db/gen/postgres"');
}
