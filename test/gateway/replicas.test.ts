import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type Message, type OpenCall } from './support/session.ts';
import { envelope, modern } from './support/wire.ts';
import { answer, ask, NO_ARGUMENTS, tool } from './support/workflows.ts';

// Two processes on one database, and no client that is tied to one of them. On SQLite, which one process serves, this
// is a restart with the old process still there: news pass through the database alone.

const greet = tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!'));
const FORMS = { elicitation: {} };
const accept = { action: 'accept', content: { name: 'Ada' } };
const textOf = (message: Message | null) => message?.result?.content?.[0]?.text;

describe.each(DATABASES)('on $name', ({ name, create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;
  let there: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-replicas-'));
    database = await create();
    env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    one = await startTestServer(env);
    two = await startTestServer(env);
    project = await one.project('shared', { workflows: [greet] });
    there = `${two.url}/mcp/shared`;
  });

  afterEach(async () => {
    await Promise.all([one?.close(), two?.close()]);
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = (url: string, more: object = {}) =>
    modern(url, project.key, {
      method: 'tools/call',
      params: { name: 'greet', arguments: {}, _meta: envelope(FORMS), ...more },
    });

  it('a 2026 call asked by one is answered by the other, and fetched again from the first', async () => {
    const asked = await call(project.url);
    const { requestState } = asked.json.result as unknown as { requestState: string };
    const given = { requestState, inputResponses: { who: accept } };
    expect((await call(there, given)).json.result?.content[0]?.text).toBe('Hello, Ada!');
    expect((await call(project.url, given)).json.result?.content[0]?.text).toBe('Hello, Ada!');
  });

  it('a 2025 session begun at one is served by the other; an answer given there reaches the stream here', async () => {
    const client = await beginSession(there, project.key, FORMS);
    const here = await beginSession(project.url, project.key, FORMS);
    const open = await here.call('greet');
    const asked = (await open.next())!;
    expect((await client.respond(asked, accept)).status).toBe(202);
    expect((await here.respond(asked, accept, there)).status).toBe(202);
    expect(textOf(await last(open))).toBe('Hello, Ada!');
  });

  // Processes hear each other on PostgreSQL only.
  it.runIf(name === 'PostgreSQL')('a call held by one is taken back at the other', async () => {
    const client = await beginSession(project.url, project.key, FORMS);
    const open = await client.call('greet', {}, 5);
    await open.next();
    await client.send({ method: 'notifications/cancelled', params: { requestId: 5 } }, there);
    expect((await last(open))?.result?.isError).toBe(true);
  });

  it('a stop of the one that asked loses nothing: the same call goes on at the other', async () => {
    const client = await beginSession(project.url, project.key, FORMS);
    const open = await client.call('greet');
    await open.next();
    const closed = one.close();
    expect(textOf(await last(open))).toContain('call greet again');
    await closed;
    const again = await (await beginSession(there, project.key, FORMS)).call('greet');
    expect((await again.next())?.method).toBe('elicitation/create');
    again.close();
    expect(await two.app.db.prisma.run.count()).toBe(1);
  });

  it('a client of 2026-07-28 does not notice a restart between a question and its answer', async () => {
    const client = new Client(
      { name: 'test', version: '1' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    let target = new URL(project.url);
    client.setRequestHandler('elicitation/create', async () => {
      await one.close();
      target = new URL(there);
      return { action: 'accept', content: { name: 'Ada' } };
    });
    // As a load balancer would: the address stays, the process behind it changes.
    const balanced: typeof fetch = (url, init) => {
      const to = new URL(String(url));
      to.port = target.port;
      return fetch(to, init);
    };
    const headers = { Authorization: `Bearer ${project.key}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(project.url), { requestInit: { headers }, fetch: balanced }),
    );
    const { content } = await client.callTool({ name: 'greet', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await client.close();
  });
});

/** The answer to the call, after whatever else is said. */
async function last({ next }: OpenCall): Promise<Message | null> {
  for (;;) {
    const message = await next();
    if (!message || message.result) return message;
  }
}
