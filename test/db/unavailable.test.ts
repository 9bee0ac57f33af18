import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { documentOf, makeTeam, publishNew, runOf, systemOf, type Team } from './team.ts';

const UNAVAILABLE = { name: 'AppError', code: 'unavailable', status: 503 };

describe('SQLite in trouble', () => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;

  beforeEach(async () => {
    empty = await DATABASES[0]!.create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
    await publishNew(team, 'before');
  });
  afterEach(async () => {
    await database.close();
    await empty.remove();
  });

  it('refuses writes while the disk is full, answers reads, and goes on when there is room again', async () => {
    const { repo, projectId, organizationId } = team;
    const [size] = await database.prisma.$queryRawUnsafe<{ page_count: bigint }[]>('PRAGMA page_count');
    await database.prisma.$queryRawUnsafe(`PRAGMA max_page_count = ${size!.page_count}`);
    const big = { ...documentOf('big'), text: 'x'.repeat(100_000) };

    await expect(repo.workflows.create(projectId, { document: big })).rejects.toMatchObject(UNAVAILABLE);
    const runs = Array.from({ length: 300 }, () => runOf(team));
    await expect(systemOf(database).runs.insertBatch(runs)).rejects.toMatchObject(UNAVAILABLE);

    expect((await repo.workflows.list(projectId)).map((workflow) => workflow.name)).toEqual(['before']);
    await database.prisma.$queryRawUnsafe('PRAGMA max_page_count = 1000000');
    await publishNew(team, 'after');
    expect((await repo.projects.get(projectId))!.release).toBe(2);
    expect(await systemOf(database).audit.firstBroken(organizationId)).toBeNull();
  });

  it('gives up on a file that another process does not let go, and goes on when it does', async () => {
    const { repo, projectId } = team;
    await database.prisma.$queryRawUnsafe('PRAGMA busy_timeout = 50');
    const other = new BetterSqlite3(empty.url.slice('file:'.length));
    other.exec('BEGIN IMMEDIATE');

    await expect(repo.workflows.create(projectId, { document: documentOf('a') })).rejects.toMatchObject(
      UNAVAILABLE,
    );
    expect(await repo.workflows.list(projectId)).toHaveLength(1);

    other.exec('ROLLBACK');
    other.close();
    await publishNew(team, 'after');
    expect(await repo.workflows.list(projectId)).toHaveLength(2);
  });
});

describe('PostgreSQL in trouble', () => {
  let empty: EmptyDatabase;
  let wire: Wire;
  let database: Database;
  let team: Team;

  beforeEach(async () => {
    empty = await DATABASES[1]!.create();
    wire = await openWire(empty.url);
    database = await openDatabase(wire.url);
    team = await makeTeam(database, 'team');
  });
  afterEach(async () => {
    await database.close();
    await wire.cut();
    await empty.remove();
  });

  it('is unavailable while the connection is cut, and there again with it', async () => {
    const { repo, projectId } = team;
    await wire.cut();

    await expect(database.ping()).rejects.toMatchObject(UNAVAILABLE);
    await expect(repo.workflows.list(projectId)).rejects.toMatchObject(UNAVAILABLE);
    await expect(publishNew(team, 'lost')).rejects.toMatchObject(UNAVAILABLE);

    await wire.mend();
    await publishNew(team, 'after');
    expect((await repo.workflows.list(projectId)).map((workflow) => workflow.name)).toEqual(['after']);
  });

  it('rolls back the transaction in which the connection is cut', async () => {
    const { projectId, repo } = team;
    const cut = database.transaction(async (tx) => {
      await tx.project.updateMany({ where: { id: projectId }, data: { name: 'half' } });
      await wire.cut();
      await tx.project.updateMany({ where: { id: projectId }, data: { instructions: 'half' } });
    });

    await expect(cut).rejects.toThrow();

    await wire.mend();
    expect(await repo.projects.get(projectId)).toMatchObject({ name: 'team', instructions: '' });
  });
});

/** A wire to a server that can be cut. */
interface Wire {
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

async function openWire(to: string): Promise<Wire> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const mend = async () => {
    server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') port = address.port;
  };
  await mend();
  const url = new URL(to);
  url.port = String(port);
  return {
    url: url.href,
    mend,
    async cut() {
      const closing = server;
      server = null;
      for (const socket of sockets) socket.destroy();
      if (closing) await new Promise((resolve) => closing.close(resolve));
    },
  };
}
