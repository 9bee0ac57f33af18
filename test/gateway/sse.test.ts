import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { CreateMessageRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listRuns } from '#lib/operations/read-runs.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import type { Message } from './support/session.ts';
import { SsePeer } from './support/sse.ts';
import { send } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

const capital = tool(
  'capital',
  NO_ARGUMENTS,
  {
    key: 'capital',
    kind: 'ask-model',
    config: { messages: [{ role: 'user', text: 'What is the capital of France?' }], maxTokens: 100 },
  },
  { key: 'folders', kind: 'roots', config: {} },
  answer('{{ steps.capital.text }}, {{ steps.folders.roots[0].uri }}'),
);
const pause = (name: string, amount: number) =>
  tool(name, NO_ARGUMENTS, { key: 'pause', kind: 'wait', config: { mode: 'for', amount } }, answer('done'));
const PARIS = { role: 'assistant' as const, content: { type: 'text' as const, text: 'Paris' }, model: 'm' };
const HOME = { roots: [{ uri: 'file:///home/ada', name: 'home' }] };

const textOf = (message: Message | null) => message?.result?.content?.[0]?.text;

describe('on one server', () => {
  let server: TestServer;
  let project: TestProject;

  beforeAll(async () => {
    server = await startTestServer();
    project = await server.project('streams', { workflows: [echo, capital, pause('slow', 20)] });
  });

  afterAll(() => server.close());

  const open = (to = project, key: string | null = to.key) => SsePeer.open(to.url, key);
  const statusesOf = async (name: string, slug = project.slug) => {
    const { items } = await listRuns(server.app, server.owner, slug, { limit: 200 });
    return items.filter(({ workflowName }) => workflowName === name).map(({ status }) => status);
  };

  it('serves the official client: list, call, its model and its roots, news of a release', async () => {
    const own = await server.project('official', { workflows: [echo, capital] });
    const client = new OlderClient(
      { name: 'test', version: '1' },
      { capabilities: { sampling: {}, roots: {} } },
    );
    client.setRequestHandler(CreateMessageRequestSchema, () => PARIS);
    client.setRequestHandler(ListRootsRequestSchema, () => HOME);
    const changed = new Promise<void>((resolve) => {
      client.fallbackNotificationHandler = async ({ method }) => {
        if (method === 'notifications/tools/list_changed') resolve();
      };
    });
    const headers = { Authorization: `Bearer ${own.key}` };
    const transport = new SSEClientTransport(new URL(`${own.url}/sse`), {
      requestInit: { headers },
      eventSourceInit: {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
      },
    });
    await client.connect(transport);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['capital', 'echo']);
    const { content } = await client.callTool({ name: 'capital', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Paris, file:///home/ada' }]);
    await own.publish(pause('later', 1));
    await changed;
    await client.close();
  });

  it('speaks the revision of its transport, and says 202 to every message', async () => {
    const peer = await open();
    expect((await peer.initialize())?.result).toMatchObject({ protocolVersion: '2024-11-05' });
    expect((await peer.post({ method: 'notifications/initialized' })).status).toBe(202);
    expect(textOf(await peer.call('echo', { text: 'hello' }))).toBe('hello');
    peer.close();
  });

  it('refuses strangers, other callers, forged and closed streams', async () => {
    await expect(open(project, null)).rejects.toThrow('status 401');
    await expect(open(project, 'pbk_wrong')).rejects.toThrow('status 401');
    const peer = await open();
    const ping = { id: 1, method: 'ping' };
    const post = (endpoint: string, key: string | null) =>
      send(endpoint, {
        headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ jsonrpc: '2.0', ...ping }),
      });
    expect((await post(peer.endpoint, null)).status).toBe(401);
    expect((await post(peer.endpoint, (await project.newKey()).key)).status).toBe(404);
    expect((await post(`${peer.endpoint}x`, project.key)).status).toBe(404);
    expect((await post(`${project.url}/sse`, project.key)).status).toBe(405);
    expect((await post(`${peer.endpoint}&token=${project.key}`, project.key)).status).toBe(400);
    expect((await send(peer.endpoint, { method: 'DELETE' })).status).toBe(405);
    expect((await peer.post(ping)).status).toBe(202);
    expect((await peer.next())?.result).toEqual({});
    const elsewhere = { Origin: 'https://elsewhere.example', Authorization: `Bearer ${project.key}` };
    expect((await send(`${project.url}/sse`, { method: 'GET', headers: elsewhere })).status).toBe(403);
    peer.close();
    await once(peer.response, 'close');
    await expect.poll(async () => (await peer.post(ping)).status, { timeout: 60_000 }).toBe(404);
  });

  it('tells what is wrong with a message: to the sender what cannot be read, on the stream the rest', async () => {
    const peer = await open();
    const raw = (body: string) =>
      send(peer.endpoint, {
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${project.key}` },
        body,
      });
    expect((await raw('{')).json.error?.code).toBe(-32_700);
    expect((await raw(`"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
    expect((await raw('{"jsonrpc":"2.0","id":1}')).status).toBe(202);
    expect((await peer.next())?.error?.code).toBe(-32_600);
    peer.close();
  });

  it('ends when the key is revoked', async () => {
    const { id, key } = await project.newKey();
    const peer = await open(project, key);
    await revokeKey(server.app, server.owner, { project: project.slug, key: id });
    expect(await peer.next()).toBeNull();
  });

  it('a call is cancelled by a notification, and by going away', async () => {
    const peer = await open();
    const call = { id: 5, method: 'tools/call', params: { name: 'slow', arguments: {} } };
    await peer.post(call);
    await peer.ask({ id: 6, method: 'ping' });
    await peer.post({ method: 'notifications/cancelled', params: { requestId: 5 } });
    await peer.post(call);
    await peer.ask({ id: 7, method: 'ping' });
    peer.close();
    await expect.poll(() => statusesOf('slow'), { timeout: 60_000 }).toEqual(['cancelled', 'cancelled']);
  });

  it('two hundred clients of one key that all use id 0 get their own answers', async () => {
    const peers = await Promise.all(Array.from({ length: 200 }, () => open()));
    const answers = await Promise.all(
      peers.map((peer, index) => peer.call('echo', { text: String(index) }, { id: 0 })),
    );
    const wrong = answers.filter((one, index) => one?.result && textOf(one) !== String(index));
    expect(wrong).toEqual([]);
    expect(answers.filter((one) => one?.result).length).toBeGreaterThan(100);
    for (const peer of peers) peer.close();
  });

  it('bounds the streams of one key', async () => {
    const { key } = await project.newKey();
    const opened = await Promise.allSettled(Array.from({ length: 260 }, () => open(project, key)));
    expect(opened.filter(({ status }) => status === 'rejected')).toHaveLength(4);
    for (const one of opened) if (one.status === 'fulfilled') one.value.close();
  });

  it('a reader that does not read is closed', async () => {
    const own = await server.project('unread', {
      workflows: [tool('big', NO_ARGUMENTS, answer('x'.repeat(400_000)))],
    });
    await updateProject(server.app, server.owner, own.slug, { resultBudget: 1_000_000 });
    const peer = await open(own);
    peer.response.pause();
    const params = { name: 'big', arguments: {} };
    await Promise.all(
      Array.from({ length: 150 }, (_, id) =>
        peer.post({ id, method: 'tools/call', params }).catch(() => null),
      ),
    );
    await expect.poll(async () => (await peer.post({ method: 'x' })).status, { timeout: 60_000 }).toBe(404);
    peer.close();
  });

  it('ends with the server: what runs is answered, then the stream is over', async () => {
    const ending = await startTestServer();
    const own = await ending.project('ending', { workflows: [pause('short', 1)] });
    const peer = await SsePeer.open(own.url, own.key);
    const idle = await SsePeer.open(own.url, own.key);
    const answered = peer.call('short');
    await peer.ask({ id: 9, method: 'ping' });
    await ending.close();
    expect(textOf(await answered)).toBe('done');
    expect(await idle.next()).toBeNull();
  });
});

// One process serves an SQLite file.
describe.each(DATABASES.filter(({ name }) => name !== 'SQLite'))('two processes on $name', ({ create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-sse-'));
    database = await create();
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    one = await startTestServer(env);
    two = await startTestServer(env);
    project = await one.project('shared', { workflows: [echo, capital] });
  });

  afterEach(async () => {
    await Promise.all([one?.close(), two?.close()]);
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('a message that is posted to the other is answered on the stream, small or large', async () => {
    const peer = await SsePeer.open(project.url, project.key);
    const there = peer.endpoint.replace(one.url, two.url);
    await peer.initialize({ sampling: {}, roots: {} });
    expect(textOf(await peer.call('echo', { text: 'ü' }, { endpoint: there }))).toBe('ü');
    const large = { id: 2, method: 'ping', params: { _meta: { filler: 'é'.repeat(200_000) } } };
    expect((await peer.ask(large, there))?.result).toEqual({});

    const called = peer.call('capital', {}, { id: 3, endpoint: there });
    for (const [method, result] of [
      ['sampling/createMessage', PARIS],
      ['roots/list', HOME],
    ]) {
      const request = await peer.next((message) => message.method === method);
      expect((await peer.post({ id: request?.id, result }, there)).status).toBe(202);
    }
    expect(textOf(await called)).toBe('Paris, file:///home/ada');
    peer.close();
    await once(peer.response, 'close');
    await expect
      .poll(async () => (await peer.post({ id: 9, method: 'ping' }, there)).status, { timeout: 60_000 })
      .toBe(404);
  });
});
