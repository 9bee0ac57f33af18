import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft, withStep } from './documents.ts';
import { eventually, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
/** The world outside: answers what it was sent; `/slow` when told to. */
let outside: Server;
let outsideUrl: string;
/** Credentials that came to the outside. */
const received: string[] = [];
const slow: (() => void)[] = [];

beforeAll(async () => {
  server = await startTestServer();
  outside = createServer((request, response) => {
    if (request.headers.authorization !== undefined) received.push(request.headers.authorization);
    const answer = () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ path: request.url, authorization: request.headers.authorization ?? null }),
      );
    };
    if (request.url === '/slow') slow.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await server.close();
});

const start = async (slug: string, workflow: string, body: object) =>
  server.owner.post(`/projects/${slug}/workflows/${workflow}/runs`, body);

describe('runs of a draft', () => {
  it('are told from the first event to the last, live and from the record', async () => {
    const document = withStep('http', { method: 'GET', url: `${outsideUrl}/slow` });
    const { workflow } = await projectWith(server.owner, 'watch', { document, publish: false });
    const started = await start('watch', workflow, { input: { text: 'x' } });
    expect(started.status).toBe(201);
    const at = `/projects/watch/runs/${started.body.runId}`;

    const running = await server.owner.get(at);
    expect(running.body).toMatchObject({ status: 'running', version: null, workflowName: 'step' });
    const watching = server.owner.events(`${at}/events`);
    await eventually(async () => slow.length > 0);
    slow.shift()!();
    const live = await watching;
    expect(live.map((event) => event['type'])).toEqual([
      'run.started',
      'step.started',
      'step.finished',
      'step.started',
      'step.finished',
      'step.started',
      'step.finished',
      'run.finished',
    ]);
    expect(live.at(-1)).toMatchObject({ status: 'succeeded' });

    await server.app.recorder.flush();
    const told = await server.owner.events(`${at}/events`);
    expect(told.map((event) => [event['type'], event['key']])).toEqual(
      live.map((event) => [event['type'], event['key']]),
    );
    const { body: run } = await server.owner.get(at);
    expect(run).toMatchObject({
      status: 'succeeded',
      input: { text: 'x' },
      document: { name: 'step' },
      steps: [
        { key: 'arguments', status: 'succeeded' },
        { key: 'middle', status: 'succeeded', value: { status: 200, body: { path: '/slow' } } },
        { key: 'answer', status: 'succeeded' },
      ],
    });
  });

  it('may be of what is not saved yet', async () => {
    const { workflow } = await projectWith(server.owner, 'unsaved', { publish: false });
    const { body } = await start('unsaved', workflow, {
      input: { text: 'you' },
      document: createDraft('echo', 'Hello '),
    });
    const events = await server.owner.events(`/projects/unsaved/runs/${body.runId}/events`);
    expect(events.at(-1)).toMatchObject({ output: { parts: [{ type: 'text', text: 'Hello you' }] } });
  });

  it('can be cancelled', async () => {
    const document = withStep('http', { method: 'GET', url: `${outsideUrl}/slow` });
    const { workflow } = await projectWith(server.owner, 'cancel', { document, publish: false });
    const { body } = await start('cancel', workflow, { input: { text: 'x' } });
    const at = `/projects/cancel/runs/${body.runId}`;
    const watching = server.owner.events(`${at}/events`);
    await eventually(async () => slow.length > 0);
    expect((await server.owner.post(`${at}/cancel`)).status).toBe(202);
    expect((await watching).at(-1)).toMatchObject({ type: 'run.finished', status: 'cancelled' });
    slow.length = 0;
  });

  it('say what keeps them from starting', async () => {
    const { workflow } = await projectWith(server.owner, 'refused', { publish: false });
    const wrong = await start('refused', workflow, { input: { text: 1 } });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(wrong.body.detail).toContain('text');
    const broken = await start('refused', workflow, {
      input: { text: 'x' },
      document: { ...createDraft(), edges: [] },
    });
    expect(broken).toMatchObject({ status: 422 });
    expect(broken.body.problems.length).toBeGreaterThan(0);
  });

  it('name the step that failed, and why', async () => {
    const document = withStep('javascript', { code: 'const order = null;\nreturn order.id;\n' });
    const { workflow } = await projectWith(server.owner, 'fails', { document, publish: false });
    const { body } = await start('fails', workflow, { input: { text: 'x' } });
    const events = await server.owner.events(`/projects/fails/runs/${body.runId}/events`);
    expect(events.at(-1)).toMatchObject({
      status: 'failed',
      error: { key: 'middle', code: 'CODE_ERROR', details: { line: 2 } },
    });
  });

  it('are listed newest first, page by page', async () => {
    const { workflow } = await projectWith(server.owner, 'pages', { publish: false });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { body } = await start('pages', workflow, { input: { text: String(count) } });
      await server.owner.events(`/projects/pages/runs/${body.runId}/events`);
      ids.unshift(body.runId);
    }
    await server.app.recorder.flush();
    const first = await server.owner.get('/projects/pages/runs?limit=3');
    const second = await server.owner.get(`/projects/pages/runs?limit=3&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map((run: { id: string }) => run.id)).toEqual(ids);
    expect(second.body.nextCursor).toBeNull();
    const failed = await server.owner.get('/projects/pages/runs?status=failed');
    expect(failed.body.items).toEqual([]);
  });
});

describe('connections', () => {
  it('are sent to their hosts and to no other, and show nowhere', async () => {
    const secret = 'canary-secret-token-4711';
    const host = new URL(outsideUrl).host;
    await projectWith(server.owner, 'connected', { publish: false });
    const { body: connection } = await server.owner.post('/projects/connected/connections', {
      name: 'Outside',
      type: 'bearer',
      hosts: [host],
      secret: { token: secret },
    });
    expect(connection).toMatchObject({ name: 'Outside', hosts: [host], preview: '…4711' });

    const use = async (url: string) => {
      const document = withStep('http', { method: 'GET', url, connection: connection.id });
      const made = await server.owner.post('/projects/connected/workflows', {
        name: `u${Date.now()}`,
        document,
      });
      const { body } = await start('connected', made.body.id, { input: { text: 'x' } });
      const at = `/projects/connected/runs/${body.runId}`;
      return (await server.owner.events(`${at}/events`)).at(-1)!;
    };
    const sent = await use(`${outsideUrl}/with`);
    // The other side got it, and says it back; here it is masked.
    expect(received).toContain(`Bearer ${secret}`);
    expect(JSON.stringify(sent['output'])).toContain('Bearer [redacted]');

    const elsewhere = await use(outsideUrl.replace('127.0.0.1', 'localhost'));
    expect(elsewhere).toMatchObject({ status: 'failed', error: { code: 'CONNECTION_HOST' } });

    const list = await server.owner.get('/projects/connected/connections');
    const exported = await server.owner.get('/projects/connected/export');
    expect(JSON.stringify([list.body, exported.body])).not.toContain(secret);
    const [row] = await server.app.db.prisma.connection.findMany();
    expect(row!.secret).not.toContain(secret);
  });

  it('want the secret again before it goes to another host', async () => {
    const { body: list } = await server.owner.get('/projects/connected/connections');
    const at = `/projects/connected/connections/${list.items[0].id}`;
    expect((await server.owner.patch(at, { hosts: ['evil.example.com'] })).status).toBe(400);
    expect((await server.owner.patch(at, { name: 'Renamed' })).body.name).toBe('Renamed');
    const both = { hosts: ['api.example.com'], secret: { token: 'another-token-123' } };
    expect((await server.owner.patch(at, both)).body).toMatchObject({
      hosts: ['api.example.com'],
      preview: '…-123',
    });
  });
});

describe('code', () => {
  it('cannot name a connection', async () => {
    const code = `const answer = await http.fetch('${outsideUrl}/code', { connectionId: 'x', headers: {} });\nreturn answer.status;\n`;
    const { workflow } = await projectWith(server.owner, 'code', {
      document: withStep('javascript', { code }),
      publish: false,
    });
    const { body } = await start('code', workflow, { input: { text: 'x' } });
    const events = await server.owner.events(`/projects/code/runs/${body.runId}/events`);
    expect(events.at(-1)).toMatchObject({ status: 'succeeded', output: { parts: [{ text: '200' }] } });
  });
});
