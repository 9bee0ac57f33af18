import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { listClientRequests, listClients } from '#lib/operations/read-clients.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type Message, type OpenCall, openStream } from './support/session.ts';
import { type Answer, legacy, send } from './support/wire.ts';
import { answer, ask, NO_ARGUMENTS, type Step, tool } from './support/workflows.ts';

// What changes of a session of 2025 is known in two processes at once, and after a restart. On SQLite, which one process
// serves, the second is the one after the restart: it hears nothing of the first.

const line = (level: string): Step => ({ key: level, kind: 'log', config: { level, text: `a ${level}` } });
const noted = tool('noted', NO_ARGUMENTS, ...['debug', 'info', 'warn', 'error'].map(line), answer('noted'));
const quiet = tool('quiet', NO_ARGUMENTS, answer('quiet'));
const greet = tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!'));

describe.each(DATABASES)('on $name', ({ name, create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;
  let there: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-session-states-'));
    database = await create();
    env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    one = await startTestServer(env);
    project = await one.project('shared', { workflows: [noted, quiet, greet] });
    two = await startTestServer(env);
    there = `${two.url}/mcp/shared`;
  });

  afterAll(async () => {
    await Promise.all([one?.close(), two?.close()]);
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = (capabilities = {}) => beginSession(project.url, project.key, capabilities);
  type Client = Awaited<ReturnType<typeof begin>>;
  const setLevel = ({ send: post }: Client, level: unknown, url?: string) =>
    post({ id: 1, method: 'logging/setLevel', params: { level } }, url);
  const heard = async ({ send: post }: Client, url?: string) =>
    levelsIn(await post({ id: 2, method: 'tools/call', params: { name: 'noted', arguments: {} } }, url));
  const end = (session: string | undefined, { url = project.url, key = project.key, more = {} } = {}) =>
    send(url, {
      method: 'DELETE',
      headers: {
        Authorization: `Bearer ${key}`,
        ...(session !== undefined && { 'Mcp-Session-Id': session }),
        ...more,
      },
    });

  describe('the level of a session’s log', () => {
    it('holds in the process that was told and in another one', async () => {
      const client = await begin();
      expect(await heard(client)).toEqual(['info', 'warning', 'error']);
      const set = await setLevel(client, 'error');
      expect([set.status, set.json.result]).toEqual([200, {}]);
      expect(await heard(client)).toEqual(['error']);
      expect(await heard(client, there)).toEqual(['error']);
      await setLevel(client, 'debug');
      expect(await heard(client)).toEqual(['debug', 'info', 'warning', 'error']);
    });

    it.runIf(name === 'PostgreSQL')('is another at once where another was known', async () => {
      const client = await begin();
      expect(await heard(client, there)).toEqual(['info', 'warning', 'error']);
      await setLevel(client, 'emergency');
      await until(async () => (await heard(client, there)).length === 0);
    });

    it('is one of those that the specification names', async () => {
      const client = await begin();
      for (const level of ['warn', 'INFO', '', 7, undefined]) {
        const { status, json } = await setLevel(client, level);
        expect([level, status, json.error?.code]).toEqual([level, 200, -32_602]);
      }
      expect(await heard(client)).toEqual(['info', 'warning', 'error']);
    });

    it('is read at most once by a process, and never for calls that do not log', async () => {
      const client = await begin();
      const reads = countReads(one);
      await client.send({ id: 1, method: 'tools/call', params: { name: 'quiet', arguments: {} } });
      await heard(client);
      expect(reads()).toBe(0);
      await setLevel(client, 'error');
      await heard(client);
      await heard(client);
      expect(reads()).toBe(1);
    });
  });

  describe('the end of a session', () => {
    it('is the end in every process, for good', async () => {
      const client = await begin();
      const ended = await end(client.session);
      expect([ended.status, ended.text, ended.headers['content-length']]).toEqual([204, '', undefined]);
      for (const url of [project.url, there]) {
        for (const message of [
          { id: 1, method: 'ping' },
          { method: 'notifications/initialized' },
          { id: 'x', result: {} },
        ]) {
          const { status, json } = await client.send(message, url);
          expect([status, json.error?.code]).toEqual([404, -32_001]);
        }
        expect((await end(client.session, { url })).status).toBe(404);
      }
      const headers = {
        Authorization: `Bearer ${project.key}`,
        Accept: 'text/event-stream',
        'Mcp-Session-Id': client.session,
      };
      expect((await send(project.url, { method: 'GET', headers })).status).toBe(404);
    });

    it('leaves other sessions of the client alone, and it may begin anew', async () => {
      const [first, second] = [await begin(), await begin()];
      await end(first.session);
      expect((await second.send({ id: 1, method: 'ping' })).status).toBe(200);
      const again = await legacy(
        project.url,
        project.key,
        { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } },
        { 'Mcp-Session-Id': first.session },
      );
      expect(again.status).toBe(200);
    });

    it('takes a call back that waits for the person, and its question', async () => {
      const client = await begin({ elicitation: {} });
      const open = await client.call('greet');
      const asked = await open.next();
      expect(asked?.method).toBe('elicitation/create');
      await end(client.session, { url: name === 'PostgreSQL' ? there : project.url });
      const messages = await rest(open);
      expect(messages.map(({ method }) => method)).toContain('notifications/cancelled');
      expect(messages.at(-1)?.result?.isError).toBe(true);
      await until(async () => {
        const run = await one.app.db.prisma.run.findFirst({ where: { workflowName: 'greet' } });
        return run?.status === 'cancelled';
      });
    });

    it('ends its stream, and forgets what it was subscribed to', async () => {
      const client = await begin();
      const stream = await openStream(project.url, project.key, client.session);
      await one.app.db.prisma.resourceSubscription.create({
        data: {
          session: sessionName(client.session),
          uriHash: 'x',
          uri: 'x://y',
          projectId: (await one.app.live.get('shared'))!.id,
          expiresAt: new Date('2100-01-01'),
        },
      });
      await end(client.session, { url: name === 'PostgreSQL' ? there : project.url });
      expect(await stream.next()).toBeNull();
      expect(await one.app.db.prisma.resourceSubscription.count()).toBe(0);
    });

    it('is not for anybody else to bring about', async () => {
      const client = await begin();
      const second = await project.newKey();
      const attempts = {
        'without a key': end(client.session, { key: 'pbk_nonsense' }),
        'with another key': end(client.session, { key: second.key }),
        'made up': end('from-before-the-restart'),
        'without an id': end(undefined),
        'of 2026-07-28': end(client.session, { more: { 'MCP-Protocol-Version': '2026-07-28' } }),
        'of a foreign page': end(client.session, { more: { Origin: 'https://example.com' } }),
      };
      const statuses: Record<string, number> = {};
      for (const [what, attempt] of Object.entries(attempts)) statuses[what] = (await attempt).status;
      expect(statuses).toEqual({
        'without a key': 401,
        'with another key': 404,
        'made up': 404,
        'without an id': 405,
        'of 2026-07-28': 405,
        'of a foreign page': 403,
      });
      expect((await end(undefined)).headers['allow']).toBe('GET, POST');
      expect((await client.send({ id: 1, method: 'ping' })).status).toBe(200);
    });

    it('is in the log of the project’s clients', async () => {
      const client = await begin();
      await end(client.session);
      const [seen] = await listClients(one.app, one.owner, 'shared');
      expect(seen?.name).toBe('Tester');
      // A request is noted when it has been answered.
      await vi.waitFor(async () => {
        const log = await listClientRequests(one.app, one.owner, { project: 'shared', client: seen!.id });
        expect(log[0]).toMatchObject({
          method: 'DELETE',
          status: 204,
          failure: null,
          protocol: '2025-11-25',
        });
      }, 10_000);
    });

    it('is remembered as long as its id is good', async () => {
      const client = await begin();
      await end(client.session);
      const { sessions } = repository(one.app.db, { type: 'system' });
      expect(await sessions.prune()).toBe(0);
      const where = { name: sessionName(client.session) };
      await one.app.db.prisma.mcpSession.update({ where, data: { expiresAt: new Date(0) } });
      expect(await sessions.prune()).toBe(1);
    });

    it('is forgotten of the oldest, where a project has very many', async () => {
      const { mcpSession } = one.app.db.prisma;
      const projectId = (await one.app.live.get('shared'))!.id;
      await mcpSession.deleteMany();
      for (const day of [5, 1, 4, 2, 3]) {
        const expiresAt = new Date(`2100-01-0${day}`);
        await mcpSession.create({ data: { name: `day-${day}`, projectId, expiresAt, endedAt: new Date() } });
      }
      const { sessions } = repository(one.app.db, { type: 'system' });
      expect(await sessions.prune(5)).toBe(0);
      expect(await sessions.prune(2)).toBe(3);
      const left = await mcpSession.findMany({ orderBy: { name: 'asc' } });
      expect(left.map(({ name: session }) => session)).toEqual(['day-4', 'day-5']);
    });
  });
});

const levelsIn = ({ text }: Answer): string[] =>
  [...text.matchAll(/^data: (.+)$/gm)]
    .map(([, json]) => JSON.parse(json!) as Message)
    .filter(({ method }) => method === 'notifications/message')
    .map(({ params }) => String(params?.['level']));

async function rest({ next }: OpenCall): Promise<Message[]> {
  const messages: Message[] = [];
  for (let message = await next(); message; message = await next()) messages.push(message);
  return messages;
}

/** The name in a session's id. */
function sessionName(id: string): string {
  return JSON.parse(Buffer.from(id.split('.')[0]!, 'base64url').toString()).n;
}

/** Counts how often the states of sessions are read from now on. */
function countReads(server: TestServer): () => number {
  const { mcpSession } = server.app.db.prisma;
  const find = mcpSession.findFirst;
  let count = 0;
  Object.defineProperty(mcpSession, 'findFirst', {
    configurable: true,
    value: (...args: Parameters<typeof find>) => {
      count += 1;
      return find(...args);
    },
  });
  return () => count;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 100; times += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it never came true');
}
