import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRuns } from '#lib/operations/read-runs.ts';
import { startTestServer, type TestProject, type TestServer } from '../gateway/support/gateway.ts';
import { ENVELOPE } from '../gateway/support/wire.ts';
import { answer, ask, echo, NO_ARGUMENTS, tool } from '../gateway/support/workflows.ts';
import { eventually } from './server.ts';

const CLI = join(import.meta.dirname, '../../workers/cli.ts');
const greet = tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!'));
const count = tool(
  'count',
  NO_ARGUMENTS,
  { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way' } },
  { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 1 } },
  answer('counted'),
);
const pause = { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 20 } };
let made = 0;
const ADA = { action: 'accept' as const, content: { name: 'Ada' } };

let folder: string;
let server: TestServer;
let project: TestProject;
let env: Record<string, string> & { NODE_ENV: 'production' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-stdio-'));
  server = await startTestServer({ DATA_DIR: folder });
  project = await server.project('lines', { workflows: [echo, greet, count] });
  env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', LOG_LEVEL: 'silent' };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ways = [
  {
    name: 'a running server',
    args: () => ['--url', server.url.replace('127.0.0.1', 'localhost'), '--key', project.key],
  },
  { name: 'a data folder', args: () => ['--data', folder] },
];

describe.each(ways)('the command line, with $name', ({ args }) => {
  const command = () => ({
    command: process.execPath,
    args: [CLI, 'stdio', '--project', 'lines', ...args()],
    env,
    stderr: 'pipe' as const,
  });

  it('serves the official client 1.x: list, call, progress, a question', async () => {
    const client = new OlderClient({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, () => ADA);
    const noise: Error[] = [];
    client.onerror = (error) => noise.push(error);
    await client.connect(new OlderTransport(command()));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['count', 'echo', 'greet']),
    );
    const told: (string | undefined)[] = [];
    await client.callTool({ name: 'count', arguments: {} }, undefined, {
      onprogress: ({ message }) => told.push(message),
    });
    expect(told).toContain('half way');
    const { content } = await client.callTool({ name: 'greet', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await client.close();
    expect(noise).toEqual([]);
  });

  it('serves a pinned release', async () => {
    const client = new OlderClient({ name: 'test', version: '1' });
    const { args: all, ...rest } = command();
    await client.connect(
      new OlderTransport({ ...rest, args: all.map((arg) => (arg === 'lines' ? 'lines@2' : arg)) }),
    );
    expect(client.getServerVersion()?.version).toBe('2');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo', 'greet']);
    await client.close();
  });

  it('serves the official client 2.x in 2026-07-28', async () => {
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler('elicitation/create', async () => ADA);
    await client.connect(new StdioClientTransport(command()));
    expect((await client.listTools()).tools).not.toEqual([]);
    const { content } = await client.callTool({ name: 'greet', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    await client.close();
  });

  it('passes on news of a release, and takes a call back', async () => {
    const client = new OlderClient({ name: 'test', version: '1' });
    const changed = new Promise<void>((resolve) => {
      client.fallbackNotificationHandler = async ({ method }) => {
        if (method === 'notifications/tools/list_changed') resolve();
      };
    });
    await client.connect(new OlderTransport(command()));
    const name = `slow_${randomBytes(4).toString('hex')}`;
    // Whoever listens is known when a later request has been answered.
    await client.ping();
    await eventually(async () => {
      await project.publish(tool(`${name}_${++made}`, NO_ARGUMENTS, pause, answer('done')));
      return await Promise.race([changed.then(() => true), sleep(1000, false)]);
    });
    const stop = new AbortController();
    const called = client.callTool({ name: `${name}_${made}`, arguments: {} }, undefined, {
      signal: stop.signal,
    });
    await client.ping();
    stop.abort();
    await expect(called).rejects.toThrow();
    await eventually(async () => {
      const { items } = await listRuns(server.app, server.owner, 'lines', { limit: 20 });
      return items.some((run) => run.workflowName === `${name}_${made}` && run.status === 'cancelled');
    });
    await client.close();
  });

  it('writes nothing but messages, says what a line lacks, and ends with its input', async () => {
    const { command: program, args: given } = command();
    const child = spawn(program, given, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const lines = [
      '{',
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
      '',
      JSON.stringify({
        jsonrpc: '2.0',
        id: 'é',
        method: 'tools/call',
        params: { name: 'echo', arguments: { text: 'ü' }, _meta: ENVELOPE },
      }),
    ];
    child.stdin.end(`${lines.join('\r\n')}\n`);
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(code).toBe(0);
    const messages = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages.map(({ error }) => error?.code).filter(Boolean)).toEqual([-32_700]);
    expect(messages.find(({ id }) => id === 1)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(messages.find(({ id }) => id === 'é').result.content[0].text).toBe('ü');
  });
});

describe('what cannot be reached', () => {
  const run = async (args: string[], more: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [CLI, 'stdio', ...args], {
      env: { ...env, ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'ping' })}\n`);
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { out, err, code };
  };

  it('a wrong key, a server that is not there: the request gets an error', async () => {
    const at = ['--project', 'lines', '--url', server.url];
    const refused = JSON.parse((await run(at, { PATCHBAY_KEY: 'pbk_wrong' })).out);
    expect(refused).toMatchObject({ id: 7, error: { code: -32_000 } });
    expect(JSON.parse((await run(at, { PATCHBAY_KEY: project.key })).out)).toMatchObject({
      id: 7,
      result: {},
    });
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const nowhere = await run(['--project', 'lines', '--url', `http://127.0.0.1:${port}`]);
    expect(JSON.parse(nowhere.out)).toMatchObject({ id: 7, error: { code: -32_000 } });
    expect(nowhere.err).toContain('127.0.0.1');
  });

  it('an unknown project in the folder: says so, and nothing on standard output', async () => {
    const { out, err, code } = await run(['--project', 'none', '--data', folder]);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(err).toContain('There is no project "none"');
  });
});
