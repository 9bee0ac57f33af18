import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { openDatabase } from '#lib/db/client.ts';
import { openEvents } from '#lib/db/events.ts';
import { INGEST_JOB } from '#lib/db/ingest-turns.ts';
import { readMigrations } from '#lib/db/migrate.ts';
import { ingestion } from '#lib/knowledge/ingest.ts';
import { startJobRunner } from '#lib/operations/job-runner.ts';
import { createLog } from '#lib/operations/log.ts';
import { DATABASES } from '#test/support/databases.ts';
import { systemOf } from './team.ts';

/** Before documents had versions. */
const BEFORE = '0017_knowledge';

const FILES: Record<string, string> = {
  one: '# Returns\n\nA parcel may come back within thirty days of its arrival.',
  two: 'The warehouse opens at seven in the morning, but not on Sundays.',
};

const HISTORY = `CREATE TABLE "_prisma_migrations" ("id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMP, "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMP,
  "started_at" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

/** A database of then, with two documents of which one had been read. */
function statements(provider: 'sqlite' | 'postgres'): string[] {
  const migrations = readMigrations(provider).filter(({ name }) => name < BEFORE);
  const document = (id: string, status: string) =>
    `INSERT INTO "document" ("id", "organizationId", "projectId", "baseId", "name", "mimeType", "bytes", "storageKey", "status")
     VALUES ('${id}', 'o', 'p', 'b', '${id}.md', 'text/markdown', 60, '${id}', '${status}')`;
  return [
    HISTORY,
    ...migrations.flatMap(({ name, checksum, sql }) => [
      sql,
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
       VALUES ('${randomUUID()}', '${checksum}', '${name}', CURRENT_TIMESTAMP, 1)`,
    ]),
    `INSERT INTO "organization" ("id", "name", "slug") VALUES ('o', 'Team', 'team')`,
    `INSERT INTO "project" ("id", "organizationId", "name", "slug") VALUES ('p', 'o', 'Shop', 'shop')`,
    `INSERT INTO "knowledge_base" ("id", "organizationId", "projectId", "name") VALUES ('b', 'o', 'p', 'Handbook')`,
    document('one', 'ready'),
    document('two', 'pending'),
    `INSERT INTO "chunk" ("documentId", "ordinal", "headings", "text") VALUES ('one', 0, '["Returns"]', 'old')`,
    `INSERT INTO "job" ("id", "kind", "payload") VALUES ('j', '${INGEST_JOB}', '{"documentId":"two"}')`,
  ];
}

it.each(DATABASES)(
  'documents of before there were versions are found again, on $name',
  async ({ name, create }) => {
    const empty = await create();
    if (name === 'SQLite') {
      const client = new BetterSqlite3(
        empty.url.startsWith('file:///') ? fileURLToPath(empty.url) : empty.url.slice(5),
      );
      for (const sql of statements('sqlite')) client.exec(sql);
      client.close();
    } else {
      const client = new pg.Client({ connectionString: empty.url });
      await client.connect();
      for (const sql of statements('postgres')) await client.query(sql);
      await client.end();
    }

    const database = await openDatabase(empty.url);
    const events = await openEvents(database);
    try {
      const repo = systemOf(database);
      expect((await repo.documents.list('p', 'b')).counts).toEqual({ pending: 2, ready: 0, failed: 0 });
      const settled = Promise.withResolvers<void>();
      let left = 2;
      const handler = ingestion({
        database,
        readFile: async ({ storageKey }) => new TextEncoder().encode(FILES[storageKey]),
        removeFile: async () => {},
        onSettled: () => {
          left -= 1;
          if (left === 0) settled.resolve();
        },
      });
      const runner = startJobRunner(
        { db: database, events, log: createLog('silent') },
        { [INGEST_JOB]: handler },
      );
      await settled.promise;
      await runner.stop();

      const { items } = await repo.documents.list('p', 'b');
      expect(items).toMatchObject(
        [1, 2].map(() => ({ status: 'ready', live: { version: 1 }, chunkCount: 1 })),
      );
      expect(items.map(({ path }) => path).sort()).toEqual(['one.md', 'two.md']);
      const found = async (words: string) =>
        (await repo.knowledge.search('p', 'b', { text: words })).map(({ documentId }) => documentId);
      expect(await found('parcel')).toEqual(['one']);
      expect(await found('warehouse')).toEqual(['two']);
      expect(await database.prisma.chunk.count()).toBe(2);

      // The same file once more is known by its name, and by its bytes.
      const again = { sourceId: null, path: 'one.md', name: 'one.md' };
      const { hash } = await database.prisma.documentVersion.findFirstOrThrow({
        where: { documentId: 'one' },
      });
      expect(await repo.documents.unchanged('p', 'b', { ...again, hash })).toMatchObject({ id: 'one' });
    } finally {
      await events.close();
      await database.close();
      await empty.remove();
    }
  },
);
