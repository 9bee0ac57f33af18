import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import type { OutputPart } from '#lib/engine/run.ts';
import { contentOf } from '#lib/gateway/content.ts';
import { createConnection } from '#lib/operations/create-connection.ts';
import { unpublishWorkflow } from '#lib/operations/unpublish-workflow.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { call, legacy, modern, send } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

const CANARY = 'hunter2-canary';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);
let upstream: Server;
let upstreamUrl: string;
/** Authorization headers the upstream was sent. */
const credentials: string[] = [];
/** Requests the upstream has taken and not answered. */
let hanging = 0;
let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url === '/hang') {
      hanging += 1;
      response.on('close', () => {
        hanging -= 1;
      });
      return;
    }
    if (request.url === '/picture') {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.end(PNG);
      return;
    }
    credentials.push(request.headers.authorization ?? '');
    response.writeHead(request.url === '/broken' ? 500 : 200, { 'x-internal': CANARY });
    response.end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

  server = await startTestServer();
  const withCredential = (step: Step, id: string): Step => ({
    ...step,
    config: { ...step.config, connection: id },
  });
  const fetchStep = (path: string) => ({
    key: 'fetch_order',
    kind: 'http',
    config: { method: 'GET', url: `${upstreamUrl}${path}` },
  });
  project = await server.project('calls');
  const connection = await createConnection(server.app, server.owner, 'calls', {
    name: 'upstream',
    type: 'bearer',
    hosts: [new URL(upstreamUrl).host],
    secret: { token: CANARY },
  });
  const workflows = [
    echo,
    tool('refuse', TEXT_SCHEMA, {
      key: 'no',
      kind: 'fail',
      config: { message: 'There is no {{ input.text }}. Try another.' },
    }),
    tool('broken', NO_ARGUMENTS, withCredential(fetchStep('/broken'), connection.id), answer('never')),
    tool('hang', NO_ARGUMENTS, fetchStep('/hang'), answer('never')),
    tool(
      'hang_briefly',
      NO_ARGUMENTS,
      { ...fetchStep('/hang'), settings: { timeoutMs: 200 } },
      answer('never'),
    ),
    tool(
      'structured',
      { type: 'object', properties: { value: {} }, required: ['value'] },
      {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [],
          structured: {
            value: { total: '{{ input.value }}' },
            schema: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] },
          },
        },
      },
    ),
    tool(
      'steps',
      NO_ARGUMENTS,
      { key: 'one', kind: 'progress', config: { done: 0, total: 2, message: 'begun' } },
      { key: 'two', kind: 'progress', config: { done: 1, total: 2 } },
      { key: 'back', kind: 'progress', config: { done: 1, total: 2 } },
      answer('done'),
    ),
  ];
  const picture = fetchStep('/picture');
  workflows.push(
    tool(
      'picture',
      NO_ARGUMENTS,
      { ...picture, config: { ...picture.config, response: 'file' } },
      {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [
            { type: 'image', file: '{{ steps.fetch_order.body }}' },
            { type: 'resource_link', uri: 'https://example.com/a.pdf', name: 'The whole order' },
          ],
          structured: null,
        },
      },
    ),
    tool(
      'attachments',
      NO_ARGUMENTS,
      { ...picture, config: { ...picture.config, response: 'file' } },
      {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [
            {
              type: 'resource',
              uri: 'orders://{{ 3 + 4 }}',
              mimeType: 'text/markdown',
              content: { type: 'text', text: '# Order {{ 3 + 4 }}' },
            },
            {
              type: 'resource',
              uri: 'orders://7/picture',
              content: { type: 'file', file: '{{ steps.fetch_order.body }}' },
            },
          ],
          structured: null,
        },
      },
    ),
    tool(
      'endless',
      NO_ARGUMENTS,
      { key: 'spin', kind: 'javascript', config: { code: 'for (;;) {}' }, settings: { timeoutMs: 300 } },
      answer('never'),
    ),
    tool(
      'by_region',
      {
        type: 'object',
        properties: {
          region: { type: 'string', 'x-mcp-header': 'Region' },
          level: { type: 'integer', 'x-mcp-header': 'Level' },
        },
      },
      answer('{{ input.region }}'),
    ),
  );
  for (const workflow of workflows) await project.publish(workflow);
});

