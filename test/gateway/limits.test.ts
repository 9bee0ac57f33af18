import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { changeCeiling, changeLimits, readCeiling, readLimits } from '#lib/operations/limits.ts';
import type { LimitsPatch } from '#lib/workflow/limits.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { type Answer, call, modern } from './support/wire.ts';
import { echo } from './support/workflows.ts';

const limitOf = ({ json }: Answer) => json.error?.data?.['limit'];
const say = (url: string, key: string) => call(url, key, 'echo', { text: 'x' });

/** Statuses of so many calls, one after the other. */
async function statuses(url: string, key: string, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < count; n++) seen.push((await say(url, key)).status);
  return seen;
}

describe.each(DATABASES)('limits on $name', ({ create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  let server: TestServer;
  let project: TestProject;
  let made = 0;

  const set = (patch: LimitsPatch) => changeLimits(server.app, server.owner, project.slug, patch);
  const liveOf = async ({ app }: TestServer) => (await app.live.get(project.slug))!;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-limits-'));
    database = await create();
    env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    server = await startTestServer(env);
  });

  beforeEach(async () => {
    project = await server.project(`limited-${made++}`, { workflows: [echo] });
  });

  afterAll(async () => {
    await server?.close();
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a key that calls too often gets 429, which says which limit and when it ends; others go on', async () => {
    const other = await project.newKey();
    await set({ key: { perMinute: 1, burst: 2 } });
    expect(await statuses(project.url, project.key, 2)).toEqual([200, 200]);
    const refused = await say(project.url, project.key);
    expect(refused.status).toBe(429);
    expect(limitOf(refused)).toEqual({ of: 'key', name: 'perMinute', allowed: 1 });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.json.error).toMatchObject({
      code: -32_000,
      message: `Too many calls: this key may make 1 call a minute. Try again in ${seconds} s.`,
      data: { retryAfterSeconds: seconds },
    });
    expect((await say(project.url, other.key)).status, 'the other key').toBe(200);
    expect((await modern(project.url, project.key, { method: 'tools/list' })).status, 'reading').toBe(200);
  });

  it('reading has a larger bucket of its own', async () => {
    await set({ key: { perMinute: 1, burst: 1 } });
    const list = () => modern(project.url, project.key, { method: 'tools/list' });
    const seen: number[] = [];
    for (let n = 0; n < 11; n++) seen.push((await list()).status);
    expect(seen).toEqual([...Array(10).fill(200), 429]);
    expect((await say(project.url, project.key)).status).toBe(200);
  });

  it('a project, and the organization over all its projects, have limits of their own', async () => {
    const second = await server.project(`second-${made}`, { workflows: [echo] });
    await set({ project: { perMinute: 1, burst: 1 } });
    const other = await project.newKey();
    expect((await say(project.url, project.key)).status).toBe(200);
    const refused = await say(project.url, other.key);
    expect(limitOf(refused)).toEqual({ of: 'project', name: 'perMinute', allowed: 1 });
    expect((await say(second.url, second.key)).status, 'another project').toBe(200);

    await set({ project: { perMinute: null } });
    const { used } = await readCeiling(server.app, server.owner);
    await changeCeiling(server.app, server.owner, { perDay: used.today + 1 });
    expect(await statuses(project.url, project.key, 1)).toEqual([200]);
    const over = await say(second.url, second.key);
    expect([over.status, limitOf(over)]).toEqual([
      429,
      { of: 'organization', name: 'perDay', allowed: used.today + 1 },
    ]);
    const midnight = Math.ceil((86_400_000 - (Date.now() % 86_400_000)) / 1000);
    expect(Math.abs(Number(over.headers['retry-after']) - midnight)).toBeLessThan(5);
    await changeCeiling(server.app, server.owner, { perDay: null });
    expect((await say(second.url, second.key)).status).toBe(200);
  });

  it('a quota outlives the process, and is shown with who used it', async () => {
    await set({ key: { perDay: 3 } });
    const first = await startTestServer(env);
    expect(await statuses(`${first.url}/mcp/${project.slug}`, project.key, 2)).toEqual([200, 200]);
    await first.close();
    expect(await statuses(project.url, project.key, 2)).toEqual([200, 429]);
    expect((await say(project.url, (await project.newKey()).key)).status, 'another key').toBe(200);
    const view = await readLimits(server.app, server.owner, project.slug);
    expect(view.used.project).toEqual({ today: 4, month: 4 });
    expect(view.callers[0]).toMatchObject({ kind: 'key', name: 'test', today: 3, month: 3 });
    expect(view.hits).toEqual([
      expect.objectContaining({
        of: 'key',
        limit: 'perDay',
        refused: 1,
        who: expect.objectContaining({ kind: 'key', name: 'test' }),
      }),
    ]);
    const { projects } = await readCeiling(server.app, server.owner);
    expect(projects.find(({ slug }) => slug === project.slug)).toMatchObject({ today: 4, month: 4 });
  });

  it('two processes keep to one quota, and to one average', async () => {
    const two = await startTestServer(env);
    try {
      const there = `${two.url}/mcp/${project.slug}`;
      await set({ key: { perDay: 5 }, project: { perMinute: 1, burst: 100 } });
      expect(await statuses(there, project.key, 1)).toEqual([200]);
      await two.app.limiter.flush();
      expect(await statuses(project.url, project.key, 3)).toEqual([200, 200, 200]);
      await server.app.limiter.flush();
      await two.app.limiter.flush();
      expect(await statuses(there, project.key, 2)).toEqual([200, 429]);
      await two.app.limiter.flush();
      await server.app.limiter.flush();
      expect((await say(project.url, project.key)).status).toBe(429);
      // All are spent, wherever they came in; but for those from before a process first looked.
      const used = [server, two].map(async (one) => one.app.limiter.usedByProject(await liveOf(one)));
      expect(await Promise.all(used)).toEqual([
        { day: 5, month: 5, left: 96 },
        { day: 5, month: 5, left: 95 },
      ]);
    } finally {
      await two.close();
    }
  });

  it('a person has one limit through every client', async () => {
    await set({ person: { perMinute: 1, burst: 2 } });
    const live = await liveOf(server);
    const ada = { scope: 'person', subject: 'user ada' } as const;
    expect(server.app.limiter.take(live, ada, false)).toBeNull();
    expect(server.app.limiter.take(live, ada, false)).toBeNull();
    expect(server.app.limiter.take(live, ada, false)).toMatchObject({ of: 'person', limit: 'perMinute' });
    expect(server.app.limiter.take(live, { ...ada, subject: 'user bob' }, false)).toBeNull();
  });

  it('over a WebSocket the answer is the error alone, and the connection stays', async () => {
    await set({ key: { perMinute: 1, burst: 1 } });
    const socket = new WebSocket(`${project.url.replace('http', 'ws')}/ws`, 'mcp', {
      headers: { authorization: `Bearer ${project.key}` },
    });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const answers = new Map<unknown, { result?: unknown; error?: { code: number; data?: unknown } }>();
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        answers.set(message.id, message);
        if (answers.size === 3) resolve();
      });
    });
    const request = (id: number, method: string, params?: object) =>
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params && { params }) }));
    request(1, 'tools/call', { name: 'echo', arguments: { text: 'a' } });
    request(2, 'tools/call', { name: 'echo', arguments: { text: 'b' } });
    request(3, 'tools/list');
    await all;
    expect(answers.get(1)?.result).toBeDefined();
    expect(answers.get(2)?.error).toMatchObject({
      code: -32_000,
      data: { limit: { of: 'key', name: 'perMinute', allowed: 1 }, retryAfterSeconds: expect.any(Number) },
    });
    expect(answers.get(3)?.result).toBeDefined();
    socket.close();
  });
});
