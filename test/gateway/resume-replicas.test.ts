import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { type Balancer, startBalancer } from './support/balancer.ts';
import { type EventReader, readEvents } from './support/events.ts';
import { type Gate, startGate } from './support/gate.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type LegacyClient, type Message } from './support/session.ts';
import { answer, ask, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

// Streams that break, and are taken up again at another process; by hand, and by the official clients on their own.

const accept = { action: 'accept' as const, content: { name: 'Ada' } };
const progress = (done: number): Step => ({
  key: `told_${done}`,
  kind: 'progress',
  config: { done, total: 3 },
});

describe.each(DATABASES)('on $name', ({ name, create }) => {
  const replicas = name === 'PostgreSQL';
  let folder: string;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  let gate: Gate;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;
  let there: string;
  let balancer: Balancer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-resume-'));
    database = await create();
    env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    gate = await startGate();
    const through = (key: string): Step => ({
      key,
      kind: 'http',
      config: { url: `${gate.url('')}${key}_{{ input.text }}` },
    });
    one = await startTestServer(env);
    two = await startTestServer(env);
    project = await one.project('shared', {
      workflows: [
        tool(
          'steps',
          TEXT_SCHEMA,
          progress(1),
          through('first'),
          progress(2),
          through('second'),
          answer('done'),
        ),
        tool(
          'greet',
          TEXT_SCHEMA,
          progress(1),
          through('first'),
          ask('who', 'name'),
          through('second'),
          answer('Hello, {{ steps.who.name }}!'),
        ),
      ],
    });
    there = `${two.url}/mcp/shared`;
    balancer = await startBalancer({ targets: () => (replicas ? [one.url, two.url] : [one.url]) });
  });

  afterAll(async () => {
    await balancer?.close();
    gate?.close();
    await Promise.all([one?.close(), two?.close()]);
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const headersOf = ({ session }: LegacyClient) => ({
    Authorization: `Bearer ${project.key}`,
    'Mcp-Session-Id': session,
    'MCP-Protocol-Version': '2025-11-25',
  });
  /** Calls, reads up to the first progress, and loses the connection. Returns the id of the last event. */
  async function lose(client: LegacyClient, name: string, text: string): Promise<string> {
    const call = await readEvents(project.url, {
      headers: {
        ...headersOf(client),
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
      },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: { text }, _meta: { progressToken: 'p' } },
      },
    });
    await call.next();
    const { id } = (await call.next())!;
    await gate.asked(`first_${text}`);
    call.cut();
    return id!;
  }
  const resume = (client: LegacyClient, id: string, url = there): Promise<EventReader> =>
    readEvents(url, { headers: { ...headersOf(client), Accept: 'text/event-stream', 'Last-Event-ID': id } });
  const begin = () => beginSession(project.url, project.key, { elicitation: {} });
  const stored = () => two.app.db.prisma.streamMessage.count();
  const textOf = (message: Message | null | undefined) => message?.result?.content?.[0]?.text;

  /** A process in place of the first. */
  async function startAgain(): Promise<void> {
    one = await startTestServer(env);
    project = { ...project, url: `${one.url}/mcp/shared` };
  }

  it.runIf(replicas)('goes on at another replica while the call goes on', async () => {
    const text = randomUUID();
    const client = await begin();
    const id = await lose(client, 'steps', text);
    const resumed = await resume(client, id);
    expect(await resumed.next()).toEqual({ id, retry: 3000, message: null });
    gate.open(`first_${text}`);
    const next = (await resumed.next())!;
    expect(next.message?.params).toMatchObject({ progress: 2 });
    // Back to the one that has it, and away again.
    const home = await resume(client, next.id!, project.url);
    expect(await resumed.rest()).toEqual([]);
    home.cut();
    const again = await resume(client, next.id!);
    await again.next();
    gate.open(`second_${text}`);
    expect(textOf((await again.rest()).at(-1)?.message)).toBe('done');
    expect(gate.times(`first_${text}`)).toBe(1);
  });

  it.runIf(replicas)('is asked, answers and gets the result at another replica', async () => {
    const text = randomUUID();
    const client = await begin();
    const id = await lose(client, 'greet', text);
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    const resumed = await resume(client, id);
    await resumed.next();
    const asked = (await resumed.next())!.message!;
    expect(asked.method).toBe('elicitation/create');
    expect((await client.respond(asked, accept, there)).status).toBe(202);
    expect(textOf((await resumed.rest()).at(-1)?.message)).toBe('Hello, Ada!');
    await until(
      async () =>
        (await one.app.db.prisma.run.findFirst({ orderBy: { startedAt: 'desc' } }))?.awaitedBy === null,
    );
  });

  it('finds its answer after the process that gave it has ended', async () => {
    const text = randomUUID();
    const client = await begin();
    const id = await lose(client, 'steps', text);
    const closed = one.close();
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    await closed;
    const resumed = await resume(client, id);
    const messages = (await resumed.rest()).map(({ message }) => message);
    expect(messages.map((message) => textOf(message) ?? message?.params?.['progress'])).toEqual([
      undefined,
      2,
      'done',
    ]);
    await startAgain();
  });

  it('is told when the process that worked on it is no more', async () => {
    const text = randomUUID();
    const client = await begin();
    const id = await lose(client, 'steps', text);
    await one.app.events.close();
    const events = await (await resume(client, id)).rest();
    expect(events.at(-1)?.message).toMatchObject({ id: 1, error: { code: -32000 } });
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    await one.close();
    await startAgain();
  });

  it('stores nothing for a stream that was not lost', async () => {
    const text = randomUUID();
    const client = await begin();
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    const before = await stored();
    const call = await client.call('steps', { text });
    expect(textOf(await call.next())).toBe('done');
    await one.close();
    expect(await stored()).toBe(before);
    await startAgain();
  });

  describe('the official clients come back by themselves', () => {
    const url = () => new URL(`${balancer.url}/mcp/shared`);
    const capabilities = { elicitation: { form: {} } };

    async function newer(): Promise<(name: string, text: string, told: number[]) => Promise<unknown>> {
      const client = new Client(
        { name: 'newer', version: '1' },
        { capabilities, versionNegotiation: { mode: 'legacy' } },
      );
      client.setRequestHandler('elicitation/create', async () => accept);
      const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
      await client.connect(new StreamableHTTPClientTransport(url(), { requestInit }));
      return async (tool_, text, told) => {
        const { content } = await client.callTool(
          { name: tool_, arguments: { text } },
          { onprogress: (one_) => told.push(one_.progress) },
        );
        await client.close();
        return content;
      };
    }

    async function older(): Promise<(name: string, text: string, told: number[]) => Promise<unknown>> {
      const client = new OlderClient({ name: 'older', version: '1' }, { capabilities });
      client.setRequestHandler(ElicitRequestSchema, async () => accept);
      const requestInit = { headers: { Authorization: `Bearer ${project.key}` } };
      await client.connect(new OlderTransport(url(), { requestInit }));
      return async (tool_, text, told) => {
        const { content } = await client.callTool({ name: tool_, arguments: { text } }, undefined, {
          onprogress: (one_) => told.push(one_.progress),
        });
        await client.close();
        return content;
      };
    }

    it('through a proxy that cuts their connections', async () => {
      const clients = await Promise.all([newer(), older(), newer(), older()]);
      const tools = ['steps', 'steps', 'greet', 'greet'];
      const texts = clients.map(() => randomUUID());
      const told: number[][] = clients.map(() => []);
      const answers = Promise.all(
        clients.map((call, index) => call(tools[index]!, texts[index]!, told[index]!)),
      );
      await Promise.all(texts.map((text) => gate.asked(`first_${text}`)));
      expect(balancer.cut()).toBeGreaterThanOrEqual(4);
      for (const text of texts) gate.open(`first_${text}`);
      await Promise.all(texts.map((text) => gate.asked(`second_${text}`)));
      if (replicas) expect(balancer.cut()).toBeGreaterThanOrEqual(4);
      for (const text of texts) gate.open(`second_${text}`);
      const done = [{ type: 'text', text: 'done' }];
      const hello = [{ type: 'text', text: 'Hello, Ada!' }];
      expect(await answers).toEqual([done, done, hello, hello]);
      expect(told).toEqual([[1, 2], [1, 2], [1], [1]]);
      expect(texts.map((text) => gate.times(`first_${text}`))).toEqual([1, 1, 1, 1]);
    });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