afterAll(async () => {
  await server.close();
  upstream.closeAllConnections();
  upstream.close();
});

/** The records of the runs of a tool, the latest first. */
async function runsOf(name: string) {
  await server.app.recorder.flush();
  const { runs, projects } = repository(server.app.db, { type: 'system' });
  const { id } = (await projects.bySlug('calls'))!;
  const { items } = await runs.list(id);
  return items.filter(({ workflowName }) => workflowName === name);
}

async function lastRun(name: string) {
  return (await runsOf(name))[0];
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a call', () => {
  it('answers with the content of the workflow, and is on record', async () => {
    const { json } = await call(project.url, project.key, 'echo', { text: 'hello' });
    expect(json.result).toMatchObject({ resultType: 'complete', content: [{ type: 'text', text: 'hello' }] });
    expect(json.result?.isError).toBeUndefined();
    expect(await lastRun('echo')).toMatchObject({
      status: 'succeeded',
      version: 1,
      client: 'test 1',
      error: null,
    });
  });

  it('answers with data and, for clients that show only text, with the data as text', async () => {
    const { json } = await call(project.url, project.key, 'structured', { value: 12 });
    expect(json.result).toMatchObject({
      structuredContent: { total: 12 },
      content: [{ type: 'text', text: '{"total":12}' }],
    });
  });

  it('answers in the form of 2025 to 2025', async () => {
    const message = {
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'x' } },
    };
    const { json } = await legacy(project.url, project.key, message);
    expect(json.result).toEqual({ content: [{ type: 'text', text: 'x' }] });
  });

  it('never mixes up answers of clients that use the same ids', async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`);
    const answers = await Promise.all(
      texts.map((text, index) =>
        index % 2 === 0
          ? modern(project.url, project.key, {
              id: 0,
              method: 'tools/call',
              params: { name: 'echo', arguments: { text } },
            })
          : legacy(project.url, project.key, {
              jsonrpc: '2.0',
              id: 0,
              method: 'tools/call',
              params: { name: 'echo', arguments: { text } },
            }),
      ),
    );
    expect(answers.map(({ json }) => json.result?.content[0]?.text)).toEqual(texts);
    expect(answers.every(({ json }) => json.id === 0)).toBe(true);
  });
});

describe('what an answer can hold', () => {
  it('holds pictures as base64, and links', async () => {
    const { json } = await call(project.url, project.key, 'picture');
    expect(json.result?.content).toEqual([
      { type: 'image', data: PNG.toString('base64'), mimeType: 'image/png' },
      { type: 'resource_link', uri: 'https://example.com/a.pdf', name: 'The whole order' },
    ]);
  });
});

describe('embedded resources', () => {
  it('reach a client of either revision: a text as text, a file as base64', async () => {
    for (const mode of ['auto', 'legacy'] as const) {
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      const headers = { Authorization: `Bearer ${project.key}` };
      await client.connect(
        new StreamableHTTPClientTransport(new URL(project.url), { requestInit: { headers } }),
      );
      const { content } = await client.callTool({ name: 'attachments', arguments: {} });
      await client.close();
      expect(content).toEqual([
        { type: 'resource', resource: { uri: 'orders://7', mimeType: 'text/markdown', text: '# Order 7' } },
        {
          type: 'resource',
          resource: {
            uri: 'orders://7/picture',
            mimeType: 'image/png',
            blob: PNG.toString('base64'),
          },
        },
      ]);
    }
  });
});

describe('the files of an answer', () => {
  const files = (data: string | Buffer) => ({
    put: () => Promise.reject(new Error('nothing is put')),
    get: async () => Buffer.from(data),
  });
  const resource = (mimeType: string, bytes: number): OutputPart => ({
    type: 'resource',
    uri: 'orders://a',
    mimeType,
    file: { file: 'a', mimeType, name: 'a', bytes },
  });

  it('that hold text are sent as text, when they are', async () => {
    const parts = [resource('text/csv', 3)];
    expect(await contentOf({ parts }, files('1,2'))).toEqual([
      { type: 'resource', resource: { uri: 'orders://a', mimeType: 'text/csv', text: '1,2' } },
    ]);
    expect(await contentOf({ parts }, files(Buffer.from([0xff, 0xfe])))).toEqual([
      { type: 'resource', resource: { uri: 'orders://a', mimeType: 'text/csv', blob: '//4=' } },
    ]);
  });

  it('count together: what is over the budget is named and left out', async () => {
    const MiB = 1024 * 1024;
    const parts = [resource('text/csv', 3 * MiB), resource('text/csv', 3 * MiB)];
    const content = await contentOf({ parts }, files('1,2'));
    expect(content[0]).toMatchObject({ type: 'resource' });
    expect(content[1]).toMatchObject({ type: 'text', text: expect.stringContaining('was left out') });
  });
});

describe('arguments that are repeated in headers', () => {
  const byRegion = (args: object, headers: Record<string, string | undefined>) =>
    modern(
      project.url,
      project.key,
      { method: 'tools/call', params: { name: 'by_region', arguments: args } },
      headers,
    );

  it('must be the same there', async () => {
    const same = await byRegion(
      { region: 'Hello', level: 3 },
      { 'Mcp-Param-Region': 'Hello', 'Mcp-Param-Level': '3.0' },
    );
    expect(same.json.result?.content[0]?.text).toBe('Hello');
    const encoded = await byRegion({ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8=?=' });
    expect(encoded.json.result?.content[0]?.text).toBe('Hello');
    for (const value of ['hello', '=?base64?SGVsbG8?=', '']) {
      const other = await byRegion({ region: 'Hello' }, { 'Mcp-Param-Region': value });
      expect([value, other.status, other.json.error?.code]).toEqual([value, 400, -32020]);
    }
    expect((await byRegion({ region: 'Hello' }, {})).status).toBe(400);
    expect((await byRegion({}, {})).status).toBe(200);
  });

  it('may miss where the message came without any protocol headers, but not be another', async () => {
    const bare = { 'MCP-Protocol-Version': undefined };
    expect((await byRegion({ region: 'Hello' }, bare)).json.result?.content[0]?.text).toBe('Hello');
    const other = await byRegion({ region: 'Hello' }, { ...bare, 'Mcp-Param-Region': 'Bye' });
    expect([other.status, other.json.error?.code]).toEqual([400, -32020]);
  });
});

describe('a call that cannot be served', () => {
  it('names each fault of the arguments, for the model to mend', async () => {
    const { json, status } = await call(project.url, project.key, 'echo', { txet: 'x' });
    expect(status).toBe(200);
    expect(json.result?.isError).toBe(true);
    expect(json.result?.content[0]?.text).toContain('text is missing');
    expect(json.result?.content[0]?.text).toContain('txet is not known');
  });

  it('refuses arguments that are no object, and a name that is no text', async () => {
    for (const params of [
      { name: 'echo', arguments: [1] },
      { name: 'echo', arguments: 'x' },
      { name: 7 },
      {},
    ]) {
      expect(
        (await modern(project.url, project.key, { method: 'tools/call', params })).json.error?.code,
      ).toBe(-32602);
    }
  });

  it('does not know tools that are not there', async () => {
    for (const name of ['nothing', '__proto__', 'constructor', 'toString']) {
      const { json } = await call(project.url, project.key, name);
      expect(json.error).toEqual({ code: -32602, message: `Unknown tool: ${name}` });
    }
  });

  it('does not know tools the key was not made for, and does not list them', async () => {
    const { key } = await project.newKey(['echo']);
    const { json } = await modern(project.url, key, { method: 'tools/list' });
    const { tools } = json.result as unknown as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(['echo']);
    expect((await call(project.url, key, 'refuse', { text: 'x' })).json.error?.message).toBe(
      'Unknown tool: refuse',
    );
    const all = await modern(project.url, project.key, { method: 'tools/list' });
    expect((all.json.result as unknown as { tools: unknown[] }).tools).toHaveLength(11);
  });

  it('does not know a workflow that was taken back, from the next call on', async () => {
    const id = await project.publish({ ...echo, name: 'short_lived' });
    expect(
      (await call(project.url, project.key, 'short_lived', { text: 'x' })).json.result?.content[0]?.text,
    ).toBe('x');
    await unpublishWorkflow(server.app, server.owner, { project: 'calls', workflow: id });
    expect((await call(project.url, project.key, 'short_lived', { text: 'x' })).json.error?.code).toBe(
      -32602,
    );
  });
});

describe('a workflow that fails', () => {
  it('tells the model what its author wrote', async () => {
    const { json } = await call(project.url, project.key, 'refuse', { text: 'order 7' });
    expect(json.result).toMatchObject({
      isError: true,
      content: [{ text: 'There is no order 7. Try another.' }],
    });
    expect(await lastRun('refuse')).toMatchObject({ status: 'failed' });
  });

  it('names the step, what it got, and the run; never a credential or a header', async () => {
    const { json, text } = await call(project.url, project.key, 'broken');
    const said = json.result?.content[0]?.text;
    expect(json.result?.isError).toBe(true);
    expect(said).toContain('fetch_order');
    expect(said).toContain('500');
    expect(said).toMatch(/run [0-9a-f-]{36}/);
    expect(credentials.at(-1)).toBe(`Bearer ${CANARY}`);
    expect(text).not.toContain(CANARY);
    const { runs, projects } = repository(server.app.db, { type: 'system' });
    const { id } = (await lastRun('broken'))!;
    const record = await runs.get((await projects.bySlug('calls'))!.id, id);
    expect(JSON.stringify(record)).toContain('fetch_order');
    expect(JSON.stringify(record)).not.toContain(CANARY);
  });

  it('says so when an answer does not fit its schema, and blames the step that made it', async () => {
    const { json } = await call(project.url, project.key, 'structured', { value: 'twelve' });
    expect(json.result?.isError).toBe(true);
    expect(json.result).not.toHaveProperty('structuredContent');
    expect(json.result?.content[0]?.text).toContain('answer');
    expect(json.result?.content[0]?.text).toContain('total');
    expect(await lastRun('structured')).toMatchObject({ status: 'failed' });
  });

  it('gives up on an upstream that hangs', async () => {
    const { json } = await call(project.url, project.key, 'hang_briefly');
    expect(json.result?.isError).toBe(true);
    expect(json.result?.content[0]?.text).toContain('fetch_order');
    await until(() => hanging === 0);
  });

  it('stops code that never ends, and answers others meanwhile', async () => {
    const spinning = call(project.url, project.key, 'endless');
    expect((await call(project.url, project.key, 'echo', { text: 'hi' })).json.result?.content[0]?.text).toBe(
      'hi',
    );
    const { json } = await spinning;
    expect(json.result?.isError).toBe(true);
    expect(json.result?.content[0]?.text).toContain('spin');
    expect(await lastRun('endless')).toMatchObject({ status: 'failed' });
  });

  it('tells nothing of an error nobody meant to throw', async () => {
    const { files } = server.app;
    const of = files.of;
    files.of = () => {
      throw new Error(`postgres://u:${CANARY}@db/x`);
    };
    try {
      const { json, status, text } = await call(project.url, project.key, 'echo', { text: 'x' });
      expect(status).toBe(500);
      expect(json.error?.code).toBe(-32603);
      expect(json.error?.message).toMatch(/^Something went wrong, request [0-9a-f-]{36}\.$/);
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain('.ts');
    } finally {
      files.of = of;
    }
  });
});

