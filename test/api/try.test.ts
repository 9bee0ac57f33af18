import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { createDraft, withStep } from './documents.ts';
import { type Answer, type Browser, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'orders');
  const document = withStep('ask-user', {
    message: 'Which size?',
    fields: [{ name: 'size', type: 'text', required: true }],
  });
  await publish('orders', { ...document, name: 'ask' });
});
afterAll(() => server.close());

async function publish(project: string, document: JsonObject): Promise<void> {
  const { body } = await server.owner.post(`/projects/${project}/workflows`, {
    name: document['name'],
    document,
  });
  await server.owner.post(`/projects/${project}/workflows/${body.id}/publish`, { revision: body.revision });
}

const MODERN = '2026-07-28';
const ACCEPT = { accept: 'application/json, text/event-stream' };

interface Sent {
  browser?: Browser;
  at?: string;
  capabilities?: JsonObject;
}

/** One request of 2026-07-28, as the browser sends it. */
function modern(
  method: string,
  params: JsonObject,
  { browser = server.owner, at = '/projects/orders/try', capabilities = {} }: Sent = {},
): Promise<Answer> {
  const name = params['name'];
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: {
      ...params,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': MODERN,
        'io.modelcontextprotocol/clientInfo': { name: 'Try it', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      },
    },
  };
  return browser.send('POST', at, message, {
    ...ACCEPT,
    'mcp-protocol-version': MODERN,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name }),
  });
}

test('lists and calls the tools without a key; the run says who called', async () => {
  const listed = await modern('tools/list', {});
  expect(listed.status).toBe(200);
  expect(listed.body.result.tools.map((tool: JsonObject) => tool['name'])).toEqual(['ask', 'echo']);
  const called = await modern('tools/call', { name: 'echo', arguments: { text: 'hello' } });
  expect(called.body.result.content).toEqual([{ type: 'text', text: 'hello' }]);
  const runId = called.body.result._meta['patchbay/run'];
  await server.app.recorder.flush();
  const run = await server.owner.get(`/projects/orders/runs/${runId}`);
  expect(run.body).toMatchObject({ status: 'succeeded', client: 'Try it 1', cause: 'call' });
});

test('is no client that came: the list of clients stays empty', async () => {
  await modern('tools/list', {});
  expect((await server.owner.get('/projects/orders/clients')).body.items).toEqual([]);
});

test('asks back in 2026-07-28, and goes on with the answer', async () => {
  const call = { name: 'ask', arguments: { text: 'x' } };
  const able = { capabilities: { elicitation: { form: {} } } };
  const asked = await modern('tools/call', call, able);
  expect(asked.body.result).toMatchObject({
    resultType: 'input_required',
    inputRequests: { middle: { method: 'elicitation/create', params: { message: 'Which size?' } } },
  });
  const { requestState } = asked.body.result;
  const inputResponses = { middle: { action: 'accept', content: { size: 'XL' } } };
  const answered = await modern('tools/call', { ...call, requestState, inputResponses }, able);
  expect(JSON.parse(answered.body.result.content[0].text)).toEqual({ size: 'XL' });
});

test('asks over the stream of the call in 2025-11-25, in a session of the person', async () => {
  const at = `${server.url}/api/v1/projects/orders/try`;
  const headers = {
    origin: server.url,
    cookie: server.owner.cookie,
    'content-type': 'application/json',
    'mcp-protocol-version': '2025-11-25',
    ...ACCEPT,
  };
  const post = (message: JsonObject, more: Record<string, string> = {}): Promise<Response> =>
    fetch(at, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  const clientInfo = { name: 'Try it', version: '1' };
  const begun = await post({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo },
  });
  const session = { 'mcp-session-id': begun.headers.get('mcp-session-id')! };
  const params = { name: 'ask', arguments: { text: 'x' } };
  const stream = await post({ id: 2, method: 'tools/call', params }, session);
  const messages: JsonObject[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body!) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = /^data: (.+)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const message = JSON.parse(data) as JsonObject;
      messages.push(message);
      if (message['method'] !== 'elicitation/create') continue;
      const result = { action: 'accept', content: { size: 'S' } };
      const taken = await post({ id: message['id'] as JsonValue, result }, session);
      expect(taken.status).toBe(202);
    }
  }
  const last = messages.at(-1) as { id: number; result: { content: { text: string }[] } };
  expect(last.id).toBe(2);
  expect(JSON.parse(last.result.content[0]!.text)).toEqual({ size: 'S' });
});

test('serves a pinned release as it was', async () => {
  const old = await modern('tools/list', {}, { at: '/projects/orders/try?release=1' });
  expect(old.body.result.tools.map((tool: JsonObject) => tool['name'])).toEqual(['echo']);
  const none = await modern('tools/list', {}, { at: '/projects/orders/try?release=99' });
  expect([none.status, none.body.detail]).toEqual([404, 'There is no such release.']);
});

test('serves the address of a toolset as its clients see it', async () => {
  const made = await server.owner.post('/projects/orders/toolsets', {
    title: 'To ask',
    name: 'asking',
    access: 'key',
    workflows: ['ask'],
  });
  expect(made.status).toBe(201);
  const names = ({ body }: Answer) => body.result.tools.map((tool: JsonObject) => tool['name']);
  expect(names(await modern('tools/list', {}))).toEqual(['ask', 'echo']);
  const at = '/projects/orders/try?toolset=asking';
  expect(names(await modern('tools/list', {}, { at }))).toEqual(['ask']);
  const left = await modern('tools/call', { name: 'echo', arguments: { text: 'hi' } }, { at });
  expect(left.body.error.message).toContain('echo');
  // The first release was before the workflow was published.
  expect(names(await modern('tools/list', {}, { at: `${at}&release=1` }))).toEqual([]);
  for (const other of ['nothing', '../orders', '']) {
    const none = await modern(
      'tools/list',
      {},
      { at: `/projects/orders/try?toolset=${encodeURIComponent(other)}` },
    );
    expect([none.status, none.body.detail]).toEqual([404, `The project has no toolset "${other}".`]);
  }
});

test('is for members who may edit, and hides foreign projects', async () => {
  const viewer = await server.person('Vic', { role: 'viewer' });
  const editor = await server.person('Ed', { role: 'editor' });
  const eve = await server.person('Eve', { organization: 'Globex' });
  expect((await modern('tools/list', {}, { browser: viewer })).status).toBe(403);
  expect((await modern('tools/list', {}, { browser: editor })).status).toBe(200);
  expect((await modern('tools/list', {}, { browser: eve })).status).toBe(404);
  expect((await modern('tools/list', {}, { browser: server.browser() })).status).toBe(401);
});

test('no page of another site can call', async () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const answer = await server.owner.send('POST', '/projects/orders/try', message, {
    origin: 'https://evil.example',
  });
  expect(answer.status).toBe(403);
});

test('bounds how many messages a person sends in a minute', async () => {
  const flo = await server.person('Flo', { role: 'editor' });
  await projectWith(flo, 'flood', { document: createDraft('flood') });
  const statuses = new Set<number>();
  for (let sent = 0; sent < 245; sent += 1) {
    const { status } = await modern('nothing/there', {}, { browser: flo, at: '/projects/flood/try' });
    statuses.add(status);
  }
  expect([...statuses].at(-1)).toBe(429);
});
