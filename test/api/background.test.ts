import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type Answer, eventually, projectWith, startTestServer, type TestServer } from './server.ts';
import { twoSteps } from './two-steps.ts';

/** The world outside: counts what it was asked, and answers as the test says. */
interface Outside {
  url: string;
  /** Paths, in the order in which they came. */
  asked: string[];
  keys: (string | undefined)[];
  /** Requests that wait for an answer. */
  open: number;
  most: number;
  answer: (path: string) => Promise<number>;
  server: Server;
}

async function startOutside(): Promise<Outside> {
  const outside: Outside = {
    url: '',
    asked: [],
    keys: [],
    open: 0,
    most: 0,
    answer: async () => 200,
    server: createServer(async (request, response) => {
      outside.asked.push(request.url!);
      outside.keys.push(request.headers['idempotency-key'] as string | undefined);
      outside.open += 1;
      outside.most = Math.max(outside.most, outside.open);
      const status = await outside.answer(request.url!);
      outside.open -= 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"ok":true}');
    }),
  };
  await new Promise<void>((resolve) => outside.server.listen(0, '127.0.0.1', resolve));
  outside.url = `http://127.0.0.1:${(outside.server.address() as AddressInfo).port}`;
  return outside;
}

describe('a workflow in the background', () => {
  let server: TestServer;
  let outside: Outside;
  let order: string;
  let echo: string;

  beforeAll(async () => {
    server = await startTestServer();
    outside = await startOutside();
    order = (await projectWith(server.owner, 'shop', { document: twoSteps(outside.url) })).workflow;
    echo = (await projectWith(server.owner, 'talk')).workflow;
  });
  afterAll(async () => {
    await server?.close();
    outside?.server.closeAllConnections();
    outside?.server.close();
  });
  afterEach(() => {
    outside.answer = async () => 200;
    outside.asked = [];
    outside.keys = [];
    outside.most = 0;
  });

  const start = (slug: string, workflow: string, input: JsonObject, key?: string): Promise<Answer> =>
    server.owner.send(
      'POST',
      `/projects/${slug}/workflows/${workflow}/jobs`,
      { input },
      key ? { 'idempotency-key': key } : {},
    );
  const runOf = async (slug: string, runId: string) =>
    (await server.owner.get(`/projects/${slug}/runs/${runId}`)).body;
  const settled = (slug: string, runId: string) =>
    eventually(async () => {
      const run = await runOf(slug, runId);
      return ['queued', 'running'].includes(run.status) ? null : run;
    });
  /** Its next attempt is now. */
  async function hurry(runId: string): Promise<void> {
    const payload = JSON.stringify({ runId });
    await eventually(() => server.app.db.prisma.job.findFirst({ where: { payload, error: { not: null } } }));
    await server.app.db.prisma.job.updateMany({ where: { payload }, data: { runAt: new Date(0) } });
    server.app.events.publish(JOB_ADDED, null);
  }
  const dead = async (slug: string): Promise<string[]> =>
    (await server.owner.get(`/projects/${slug}/runs?dead=true`)).body.items.map(
      (run: JsonObject) => run['id'],
    );

  it('is stored before it answers, and runs', async () => {
    const { status, body } = await start('talk', echo, { text: 'hello' });

    expect({ status, existing: body.existing }).toEqual({ status: 202, existing: false });
    expect(await settled('talk', body.runId)).toMatchObject({
      status: 'succeeded',
      cause: 'api',
      background: true,
      version: 1,
      input: { text: 'hello' },
      output: { parts: [{ type: 'text', text: 'hello' }] },
    });
  });

  it('is run once for a key, also when fifty ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => start('talk', echo, { text: 'once' }, 'order-17')),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.runId)).size).toBe(1);
    expect(answers.filter(({ body }) => !body.existing)).toHaveLength(1);
    expect(await start('talk', echo, { text: 'other' }, 'order-17')).toMatchObject({
      status: 409,
      body: { runId: answers[0]!.body.runId },
    });
  });

  it('is refused with what is wrong with its input, and while it is not published', async () => {
    expect(await start('talk', echo, { text: 7 })).toMatchObject({
      status: 422,
      body: { faults: [expect.stringContaining('text')] },
    });
    const made = await server.owner.post('/projects/talk/workflows', { name: 'draft_only' });
    expect(await start('talk', made.body.id, {})).toMatchObject({ status: 409 });
  });

  it('is tried again from the step that failed, which says that it is the same', async () => {
    const statuses = [503, 429, 200];
    outside.answer = async (path) => (path === '/two' ? statuses.shift()! : 200);

    const { body } = await start('shop', order, { text: 'x' });
    await hurry(body.runId);
    await eventually(async () => outside.asked.length >= 3);
    await hurry(body.runId);

    expect(await settled('shop', body.runId)).toMatchObject({ status: 'succeeded' });
    expect(outside.asked).toEqual(['/one', '/two', '/two', '/two']);
    expect(new Set(outside.keys.slice(1)).size).toBe(1);
    expect(outside.keys[0]).not.toBe(outside.keys[1]);
    expect(await dead('shop')).toEqual([]);
  });

  it('that fails for good is a dead letter at once, until somebody tries it again', async () => {
    outside.answer = async (path) => (path === '/two' ? 404 : 200);
    const { body } = await start('shop', order, { text: 'x' });

    expect(await settled('shop', body.runId)).toMatchObject({
      status: 'failed',
      error: { code: 'HTTP_STATUS', key: 'two' },
    });
    expect(await dead('shop')).toEqual([body.runId]);

    outside.answer = async () => 200;
    const at = `/projects/shop/runs/${body.runId}`;
    expect((await server.owner.post(`${at}/retry`)).status).toBe(202);
    expect((await server.owner.post(`${at}/retry`)).status).toBe(409);
    expect(await settled('shop', body.runId)).toMatchObject({ status: 'succeeded' });
    expect(outside.asked).toEqual(['/one', '/two', '/two']);
    expect(await dead('shop')).toEqual([]);
  });

  it('that fails in passing is a dead letter after its last attempt, and can be dismissed', async () => {
    outside.answer = async (path) => (path === '/two' ? 503 : 200);
    const { body } = await start('shop', order, { text: 'x' });
    for (let asked = 3; asked <= 4; asked += 1) {
      await hurry(body.runId);
      await eventually(async () => outside.asked.length >= asked);
    }

    expect(await settled('shop', body.runId)).toMatchObject({ status: 'failed' });
    expect(outside.asked).toEqual(['/one', '/two', '/two', '/two']);
    expect(await dead('shop')).toEqual([body.runId]);
    expect((await server.owner.post(`/projects/shop/runs/${body.runId}/dismiss`)).status).toBe(204);
    expect(await dead('shop')).toEqual([]);
    expect(await runOf('shop', body.runId)).toMatchObject({ status: 'failed' });
  });

  it('that leaves more behind than can be stored takes back what it did, and says so', async () => {
    const base = twoSteps(outside.url);
    const [begin, one, two, end] = base['nodes'] as JsonObject[];
    const each = { list: '{{ [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] }}' };
    const loop: JsonObject = { ...two!, id: 'two', key: 'two', kind: 'for-each' };
    const document: JsonObject = {
      ...base,
      name: 'large',
      nodes: [
        begin!,
        { ...one!, settings: { undo: 'back' } },
        { ...one!, id: 'back', key: 'back', config: { url: `${outside.url}/back` } },
        { ...loop, config: { ...each, collect: '{{ input.text }}' } },
        { ...one!, id: 'work', key: 'work', kind: 'set', parent: 'two', config: { values: { a: 1 } } },
        end!,
      ],
      edges: [
        ...(base['edges'] as JsonObject[]),
        { id: 'each', from: { node: 'two', handle: 'each' }, to: { node: 'work' } },
      ],
    };
    const { workflow } = await projectWith(server.owner, 'large', { document });
    const { body } = await start('large', workflow, { text: 'x'.repeat(900_000) });

    expect(await settled('large', body.runId)).toMatchObject({
      status: 'failed',
      error: { code: 'STATE_TOO_LARGE', message: expect.stringContaining('more than 16 MiB') },
      undone: [{ key: 'one' }],
    });
    expect(outside.asked).toEqual(['/one', '/back']);
    expect(await server.app.db.prisma.runProgress.count({ where: { runId: body.runId } })).toBe(0);
  });

  it('runs as often at once as the project allows', async () => {
    const { body: project } = await server.owner.patch('/projects/shop', { concurrency: 2 });
    expect(project.concurrency).toBe(2);
    expect((await server.owner.patch('/projects/shop', { concurrency: 51 })).status).toBe(400);
    const gate = Promise.withResolvers<void>();
    outside.answer = async (path) => {
      if (path === '/one') await gate.promise;
      return 200;
    };

    const runs = await Promise.all(Array.from({ length: 6 }, () => start('shop', order, { text: 'x' })));
    await eventually(async () => outside.open === 2);
    const free = await start('talk', echo, { text: 'not in the way' });
    await settled('talk', free.body.runId);
    expect(outside.most).toBe(2);
    gate.resolve();

    for (const { body } of runs) {
      expect(await settled('shop', body.runId)).toMatchObject({ status: 'succeeded' });
    }
    expect(outside.most).toBe(2);
  });
});
