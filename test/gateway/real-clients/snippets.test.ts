import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snippetsFor } from '#app/connect/snippets.ts';
import { startTestServer, type TestProject, type TestServer } from '../support/gateway.ts';
import type { Connected } from './client.ts';
import { inspect } from './inspector.ts';
import { bridge } from './mcp-remote.ts';
import { connectOlder } from './official.ts';
import { countTo, ORDER, order, RECEIPT } from './workflows.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

let server: TestServer;
let project: TestProject;
let folder: string;

// Release 1 has the tool order alone.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-snippets-'));
  server = await startTestServer();
  project = await server.project('my-orders', { workflows: [order, countTo('http://127.0.0.1:1')] });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The two choices on the page, and the tools that are there. */
const CHOICES = [
  { choice: 'the latest', pin: '', tools: ['count', 'order'] },
  { choice: 'release 1, pinned', pin: '@1', tools: ['order'] },
];

/** A snippet as it is copied, with a good key where it says to put one. */
function copied(id: string, pin: string): string {
  const target = { name: 'my-orders', url: `${project.url}${pin}`, access: 'key' } as const;
  const { code } = snippetsFor(target).find((snippet) => snippet.id === id)!;
  expect(code!.text).not.toContain(project.key);
  return code!.text.replaceAll(/YOUR_API_KEY|\$\{input:patchbay_key\}/g, project.key);
}

/** What a program of this name is started with when a shell reads the line. */
async function argumentsOf(line: string, program: string): Promise<string[]> {
  const script = `${program}() { printf '%s\\0' "$@"; }\n${line}`;
  const { stdout } = await run('sh', ['-c', script]);
  return stdout.split('\0').slice(0, -1);
}

interface Entry {
  url: string;
  headers?: Record<string, string>;
}

/** Connects to what an entry names, with its headers and no others. */
async function toolsAt({ url, headers = {} }: Entry): Promise<string[]> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
}

/** `Authorization: Bearer …` */
function headersIn(args: readonly string[], flag: string): Record<string, string> {
  const lines = args.filter((_, index) => args[index - 1] === flag);
  return Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
}

describe.each(CHOICES)('the instructions for $choice', ({ pin, tools }) => {
  it.each(['claude-code', 'gemini-cli'])('are a command that names the server: %s', async (id) => {
    const args = await argumentsOf(copied(id, pin), id === 'claude-code' ? 'claude' : 'gemini');
    expect(args.slice(0, 5)).toEqual(['mcp', 'add', '--transport', 'http', 'my-orders']);
    expect(await toolsAt({ url: args[5]!, headers: headersIn(args, '--header') })).toEqual(tools);
  });

  it('are a command with JSON: claude-code-json', async () => {
    const [mcp, add, name, json, ...more] = await argumentsOf(copied('claude-code-json', pin), 'claude');
    expect([mcp, add, name, ...more]).toEqual(['mcp', 'add-json', 'my-orders']);
    const { type, ...entry } = JSON.parse(json!) as Entry & { type: string };
    expect(type).toBe('http');
    expect(await toolsAt(entry)).toEqual(tools);
  });

  it('are a request that can be sent: curl', async () => {
    const [url, ...args] = await argumentsOf(copied('curl', pin), 'curl');
    const body = args[args.indexOf('-d') + 1]!;
    const response = await fetch(url!, { method: 'POST', headers: headersIn(args, '-H'), body });
    const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(tools);
  });

  it.each([
    ['cursor', 'mcpServers'],
    ['vscode', 'servers'],
    ['opencode', 'mcp'],
    ['generic', 'mcpServers'],
  ])('are an entry of a settings file: %s', async (id, member) => {
    const entry = JSON.parse(copied(id, pin))[member]['my-orders'] as Entry;
    expect(await toolsAt(entry)).toEqual(tools);
  });

  it('are an entry of a settings file: windsurf', async () => {
    const { serverUrl, headers } = JSON.parse(copied('windsurf', pin)).mcpServers['my-orders'];
    expect(await toolsAt({ url: serverUrl, headers })).toEqual(tools);
  });

  it('are an entry of a settings file: codex', async () => {
    const text = copied('codex', pin);
    expect(text).toContain('[mcp_servers.my-orders]\n');
    expect(text).toContain('bearer_token_env_var = "MY_ORDERS_API_KEY"\n');
    const url = /^url = "(.*)"$/m.exec(text)![1]!;
    expect(await toolsAt({ url, headers: { Authorization: `Bearer ${project.key}` } })).toEqual(tools);
  });

  it('are a file that the Inspector takes: generic', async () => {
    const file = join(folder, `servers${pin}.json`);
    writeFileSync(file, copied('generic', pin));
    const args = ['--config', file, '--server', 'my-orders', '--format', 'json', '--method', 'tools/list'];
    const { code, stdout, stderr } = await inspect(folder, args);
    expect(code, stderr).toBe(0);
    const listed = JSON.parse(stdout).result.tools as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(tools);
  });

  it('start mcp-remote as it wants to be started: claude-desktop', async () => {
    const { command, args, env } = JSON.parse(copied('claude-desktop', pin)).mcpServers['my-orders'];
    expect([command, ...args.slice(0, 2)]).toEqual(['npx', '-y', 'mcp-remote']);
    await lookAt(await connectOlder(bridge(folder, args.slice(2), env)), tools);
  });

  it('start the command line: stdio', async () => {
    const { command, args, env } = JSON.parse(copied('stdio', pin)).mcpServers['my-orders'];
    const [npm, ours] = [args.slice(0, 6), args.slice(6)];
    expect(`${command} ${npm.join(' ')}`).toBe('npm --silent --prefix /path/to/patchbay run patchbay --');
    // What npm starts, without what it does for a machine where nothing is installed.
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [join(root, 'workers/cli.ts'), ...ours],
      env: { ...env, NODE_ENV: 'production' },
      stderr: 'ignore',
    });
    await lookAt(await connectOlder(transport), tools);
  });
});

async function lookAt(client: Connected, tools: string[]): Promise<void> {
  expect((await client.tools()).map(({ name }) => name)).toEqual(tools);
  expect((await client.call('order', ORDER)).structured).toEqual(RECEIPT);
  await client.close();
}
