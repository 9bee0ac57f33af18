import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Abilities, type Era, McpClient, type WireMessage } from '#app/try/mcp-client.ts';
import { readOffers } from '#app/try/offers.ts';
import { paramHeaders, printable } from '#app/try/param-headers.ts';
import { resultSize } from '#app/try/result-size.ts';
import { eventData } from '#app/try/sse.ts';
import { expandTemplate, templateVariables } from '#app/try/uri-template.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { withStep } from '../api/documents.ts';
import { projectWith, startTestServer, type TestServer } from '../api/server.ts';

const ALL: Abilities = { elicitation: true, sampling: true, roots: true };
const ERAS: Era[] = ['2026-07-28', '2025-11-25'];

describe('against the server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await projectWith(server.owner, 'orders');
    const kinds: [string, JsonObject][] = [
      ['ask-user', { message: 'Which size?', fields: [{ name: 'size', type: 'text', required: true }] }],
      ['wait', { mode: 'for', amount: 50, unit: 'seconds' }],
    ];
    for (const [kind, config] of kinds) {
      const document = { ...withStep(kind, config), name: kind.replace('-', '_') };
      const { body } = await server.owner.post('/projects/orders/workflows', {
        name: document.name,
        document,
      });
      const at = `/projects/orders/workflows/${body.id}/publish`;
      expect((await server.owner.post(at, { revision: body.revision })).status).toBe(200);
    }
  });
  afterAll(() => server.close());

  function clientOf(era: Era, abilities = ALL) {
    const wire: WireMessage[] = [];
    const client = new McpClient({
      url: `${server.url}/api/v1/projects/orders/try`,
      era,
      abilities,
      onWire: (message) => wire.push(message),
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...(init?.headers as Record<string, string>),
            origin: server.url,
            cookie: server.owner.cookie,
          },
        }),
    });
    return { client, wire };
  }

  test.each(ERAS)('%s: reads every list, and keeps what went over the wire', async (era) => {
    const { client, wire } = clientOf(era);
    const { items } = await readOffers(client, new AbortController().signal);
    expect(items.map(({ id }) => id)).toEqual(['tool:ask_user', 'tool:echo', 'tool:wait']);
    const sent = wire.filter(({ direction }) => direction === 'sent');
    expect(sent.map(({ message }) => (message as JsonObject)['method'])).toContain('tools/list');
    const list = sent.find(({ message }) => (message as JsonObject)['method'] === 'tools/list');
    expect(list?.headers['MCP-Protocol-Version']).toBe(era);
    expect(wire.filter(({ via }) => via === 'HTTP 200')).not.toEqual([]);
  });

  test.each(ERAS)('%s: answers a question, and gets the result', async (era) => {
    const { client } = clientOf(era);
    await client.begin();
    const asked: string[] = [];
    const result = await client.request(
      'tools/call',
      { name: 'ask_user', arguments: { text: 'x' } },
      {
        ask: async ({ method, params }) => {
          asked.push(`${method} ${String(params['message'])}`);
          return { action: 'accept', content: { size: 'XL' } };
        },
      },
    );
    expect(asked).toEqual(['elicitation/create Which size?']);
    expect(result['content']).toEqual([{ type: 'text', text: '{"size":"XL"}' }]);
  });

  test.each(ERAS)('%s: without the ability a call comes back with a link', async (era) => {
    const { client } = clientOf(era, { elicitation: false, sampling: false, roots: false });
    await client.begin();
    const result = await client.request('tools/call', { name: 'ask_user', arguments: { text: era } });
    expect(JSON.stringify(result['content'])).toContain('/answer/');
  });

  test.each(ERAS)('%s: a cancelled call ends its run', async (era) => {
    const { client } = clientOf(era);
    await client.begin();
    const stop = new AbortController();
    const call = client.request(
      'tools/call',
      { name: 'wait', arguments: { text: era } },
      { signal: stop.signal, onProgress: () => stop.abort() },
    );
    await expect(call).rejects.toThrow();
    const ended = async (): Promise<string> => {
      await server.app.recorder.flush();
      const { body } = await server.owner.get('/projects/orders/runs');
      return body.items.find((run: JsonObject) => run['workflowName'] === 'wait')?.status;
    };
    await expect.poll(ended, { timeout: 5000 }).toBe('cancelled');
  });

  test('a refusal is an error with its code', async () => {
    const { client } = clientOf('2026-07-28');
    const call = client.request('tools/call', { name: 'nowhere', arguments: {} });
    await expect(call).rejects.toMatchObject({ code: -32602, message: 'Unknown tool: nowhere' });
  });
});

describe('of headers', () => {
  test('arguments are repeated where their schema wants it', () => {
    const schema = {
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        limit: { type: 'integer', 'x-mcp-header': 'Limit' },
        filter: { type: 'object', properties: { tenant: { type: 'string', 'x-mcp-header': 'Tenant' } } },
        note: { type: 'string' },
      },
    };
    const args = { region: 'eu west', limit: 3, filter: { tenant: 'Zürich' }, note: 'n' };
    expect(paramHeaders(schema, args)).toEqual({
      'Mcp-Param-Region': 'eu west',
      'Mcp-Param-Limit': '3',
      'Mcp-Param-Tenant': '=?base64?WsO8cmljaA==?=',
    });
    expect(paramHeaders(schema, { region: null })).toEqual({});
  });

  test('what a header would spoil is in base64', () => {
    expect(printable('orders://7')).toBe('orders://7');
    expect(printable(' a')).toBe('=?base64?IGE=?=');
    expect(printable('=?x')).toBe('=?base64?PT94?=');
  });
});

test('events are read however their bytes are cut', async () => {
  const bytes = new TextEncoder().encode(
    ': hello\n\nid: 1\ndata: \n\ndata: {"a":\ndata: "ü"}\r\n\r\ndata: last\n\ndata: lost',
  );
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const read: string[] = [];
  for await (const data of eventData(body)) read.push(data);
  expect(read).toEqual(['{"a":\n"ü"}', 'last', 'lost']);
});

test('a template takes its variables', () => {
  const template = 'orders://{id}/lines{?page,size}';
  expect(templateVariables(template)).toEqual(['id', 'page', 'size']);
  expect(expandTemplate('orders://{id}/{+path}', { id: 'a b/c', path: 'x/y' })).toBe(
    'orders://a%20b%2Fc/x/y',
  );
});

test('a result is measured as a model reads it', () => {
  expect(
    resultSize({
      content: [
        { type: 'text', text: 'four' },
        { type: 'image', data: 'AAAA' },
      ],
    }),
  ).toEqual({
    text: 4,
    structured: null,
    tokens: 1,
  });
  const both = resultSize({ content: [{ type: 'text', text: 'x' }], structuredContent: { a: [1, 2, 3] } });
  expect(both).toMatchObject({ text: 1, structured: 13 });
});