describe('progress', () => {
  it('is streamed before the answer, and never goes back', async () => {
    const { text, headers } = await modern(project.url, project.key, {
      id: 4,
      method: 'tools/call',
      params: { name: 'steps', _meta: { ...META, progressToken: 'p' } },
    });
    expect(headers['content-type']).toBe('text/event-stream');
    expect(headers['x-accel-buffering']).toBe('no');
    const messages = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!));
    expect(messages.slice(0, -1).map(({ method, params }) => [method, params])).toEqual([
      ['notifications/progress', { progressToken: 'p', progress: 0, total: 2, message: 'begun' }],
      ['notifications/progress', { progressToken: 'p', progress: 1, total: 2 }],
    ]);
    expect(messages.at(-1)).toMatchObject({ id: 4, result: { content: [{ text: 'done' }] } });
  });

  it('is not sent to who did not ask, or cannot read a stream', async () => {
    const silent = await call(project.url, project.key, 'steps');
    expect(silent.headers['content-type']).toBe('application/json');
    const params = { name: 'steps', _meta: { ...META, progressToken: 1 } };
    const json = await modern(
      project.url,
      project.key,
      { method: 'tools/call', params },
      { Accept: 'application/json' },
    );
    expect(json.headers['content-type']).toBe('application/json');
    expect(json.json.result?.content[0]?.text).toBe('done');
  });
});

