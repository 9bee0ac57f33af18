import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type ServerProcess, spawnServer } from './processes.ts';
import { Browser, eventually, PASSWORD, projectWith } from './server.ts';
import { twoSteps } from './two-steps.ts';

/**
 * Processes that die or stand still in the middle of a background run. Leases are not waited for: they are set back
 * in the database, as if their time were over.
 */
describe.each(DATABASES)('a background run on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let folder: string;
  let outside: Server;
  let url: string;
  let asked: string[] = [];
  /** Keeps `/two` from being answered. */
  let gate = Promise.withResolvers<void>();
  let servers: ServerProcess[] = [];

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    folder = mkdtempSync(join(tmpdir(), 'patchbay-crash-'));
    outside = createServer(async (request, response) => {
      const path = request.url!;
      asked.push(path);
      const count = asked.length;
      if (path === '/two') await gate.promise;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count }));
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked = [];
    gate = Promise.withResolvers();
  });
  afterAll(async () => {
    for (const server of servers) await server.end('SIGKILL');
    outside.closeAllConnections();
    outside.close();
    await database.close();
    await empty.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function spawn(): Promise<ServerProcess> {
    const server = await spawnServer({
      DATA_DIR: folder,
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      EGRESS_ALLOW: '127.0.0.1',
    });
    servers.push(server);
    return server;
  }

  async function signIn(server: ServerProcess): Promise<Browser> {
    const browser = new Browser(server.url);
    await browser.post('/session', { email: 'ada@example.com', password: PASSWORD });
    return browser;
  }

  async function begin(browser: Browser, slug: string): Promise<string> {
    const { workflow } = await projectWith(browser, slug, { document: twoSteps(url) });
    const { body } = await browser.post(`/projects/${slug}/workflows/${workflow}/jobs`, {
      input: { text: 'x' },
    });
    await eventually(async () => asked.includes('/two'));
    return body.runId;
  }

  /** The leases of whoever has the run and its job are over. */
  async function lapse(runId: string): Promise<void> {
    const over = { leaseUntil: new Date(Date.now() - 1000) };
    await database.prisma.run.updateMany({ where: { id: runId, status: 'running' }, data: over });
    await database.prisma.job.updateMany({
      where: { payload: JSON.stringify({ runId }), state: 'running' },
      data: over,
    });
  }

  const rowOf = (runId: string) => database.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  const ended = (runId: string) =>
    eventually(async () => {
      const row = await rowOf(runId);
      return ['queued', 'running'].includes(row.status) ? null : row;
    });

  it('whose process is killed goes on in the next, and repeats no finished step', {
    timeout: 90_000,
  }, async () => {
    const first = await spawn();
    const runId = await begin(await signIn(first), 'killed');
    await first.end('SIGKILL');
    await lapse(runId);
    gate.resolve();

    const second = await spawn();

    expect(await ended(runId)).toMatchObject({ status: 'succeeded', fence: 2 });
    expect(asked).toEqual(['/one', '/two', '/two']);
    expect(await second.end('SIGTERM')).toBe(0);
    servers = [];
  });

  it('whose process stands still is taken over, and what it says later is refused', {
    timeout: 90_000,
  }, async () => {
    const first = await spawn();
    const browser = await signIn(first);
    const runId = await begin(browser, 'stopped');
    first.signal('SIGSTOP');
    await lapse(runId);

    const second = await spawn();
    await eventually(async () => asked.length === 3);
    gate.resolve();
    const row = await ended(runId);
    expect(row).toMatchObject({ status: 'succeeded', fence: 2 });
    first.signal('SIGCONT');
    // It has its answer, and what is left of its run, when it answers for itself again.
    await eventually(async () => (await browser.get('/projects')).status === 200);
    await sleep(500);

    expect(await rowOf(runId)).toEqual(row);
    expect(asked).toEqual(['/one', '/two', '/two']);
    const jobs = await database.prisma.job.findMany({ where: { payload: JSON.stringify({ runId }) } });
    expect(jobs).toEqual([expect.objectContaining({ state: 'done', attempts: 2 })]);
    expect(await first.end('SIGTERM')).toBe(0);
    expect(await second.end('SIGTERM')).toBe(0);
    servers = [];
  });

  it('whose process stops in order is handed on', { timeout: 90_000 }, async () => {
    const first = await spawn();
    const runId = await begin(await signIn(first), 'handed');

    expect(await first.end('SIGTERM')).toBe(0);
    expect(await rowOf(runId)).toMatchObject({ status: 'queued', leaseUntil: null });
    gate.resolve();
    const second = await spawn();

    expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    expect(asked).toEqual(['/one', '/two', '/two']);
    expect(await second.end('SIGTERM')).toBe(0);
    servers = [];
  });
});
