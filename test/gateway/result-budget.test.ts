import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import type { Exchange } from '#lib/gateway/exchange.ts';
import { toolAnswer } from '#lib/gateway/tool-answer.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { eventually } from '../api/server.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { type Answer, call, envelope, legacy, modern } from './support/wire.ts';
import { answer, answerParts, graph, type Step, tool } from './support/workflows.ts';

const BUDGET = 20_000;
const TEXT: JsonObject = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const ROWS: JsonObject = {
  type: 'object',
  properties: { rows: { type: 'array', items: { type: 'string' } } },
  required: ['rows'],
};
const structured = (key: string, parts: JsonObject[] = []): Step => ({
  key,
  kind: 'output',
  config: { parts, structured: { value: { rows: '{{ input.rows }}' }, schema: ROWS } },
});

const WORKFLOWS = [
  tool('say', TEXT, answer('{{ input.text }}')),
  tool('promise', ROWS, structured('answer')),
  // One end gives a structured value and the other does not: nothing is promised.
  graph(
    'mixed',
    ROWS,
    [
      {
        key: 'any',
        kind: 'if',
        config: { when: 'all', conditions: [{ left: '{{ 1 }}', operator: 'equals', right: '1' }] },
      },
      structured('data', [{ type: 'text', text: 'Some rows.' }]),
      answer('nothing'),
    ],
    ['arguments -> any', 'any:true -> data', 'any:false -> answer'],
  ),
  tool(
    'two',
    TEXT,
    answerParts(
      { type: 'text', text: 'Here it is.' },
      {
        type: 'resource',
        uri: 'doc://one',
        mimeType: 'text/markdown',
        content: { type: 'text', text: '{{ input.text }}' },
      },
      { type: 'text', text: 'That was it.' },
    ),
  ),
  tool(
    'link',
    { type: 'object' },
    answerParts({ type: 'resource_link', uri: 'https://example.com/a.pdf', name: 'The invoice' }),
  ),
  { ...tool('slow', TEXT, answer('{{ input.text }}')), settings: { task: 'optional' as const } },
];

/** Paragraphs, all different, with characters of two units. */
const long = (characters: number) => {
  let text = '';
  for (let line = 0; text.length < characters; line++) text += `Line ${line} of the text 😀.\n\n`;
  return text;
};
const rows = (count: number) => Array.from({ length: count }, (_, index) => `row ${index}, a bit longer`);

interface Result {
  content: { type: string; text?: string; uri?: string; resource?: { uri: string; text: string } }[];
  structuredContent?: JsonObject;
  isError?: boolean;
}
const resultOf = ({ json }: Answer) => json.result as unknown as Result;

