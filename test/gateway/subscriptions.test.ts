import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBase } from '#lib/operations/create-base.ts';
import { putDocument } from '#lib/operations/put-document.ts';
import { updateBase } from '#lib/operations/update-base.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { DATABASES } from '#test/support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, openCall } from './support/session.ts';
import { call, ENVELOPE, legacy, modern } from './support/wire.ts';
import { answer, NO_ARGUMENTS, resource, tool } from './support/workflows.ts';

const BY_URI: JsonObject = { type: 'object', properties: { uri: { type: 'string' } }, required: ['uri'] };
const UPDATED = 'notifications/resources/updated';

describe.each(DATABASES)('subscriptions to resources, on $name', ({ create }) => {
  let database: Awaited<ReturnType<typeof create>>;
  let server: TestServer;
  let replica: TestServer;
  let project: TestProject;
  let other: TestProject;
  let elsewhere: string;

  beforeAll(async () => {
    database = await create();
    const env = {
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
    server = await startTestServer(env);
    const workflows = [
      tool(
        'touch',
        BY_URI,
        { key: 'tell', kind: 'resource-changed', config: { uri: '{{ input.uri }}' } },
        answer('told'),
      ),
      tool(
        'announce',
        NO_ARGUMENTS,
        { key: 'tools', kind: 'resource-changed', config: { what: 'tools' } },
        { key: 'prompts', kind: 'resource-changed', config: { what: 'prompts' } },
        answer('told'),
      ),
      resource('rules', { uri: 'house://rules' }, NO_ARGUMENTS, answer('None.')),
      resource(
        'order',
        { uri: 'orders://{id}' },
        { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
        answer('{{ input.id }}'),
      ),
      tool(
        'count',
        NO_ARGUMENTS,
        { key: 'up', kind: 'store', config: { action: { type: 'increment', key: 'n' } } },
        answer('up'),
      ),
      resource(
        'counter',
        { uri: 'counter://now', pollMs: 5000 },
        NO_ARGUMENTS,
        { key: 'now', kind: 'store', config: { action: { type: 'get', key: 'n' } } },
        answer('{{ steps.now }}'),
      ),
    ];
    project = await server.project('watched', { workflows });
    other = await server.project('unwatched', { workflows });
    // A second process on the same database, where one process may not have two it is the same.
    replica = database.url.startsWith('postgres') ? await startTestServer(env) : server;
    elsewhere = `${replica.url}/mcp/watched`;
  });

  afterAll(async () => {
    if (replica !== server) await replica?.close();
    await server?.close();
    await database?.remove();
  });

  const touch = (uri: string, at = project) => call(at.url, at.key, 'touch', { uri });

  function listen(notifications: JsonObject, key = project.key) {
    return openCall(
      elsewhere,
      {
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'subscriptions/listen',
        Authorization: `Bearer ${key}`,
      },
      { jsonrpc: '2.0', id: 's', method: 'subscriptions/listen', params: { notifications, _meta: ENVELOPE } },
    );
  }

  describe('of 2026-07-28', () => {
    it('hear of the URIs they named, and of no others', async () => {
      const uris = ['house://rules', 'orders://7', 'orders://x', 'nothing://here'];
      const stream = await listen({ resourceSubscriptions: uris });
      expect(await stream.next()).toMatchObject({
        params: { notifications: { resourceSubscriptions: ['house://rules', 'orders://7'] } },
      });
      await touch('orders://8');
      await touch('house://rules', other);
      expect((await touch('orders://7')).json.result?.content).toEqual([{ type: 'text', text: 'told' }]);
      expect(await stream.next()).toEqual({
        jsonrpc: '2.0',
        method: UPDATED,
        params: { uri: 'orders://7', _meta: { 'io.modelcontextprotocol/subscriptionId': 's' } },
      });
      await touch('house://rules');
      expect(await stream.next()).toMatchObject({ params: { uri: 'house://rules' } });
      stream.close();
    });

    it('hear that a workflow wants a list to be asked for again, if they listen for it', async () => {
      const stream = await listen({ promptsListChanged: true, resourceSubscriptions: ['orders://7'] });
      await stream.next();
      expect((await call(project.url, project.key, 'announce')).json.result?.content).toEqual([
        { type: 'text', text: 'told' },
      ]);
      await touch('orders://7');
      const told = [await stream.next(), await stream.next()].map((message) => message?.method);
      expect(told).toEqual(['notifications/prompts/list_changed', UPDATED]);
      stream.close();
    });

    it('hear nothing of what their key may not read', async () => {
      const { key } = await project.newKey(['order', 'touch']);
      const stream = await listen({ resourceSubscriptions: ['house://rules', 'orders://1'] }, key);
      expect(await stream.next()).toMatchObject({
        params: { notifications: { resourceSubscriptions: ['orders://1'] } },
      });
      stream.close();
    });

    it.each([['all'], [[1]], [Array.from({ length: 101 }, (_, n) => `orders://${n}`)], [{}]])(
      'cannot name %#',
      async (resourceSubscriptions) => {
        const params = { notifications: { resourceSubscriptions } };
        const answered = await modern(project.url, project.key, { method: 'subscriptions/listen', params });
        expect(answered.json.error?.code).toBe(-32602);
      },
    );

    it('hear of a resource that is read again and is another', async () => {
      await call(project.url, project.key, 'count');
      const stream = await listen({ resourceSubscriptions: ['counter://now'] });
      await stream.next();
      const reads = () => server.app.db.prisma.run.count({ where: { workflowName: 'counter' } });
      await expect.poll(reads, { timeout: 60_000 }).toBeGreaterThan(0);
      await call(project.url, project.key, 'count');
      expect(await stream.next()).toMatchObject({ method: UPDATED, params: { uri: 'counter://now' } });
      stream.close();
    });
  });

  describe('of 2025', () => {
    it('are kept for the session, whose stream may be elsewhere', async () => {
      const client = await beginSession(project.url, project.key, {});
      const request = (method: string, uri: unknown, id = 5) => client.send({ id, method, params: { uri } });
      expect((await request('resources/subscribe', 'orders://1')).json.result).toEqual({});
      const stream = await openStream(elsewhere, client.session);
      const told = async () => (await stream.next())?.params?.['uri'];
      // What was subscribed to before the stream was opened is read when it is.
      await expect
        .poll(async () => {
          await touch('orders://1');
          return stream.has();
        })
        .toBe(true);
      expect(await told()).toBe('orders://1');
      stream.drain();
      await request('resources/subscribe', 'house://rules');
      await request('resources/unsubscribe', 'orders://1');
      await expect
        .poll(async () => {
          await touch('orders://1');
          await touch('house://rules');
          return stream.last()?.params?.['uri'];
        })
        .toBe('house://rules');
      stream.close();
      const row = { uri: 'house://rules', session: expect.any(String) };
      expect(await server.app.db.prisma.resourceSubscription.findMany()).toMatchObject([row]);
    });

    it('need a session, and a resource that is there', async () => {
      const message = {
        jsonrpc: '2.0',
        id: 1,
        method: 'resources/subscribe',
        params: { uri: 'house://rules' },
      };
      expect((await legacy(project.url, project.key, message)).json.error?.code).toBe(-32602);
      const { key } = await project.newKey(['order']);
      const client = await beginSession(project.url, key, {});
      const subscribe = (uri: unknown) =>
        client.send({ id: 1, method: 'resources/subscribe', params: { uri } });
      for (const uri of ['house://rules', 'orders://x', 'nothing://here', 'knowledge://a/b', '']) {
        expect([uri, (await subscribe(uri)).json.error?.code]).toEqual([uri, -32002]);
      }
      expect((await subscribe(7)).json.error?.code).toBe(-32602);
    });

    it('are a hundred at most', async () => {
      const client = await beginSession(project.url, project.key, {});
      const subscribe = async (id: number) =>
        (await client.send({ id: 1, method: 'resources/subscribe', params: { uri: `orders://${id}` } }))
          .status;
      for (let id = 1; id <= 100; id += 1) expect(await subscribe(id)).toBe(200);
      expect(await subscribe(100)).toBe(200);
      expect(await subscribe(101)).toBe(429);
    });

    it('hear that a workflow wants the lists to be asked for again', async () => {
      const client = await beginSession(project.url, project.key, {});
      const stream = await openStream(elsewhere, client.session);
      await call(other.url, other.key, 'announce');
      await call(project.url, project.key, 'announce');
      const told = [await stream.next(), await stream.next()].map((message) => message?.method);
      expect(told).toEqual(['notifications/tools/list_changed', 'notifications/prompts/list_changed']);
      stream.close();
    });

    async function openStream(url: string, session: string) {
      const gone = new AbortController();
      const response = await fetch(url, {
        signal: gone.signal,
        headers: {
          Accept: 'text/event-stream',
          Authorization: `Bearer ${project.key}`,
          'Mcp-Session-Id': session,
        },
      });
      const messages: { method?: string; params?: JsonObject }[] = [];
      let wake = () => {};
      const reading = (async () => {
        let text = '';
        for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          for (let found = /^data: (.+)\n\n/m.exec(text); found; found = /^data: (.+)\n\n/m.exec(text)) {
            text = text.slice(found.index + found[0].length);
            messages.push(JSON.parse(found[1]!));
            wake();
          }
        }
      })().catch(() => {});
      return {
        has: () => messages.length > 0,
        last: () => messages.at(-1),
        drain: () => messages.splice(0),
        async next() {
          if (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return messages.shift();
        },
        close: () => {
          gone.abort();
          return reading;
        },
      };
    }
  });

  it('hear that documents that are offered are others', async () => {
    const { id: base } = await createBase(server.app, server.owner, 'watched', { name: 'Notes' });
    const at = { project: 'watched', base };
    await updateBase(server.app, server.owner, at, { offered: true });
    // The news of it reach another replica in a moment.
    await expect
      .poll(async () => {
        const listed = await modern(elsewhere, project.key, { method: 'resources/templates/list' });
        return JSON.stringify(listed.json.result);
      })
      .toContain('knowledge://');
    const stream = await listen({
      resourcesListChanged: true,
      resourceSubscriptions: ['knowledge://Notes/a.md'],
    });
    await stream.next();
    await putDocument(server.app, server.owner, at, { path: 'a.md', name: 'a.md', data: Buffer.from('one') });
    const heard = new Set<unknown>();
    while (heard.size < 2) heard.add((await stream.next())?.method);
    expect([...heard].sort()).toEqual(['notifications/resources/list_changed', UPDATED]);
    stream.close();
  });

  describe('of the official clients', () => {
    it.each(['legacy', { pin: '2026-07-28' }] as const)('2.x hear (%j)', async (mode) => {
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      const heard: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        heard.push(params.uri);
      });
      const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(project.url), { requestInit }));
      expect((await client.listResources()).resources.map(({ uri }) => uri)).toContain('house://rules');
      expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([
        { uriTemplate: 'orders://{id}' },
        {},
      ]);
      expect((await client.readResource({ uri: 'orders://12' })).contents).toMatchObject([{ text: '12' }]);
      if (mode === 'legacy') await client.subscribeResource({ uri: 'orders://12' });
      else await client.listen({ resourceSubscriptions: ['orders://12'] });
      await expect
        .poll(async () => {
          await touch('orders://12');
          return heard;
        })
        .toContain('orders://12');
      await client.close();
    });

    it('1.x hear', async () => {
      const client = new OlderClient({ name: 'test', version: '1' });
      const heard: string[] = [];
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
        heard.push(params.uri);
      });
      const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
      await client.connect(new OlderTransport(new URL(project.url), { requestInit }));
      expect((await client.readResource({ uri: 'orders://13' })).contents).toMatchObject([{ text: '13' }]);
      await client.subscribeResource({ uri: 'orders://13' });
      await expect
        .poll(async () => {
          await touch('orders://13');
          return heard;
        })
        .toContain('orders://13');
      await client.close();
    });
  });
});
