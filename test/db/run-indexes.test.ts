import { randomUUID } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { Repository } from '#lib/db/repository.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, publishNew, runOf, systemOf, type Team } from './team.ts';

const ROWS = 2000;

/** What Prisma makes of `in: []`. */
const NOTHING = /WHERE \(1=0 /;

/** A plan that goes through all runs, be it by their ids. */
const WHOLE = /SCAN (main\.)?run( USING INDEX sqlite_autoindex_run_1)?$|Seq Scan on run\b/m;

/** What looks for the few runs among many that are not over, or not dealt with; and the index that finds them. */
const LOOKS: { what: string; index: string; look(system: Repository, team: Team): Promise<unknown> }[] = [
  { what: 'whose process went away', index: 'run_leaseUntil_idx', look: ({ runs }) => runs.markCrashed() },
  { what: 'to be taken over', index: 'run_leaseUntil_idx', look: ({ runs }) => runs.takeOver() },
  { what: 'that waited in vain', index: 'run_expiresAt_idx', look: ({ runs }) => runs.takeOver() },
  { what: 'that wait for nobody', index: 'run_expiresAt_idx', look: ({ runs }) => runs.abandoned() },
  {
    what: 'that a run called and that wait',
    index: 'run_expiresAt_idx',
    look: ({ runs }) => runs.abandoned(randomUUID()),
  },
  { what: 'that have no job', index: 'run_status_idx', look: ({ background }) => background.orphans() },
  {
    what: 'that a call comes back for',
    index: 'run_projectId_awaitedBy_startedAt_idx',
    look: ({ runs }, { projectId }) => runs.findAwaited(projectId, 'hash'),
  },
  {
    what: 'that failed for good',
    index: 'run_dead_idx',
    look: ({ runs }, { projectId }) => runs.list(projectId, { dead: true }),
  },
  {
    what: 'that have an idempotency key',
    index: 'run_projectId_idempotencyKey_key',
    look: ({ background }, { projectId }) =>
      background.start(projectId, {
        workflowId: randomUUID(),
        workflowName: 'echo',
        versionId: randomUUID(),
        version: 1,
        input: {},
        cause: 'api',
        attempts: 1,
        idempotencyKey: randomUUID(),
      }),
  },
];

describe.each(DATABASES)('the table of runs on $name', ({ name, create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  /** The statements that were sent, with what stands for their parameters. */
  const sent: { sql: string; values: unknown[] }[] = [];

  beforeAll(async () => {
    empty = await create();
    if (name === 'SQLite') {
      const { prepare } = BetterSqlite3.prototype;
      vi.spyOn(BetterSqlite3.prototype, 'prepare').mockImplementation(function (
        this: BetterSqlite3.Database,
        sql,
      ) {
        const statement = prepare.call(this, sql);
        const bind = statement.bind as (values: unknown) => typeof statement;
        statement.bind = (values: unknown) => {
          sent.push({ sql, values: values as unknown[] });
          return bind.call(statement, values);
        };
        return statement;
      });
    } else {
      const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
      vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
        this: pg.Client,
        ...args: unknown[]
      ) {
        const [given, values] = args as [{ text: string; values?: unknown[] }, unknown[]?];
        if (given?.text) sent.push({ sql: given.text, values: given.values ?? values ?? [] });
        return query.apply(this, args);
      } as typeof pg.Client.prototype.query);
    }
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
    const { id, versionId } = await publishNew(team, 'echo');
    const rows = Array.from({ length: ROWS }, () => runOf(team, { workflowId: id, versionId }));
    await systemOf(database).runs.insertBatch(rows);
    if (name === 'PostgreSQL') await database.prisma.$executeRawUnsafe('ANALYZE "run"');
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await database?.close();
    await empty?.remove();
  });

  /** How the database goes about a statement. */
  async function planOf({ sql, values }: { sql: string; values: unknown[] }): Promise<string> {
    if (name === 'SQLite') {
      const file = new BetterSqlite3(empty.url.slice('file:'.length), { readonly: true });
      try {
        const steps = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
        return steps.map(({ detail }) => detail).join('\n');
      } finally {
        file.close();
      }
    }
    const client = new pg.Client(empty.url);
    await client.connect();
    try {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    } finally {
      await client.end();
    }
  }

  it.each(LOOKS)('is not read as a whole for those $what', async ({ index, look }) => {
    sent.length = 0;
    await look(systemOf(database), team);
    const about = sent.filter(
      ({ sql }) => /^\s*(SELECT|UPDATE)[\s\S]*["`]run["`]/.test(sql) && !NOTHING.test(sql),
    );
    expect(about.length).toBeGreaterThan(0);

    const plans = await Promise.all(about.map(planOf));

    expect(plans.join('\n')).toContain(index);
    for (const plan of plans) expect(plan).not.toMatch(WHOLE);
  });
});