describe.each(DATABASES)('results over the budget on $name', ({ name: databaseName, create }) => {
  let folder: string;
  let database: EmptyDatabase;
  let one: TestServer;
  let two: TestServer;
  let project: TestProject;
  let open: TestProject;
  let there: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-budget-'));
    database = await create();
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    one = await startTestServer(env);
    two = databaseName === 'SQLite' ? one : await startTestServer(env);
    project = await one.project('small', { workflows: WORKFLOWS });
    open = await one.project('open', { access: 'public', workflows: [WORKFLOWS[0]!] });
    for (const slug of ['small', 'open'])
      await updateProject(one.app, one.owner, slug, { resultBudget: BUDGET });
    there = `${two.url}/mcp/small`;
  });

  afterAll(async () => {
    await one?.close();
    if (two !== one) await two?.close();
    await database?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** All that follows on a URI, part by part, as a client reads it. */
  async function readOn(
    start: string,
    read: (uri: string) => Promise<{ contents: { uri: string; text?: string }[] }>,
  ): Promise<string[]> {
    const texts: string[] = [];
    for (let uri: string | undefined = start; uri !== undefined; ) {
      const requested: string = uri;
      const { contents } = await read(requested);
      const characters = contents.reduce((sum, { text = '' }) => sum + text.length, 0);
      expect(characters).toBeLessThanOrEqual(BUDGET);
      texts.push(...contents.filter((one) => one.uri === requested).map(({ text = '' }) => text));
      uri = contents.find((one) => one.uri !== requested)?.uri;
    }
    return texts;
  }
  const reading = (url: string, key: string | null) => async (uri: string) =>
    (await modern(url, key, { method: 'resources/read', params: { uri } })).json.result as unknown as {
      contents: { uri: string; text?: string }[];
    };
  const linkOf = ({ content }: Result) => content.find(({ type }) => type === 'resource_link')?.uri ?? '';

  it.each([
    ['2026-07-28', 'auto'],
    ['2025-11-25', 'legacy'],
  ] as const)('a client of %s reads all of it, at another replica', async (_revision, mode) => {
    const text = long(130_000);
    const client = new Client({ name: 'reader', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(there), {
        requestInit: { headers: { Authorization: `Bearer ${project.key}` } },
      }),
    );
    const { content } = (await client.callTool({ name: 'say', arguments: { text } })) as unknown as Result;

    expect(content.map(({ type }) => type)).toEqual(['text', 'text', 'resource_link']);
    const [beginning = {}, words = {}, link = {}] = content as { text?: string; uri?: string }[];
    expect(beginning.text).toMatch(/😀\.\n\n$/);
    expect(beginning.text!.length + words.text!.length).toBeLessThanOrEqual(BUDGET);
    expect(words.text).toBe(
      `[Cut after ${beginning.text!.length} of ${text.length} characters. Read the rest with the resource ${link.uri} (resources/read). Narrower arguments, where the tool has them, give a shorter result.]`,
    );
    const rest = await readOn(link.uri!, (uri) => client.readResource({ uri }) as never);
    expect(rest).toHaveLength(6);
    expect(beginning.text + rest.join('')).toBe(text);
    expect((await client.listResources()).resources).toEqual([]);
    await client.close();
  });

  it('is sent whole when it has exactly as many characters, and the link is gone with the budget', async () => {
    const text = long(BUDGET).slice(0, BUDGET);
    expect(resultOf(await call(project.url, project.key, 'say', { text }))).toMatchObject({
      content: [{ type: 'text', text }],
    });
    const over = resultOf(await call(project.url, project.key, 'say', { text: `${text}!` }));
    expect(over.content).toHaveLength(3);
  });

  it('the rest is for the key that called, and is told to nobody else', async () => {
    const link = linkOf(resultOf(await call(project.url, project.key, 'say', { text: long(30_000) })));
    const other = await project.newKey();
    const foreign = await modern(project.url, other.key, { method: 'resources/read', params: { uri: link } });
    expect(foreign.json.error).toEqual({
      code: -32602,
      message: `Resource not found: ${link}`,
      data: { uri: link },
    });
    const elsewhere = await modern(open.url, null, { method: 'resources/read', params: { uri: link } });
    expect(elsewhere.json.error?.code).toBe(-32602);
    expect((await reading(project.url, project.key)(link)).contents).toHaveLength(1);
    const beyond = await modern(project.url, project.key, {
      method: 'resources/read',
      params: { uri: link.replace(/\d+$/, '30100') },
    });
    expect(beyond.json.error?.code).toBe(-32602);
  });

  it('of a public project is for whoever knows the run', async () => {
    const text = long(50_000);
    const { content } = resultOf(await call(open.url, null, 'say', { text }));
    const rest = await readOn(linkOf({ content }), reading(open.url, null));
    expect(content[0]!.text + rest.join('')).toBe(text);
  });

  it('the parts follow the budget of now', async () => {
    const text = long(60_000);
    const { content } = resultOf(await call(open.url, null, 'say', { text }));
    await updateProject(one.app, one.owner, 'open', { resultBudget: 10_000 });
    const rest = await eventually(async () => {
      const parts = await readOn(linkOf({ content }), reading(open.url, null));
      return parts.length > 4 && parts;
    });
    expect(content[0]!.text + rest.join('')).toBe(text);
    await updateProject(one.app, one.owner, 'open', { resultBudget: BUDGET });
  });

  it('a client of a revision without links gets the address in words', async () => {
    const body = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'say', arguments: { text: long(30_000) } },
    };
    const older = resultOf(await legacy(project.url, project.key, body));
    expect(older.content.map(({ type }) => type)).toEqual(['text', 'text']);
    expect(older.content[1]!.text).toMatch(/resource result:\/\/[0-9a-f-]{36}\/text\/\d+ /);
    const later = resultOf(
      await legacy(project.url, project.key, body, { 'MCP-Protocol-Version': '2025-06-18' }),
    );
    expect(later.content.map(({ type }) => type)).toEqual(['text', 'text', 'resource_link']);
  });

  it('so do clients of a revision without links where the author drew one', async () => {
    const params = { name: 'link', arguments: {} };
    const ask = (version: string) =>
      legacy(
        project.url,
        project.key,
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
        { 'MCP-Protocol-Version': version },
      );
    const link = { type: 'resource_link', uri: 'https://example.com/a.pdf', name: 'The invoice' };
    expect(resultOf(await ask('2025-06-18')).content).toEqual([link]);
    expect(resultOf(await ask('2025-03-26')).content).toEqual([
      { type: 'text', text: 'The invoice: https://example.com/a.pdf' },
    ]);
  });

  it('a promised structured value is whole, and its copy as text is cut between elements', async () => {
    const value = { rows: rows(2000) };
    const result = resultOf(await call(project.url, project.key, 'promise', value));
    expect(result.structuredContent).toEqual(value);
    expect(result.isError).toBeUndefined();
    expect(result.content[0]!.text).toMatch(/a bit longer",$/);
    const rest = await readOn(linkOf(result), reading(project.url, project.key));
    expect(JSON.parse(result.content[0]!.text + rest.join(''))).toEqual(value);
  });

  it('one that was not promised becomes a text, which is cut', async () => {
    const small = resultOf(await call(project.url, project.key, 'mixed', { rows: rows(3) }));
    expect(small.structuredContent).toEqual({ rows: rows(3) });
    const value = { rows: rows(2000) };
    const result = resultOf(await call(project.url, project.key, 'mixed', value));
    expect(result.structuredContent).toBeUndefined();
    expect(result.content.map(({ text }) => text?.slice(0, 10))).toEqual([
      'Some rows.',
      '{"rows":["',
      '[Cut after',
      undefined,
    ]);
    const rest = await readOn(linkOf(result), reading(project.url, project.key));
    expect(JSON.parse(result.content[1]!.text + rest.join(''))).toEqual(value);
  });

  it('embedded texts are cut as well, and what follows them is in the rest', async () => {
    const text = long(30_000);
    const { content } = resultOf(await call(project.url, project.key, 'two', { text }));
    expect(content.map(({ type }) => type)).toEqual(['text', 'resource', 'text', 'resource_link']);
    expect(content[1]!.resource!.uri).toBe('doc://one');
    const rest = await readOn(linkOf({ content }), reading(project.url, project.key));
    expect(rest).toHaveLength(2);
    expect(content[1]!.resource!.text + rest[0]).toBe(text);
    expect(rest[1]).toBe('That was it.');
  });

  it('of a task are cut in the same way', async () => {
    const text = long(90_000);
    const _meta = envelope({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
    const begun = await modern(project.url, project.key, {
      method: 'tools/call',
      params: { name: 'slow', arguments: { text }, _meta },
    });
    const { taskId } = begun.json.result as unknown as { taskId: string };
    const result = await eventually(async () => {
      const { json } = await modern(there, project.key, { method: 'tasks/get', params: { taskId, _meta } });
      const task = json.result as unknown as { status: string; result: Result };
      return task.status === 'completed' && task.result;
    });
    const rest = await readOn(linkOf(result), reading(there, project.key));
    expect(result.content[0]!.text + rest.join('')).toBe(text);
  });

  it('without what was kept of the run there is nothing to read', async () => {
    const link = linkOf(resultOf(await call(project.url, project.key, 'say', { text: long(90_000) })));
    const system = repository(one.app.db, { type: 'system' });
    await system.runs.prune({ days: 0, perProject: 0 }, new Date(Date.now() + 1000));
    const gone = await modern(project.url, project.key, { method: 'resources/read', params: { uri: link } });
    expect(gone.json.error?.code).toBe(-32602);
  });

  it('says so where the rest could not be kept', async () => {
    const system = repository(one.app.db, { type: 'system' });
    expect(await system.runs.keepOutput(randomUUID(), null)).toBe(false);
    expect(await system.runs.keepOutput(randomUUID(), '{}')).toBe(false);
    const project = { ...(await one.app.live.get('small'))! };
    const caller = { app: one.app, project, session: null, headers: {} };
    const { content } = (await toolAnswer({ caller, era: 'modern' } as unknown as Exchange, {
      runId: randomUUID(),
      output: { parts: [{ type: 'text', text: long(30_000) }] },
      promised: false,
      fences: false,
      keep: async () => false,
    })) as unknown as Result;
    expect(content.map(({ type }) => type)).toEqual(['text', 'text']);
    expect(content[1]!.text).toMatch(/^\[Cut after \d+ of 30\d{3} characters\. The rest was not kept\. /);
  });

  it('tools say how much they give, where Claude Code takes less of its own accord', async () => {
    const hints = async () => {
      const { json } = await modern(project.url, project.key, { method: 'tools/list' });
      const { tools } = json.result as unknown as { tools: { _meta?: JsonObject }[] };
      return tools.map(({ _meta }) => _meta?.['anthropic/maxResultSizeChars']);
    };
    expect(new Set(await hints())).toEqual(new Set([undefined]));
    for (const [resultBudget, told] of [
      [100_000, 100_000],
      [1_000_000, 500_000],
    ]) {
      await updateProject(one.app, one.owner, 'small', { resultBudget });
      expect(new Set(await hints())).toEqual(new Set([told]));
    }
    await updateProject(one.app, one.owner, 'small', { resultBudget: BUDGET });
  });
});