describe('cancellation', () => {
  it('follows from closing the connection, and is on record', async () => {
    const gone = new AbortController();
    const response = fetch(project.url, {
      method: 'POST',
      signal: gone.signal,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${project.key}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hang' } }),
    }).catch((error: Error) => error);
    await until(() => hanging === 1);
    gone.abort();
    await response;
    await until(() => hanging === 0);
    await until(async () => (await lastRun('hang'))?.status === 'cancelled');
  });

  it('follows from notifications/cancelled of 2025', async () => {
    const waiting = legacy(project.url, project.key, {
      jsonrpc: '2.0',
      id: 77,
      method: 'tools/call',
      params: { name: 'hang' },
    });
    await until(() => hanging === 1);
    const cancel = (requestId: number) =>
      legacy(project.url, project.key, {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId },
      });
    await cancel(78);
    expect(hanging).toBe(1);
    await cancel(77);
    expect((await waiting).json.result?.isError).toBe(true);
    await until(() => hanging === 0);
  });

  it('takes nobody back who could be another', async () => {
    const params = { name: 'hang' };
    const gone = new AbortController();
    const calls = [1, 2].map(() =>
      fetch(project.url, {
        method: 'POST',
        signal: gone.signal,
        headers: {
          'Content-Type': 'application/json',
          Authorization: `Bearer ${project.key}`,
          'User-Agent': 'twin',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'tools/call', params }),
      }).catch((error: Error) => error),
    );
    await until(() => hanging === 2);
    const note = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 0 } };
    await legacy(project.url, project.key, note, { 'User-Agent': 'twin' });
    await call(project.url, project.key, 'echo', { text: 'x' });
    expect(hanging).toBe(2);
    gone.abort();
    await Promise.all(calls);
    await until(() => hanging === 0);
  });
});

describe('a call that takes long', () => {
  it('shows signs of life after a second', async () => {
    const answered = modern(project.url, project.key, { method: 'tools/call', params: { name: 'hang' } });
    await until(() => hanging === 1);
    const reader = await fetch(project.url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        Authorization: `Bearer ${project.key}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hang' } }),
    });
    // The head is here although there is no answer.
    expect(reader.headers.get('content-type')).toBe('text/event-stream');
    await reader.body?.cancel();
    // And whoever looks at the runs sees that it goes on.
    await until(async () => (await runsOf('hang')).some(({ status }) => status === 'running'));
    upstream.closeAllConnections();
    expect((await answered).json.result?.isError).toBe(true);
  });
});

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

it('answers what cannot be sent to anybody with silence', async () => {
  const answered = await send(project.url, { headers: { Authorization: `Bearer ${project.key}` } });
  expect(answered.status).toBe(415);
});
