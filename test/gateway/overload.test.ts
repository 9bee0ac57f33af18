import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '#lib/gateway/serve.ts';
import { changeCeiling, changeLimits, readCeiling, readLimits } from '#lib/operations/limits.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { call, modern } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

let upstream: Server;
/** Lets the upstream answer what it has taken. */
let release: (() => void)[] = [];
let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  upstream = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain');
    release.push(() => response.end('done'));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;
  server = await startTestServer();
  project = await server.project('busy', {
    workflows: [
      echo,
      tool(
        'slow',
        NO_ARGUMENTS,
        { key: 'fetch', kind: 'http', config: { url } },
        answer('{{ steps.fetch.body }}'),
      ),
    ],
  });
});

afterAll(async () => {
  await server.close();
  upstream.closeAllConnections();
  upstream.close();
});

let front: Server | undefined;
let gateway: Gateway | undefined;

afterEach(async () => {
  for (const answerIt of release) answerIt();
  release = [];
  await gateway?.close();
  front?.closeAllConnections();
  front?.close();
});

/** A gateway of its own beside the server's, with narrow limits. Returns the address of the project there. */
async function narrowGateway(perCaller: number, perProcess: number): Promise<string> {
  gateway = createGateway(server.app, {
    limits: { perCaller, perProject: 100, perProcess, queue: 1, maxWaitMs: 100 },
  });
  front = createServer((request, response) => void gateway!.handle(request, response));
  await new Promise<void>((resolve) => front!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}/mcp/busy`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('more calls than there is room for', () => {
  it('lets a call wait its turn', async () => {
    const url = await narrowGateway(1, 10);
    const first = call(url, project.key, 'slow');
    await until(() => release.length === 1);
    const second = call(url, project.key, 'echo', { text: 'second' });
    release.pop()!();
    expect((await first).json.result?.content[0]?.text).toBe('done');
    expect((await second).json.result?.content[0]?.text).toBe('second');
  });

  it('refuses a caller who has used up its places, and says when to come back', async () => {
    const url = await narrowGateway(1, 10);
    const first = call(url, project.key, 'slow');
    await until(() => release.length === 1);
    const refused = await call(url, project.key, 'echo', { text: 'x' });
    expect([refused.status, refused.json.error?.code, refused.json.id]).toEqual([429, -32000, 1]);
    expect(refused.headers['retry-after']).toBe('1');
    const { key } = await project.newKey();
    expect((await call(url, key, 'echo', { text: 'another' })).json.result?.content[0]?.text).toBe('another');
    release.pop()!();
    expect((await first).status).toBe(200);
  });

  it('keeps to what the project and the organization allow, and says whose limit it is', async () => {
    const url = await narrowGateway(10, 10);
    const { key } = await project.newKey();
    const limitOf = async (answer: ReturnType<typeof call>) => (await answer).json.error?.data?.['limit'];
    const { app, owner } = server;
    await changeLimits(app, owner, 'busy', { key: { atOnce: 1 }, project: { atOnce: 2 } });
    const running = [call(url, project.key, 'slow')];
    await until(() => release.length === 1);
    expect(await limitOf(call(url, project.key, 'echo', { text: 'x' }))).toEqual({
      of: 'key',
      name: 'atOnce',
      allowed: 1,
    });
    running.push(call(url, key, 'slow'));
    await until(() => release.length === 2);
    const third = (await project.newKey()).key;
    expect(await limitOf(call(url, third, 'echo', { text: 'x' }))).toEqual({
      of: 'project',
      name: 'atOnce',
      allowed: 2,
    });
    await changeLimits(app, owner, 'busy', { key: { atOnce: null }, project: { atOnce: null } });
    await changeCeiling(app, owner, { atOnce: 2 });
    // Those that run were counted for no organization: it had no ceiling when they came.
    running.push(call(url, third, 'slow'), call(url, third, 'slow'));
    await until(() => release.length === 4);
    const refused = await call(url, third, 'echo', { text: 'x' });
    expect(refused.json.error).toMatchObject({
      message:
        'Too many calls at once: the organization of this project may have 2 under way. Wait for some to finish, then try again.',
      data: { limit: { of: 'organization', name: 'atOnce', allowed: 2 }, retryAfterSeconds: 1 },
    });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    for (const answerIt of release.splice(0)) answerIt();
    await Promise.all(running);
    await changeCeiling(app, owner, { atOnce: null });
    const { hits } = await readLimits(app, owner, 'busy');
    expect(hits.map(({ of, limit }) => `${of} ${limit}`).sort()).toEqual(['key atOnce', 'project atOnce']);
    expect((await readCeiling(app, owner)).hits[0]).toMatchObject({ of: 'organization', limit: 'atOnce' });
  });

  it('refuses everybody when the server is full, but still lists', async () => {
    const url = await narrowGateway(10, 1);
    const first = call(url, project.key, 'slow');
    await until(() => release.length === 1);
    const { key } = await project.newKey();
    const refused = await call(url, key, 'echo', { text: 'x' });
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect((await modern(url, key, { method: 'tools/list' })).status).toBe(200);
    release.pop()!();
    await first;
  });
});

describe('a server that stops', () => {
  it('answers what it has begun and takes nothing new', async () => {
    const url = await narrowGateway(10, 10);
    const running = call(url, project.key, 'slow');
    await until(() => release.length === 1);
    const closed = gateway!.close();
    const late = await call(url, project.key, 'echo', { text: 'x' });
    expect(late.status).toBe(503);
    expect(late.headers['retry-after']).toBe('5');
    release.pop()!();
    expect((await running).json.result?.content[0]?.text).toBe('done');
    await closed;
  });

  it('cancels what takes longer than it can wait', async () => {
    const url = await narrowGateway(10, 10);
    const running = call(url, project.key, 'slow');
    await until(() => release.length === 1);
    await gateway!.close(50);
    const { json } = await running;
    expect(json.result?.isError).toBe(true);
    expect(json.result?.content[0]?.text).toContain('cancelled');
  });
});
