import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { call, ENVELOPE, legacy, modern, send } from './support/wire.ts';
import { echo } from './support/workflows.ts';

let server: TestServer;
let shop: TestProject;
let other: TestProject;
let open: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  shop = await server.project('shop', { workflows: [echo] });
  other = await server.project('other', { workflows: [echo] });
  open = await server.project('open', { access: 'public', workflows: [echo] });
});

afterAll(() => server.close());

const list = { method: 'tools/list' };

describe('who may come in', () => {
  it('takes a key as Bearer token or as X-API-Key', async () => {
    expect((await modern(shop.url, shop.key, list)).status).toBe(200);
    expect((await modern(shop.url, null, list, { 'X-API-Key': shop.key })).status).toBe(200);
    expect((await modern(shop.url, null, list, { Authorization: `bearer  ${shop.key}` })).status).toBe(200);
  });

  it('gives everybody else the same 401, whether the project is there or not', async () => {
    const answers = await Promise.all([
      modern(shop.url, null, list),
      modern(shop.url, other.key, list),
      modern(shop.url, `${shop.key.slice(0, -1)}!`, list),
      modern(shop.url, null, list, { Authorization: 'Basic dXNlcjpwYXNz' }),
      modern(`${server.url}/mcp/nothing-here`, shop.key, list),
      modern(`${server.url}/mcp/nothing-here`, null, list),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      // A hint at OAuth would make clients ignore the key they are configured with.
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.text).toBe(answers[0]!.text);
    }
  });

  it('lets anybody into a public project', async () => {
    expect((await call(open.url, null, 'echo', { text: 'hi' })).json.result?.content[0]?.text).toBe('hi');
    expect((await modern(open.url, other.key, list)).status).toBe(200);
  });

  it('refuses a revoked key on the next request', async () => {
    const { id, key } = await shop.newKey();
    expect((await modern(shop.url, key, list)).status).toBe(200);
    await revokeKey(server.app, server.owner, { project: 'shop', key: id });
    expect((await modern(shop.url, key, list)).status).toBe(401);
  });

  it('refuses a key in the address, even a good one', async () => {
    for (const query of [`key=${shop.key}`, `whatever=${shop.key}`, 'access_token=x', 'API_KEY=x']) {
      const answer = await modern(`${shop.url}?${query}`, shop.key, list);
      expect(answer.status, query).toBe(400);
      expect(answer.json.error?.message).toContain('address');
    }
    expect((await modern(`${shop.url}?lang=en`, shop.key, list)).status).toBe(200);
  });

  it('knows the caller before it reads the body', async () => {
    const answer = await send(shop.url, { headers: { 'Content-Type': 'text/plain' }, body: 'not even JSON' });
    expect(answer.status).toBe(401);
  });
});

describe('where requests may come from', () => {
  const message = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: { _meta: ENVELOPE },
  });
  const post = (headers: Record<string, string>) =>
    send(open.url, { headers: { 'Content-Type': 'application/json', ...headers }, body: message });

  it('answers to its own names', async () => {
    const port = new URL(server.url).port;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', '[::1]:80']) {
      expect((await post({ Host: host })).status, host).toBe(200);
    }
  });

  it('refuses a foreign Host', async () => {
    for (const host of ['evil.example.com', 'localhost.evil.example.com', '127.0.0.1.evil.example.com:80']) {
      expect((await post({ Host: host })).status, host).toBe(403);
    }
  });

  it('takes pages of its own address and refuses all others', async () => {
    const own = new URL(server.url).host;
    expect((await post({ Origin: server.app.env.publicUrl })).status).toBe(200);
    expect((await post({ Origin: `http://${own}` })).status).toBe(200);
    for (const origin of [
      'http://evil.example.com',
      'null',
      '',
      `http://${own}.evil.example.com`,
      'http://localhost:1',
    ]) {
      expect((await post({ Origin: origin })).status, origin).toBe(403);
    }
  });
});

describe('what a request may be', () => {
  it('is a POST; the method says what else there is', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await send(shop.url, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('GET, POST');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('is a GET only for the stream of 2025', async () => {
    const headers = { Authorization: `Bearer ${shop.key}` };
    expect((await send(shop.url, { method: 'GET', headers })).status).toBe(405);
    const accept = { ...headers, Accept: 'text/event-stream', 'MCP-Protocol-Version': '2026-07-28' };
    expect((await send(shop.url, { method: 'GET', headers: accept })).status).toBe(405);
    expect((await send(shop.url, { method: 'GET', headers: { Accept: 'text/event-stream' } })).status).toBe(
      401,
    );
  });

  it('has an address of the right form', async () => {
    for (const path of ['/mcp', '/mcp/', '/mcp/UPPER', '/mcp/shop/sub', '/mcp/../mcp/shop%00']) {
      expect((await modern(`${server.url}${path}`, shop.key, list)).status, path).toBe(404);
    }
    expect((await modern(`${shop.url}/`, shop.key, list)).status).toBe(200);
  });

  it('is JSON in UTF-8, and not compressed', async () => {
    const as = (headers: Record<string, string | undefined>) => modern(shop.url, shop.key, list, headers);
    expect((await as({ 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await as({ 'Content-Type': undefined })).status).toBe(415);
    expect((await as({ 'Content-Type': 'application/jsonx' })).status).toBe(415);
    expect((await as({ 'Content-Encoding': 'gzip' })).status).toBe(415);
    expect((await as({ 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(200);
    expect((await as({ Accept: undefined })).status).toBe(200);

    const raw = await rawPost(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]));
    expect([raw.status, raw.json.error?.code]).toEqual([400, -32700]);
  });

  it('is at most 1 MiB, however it is sent', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, ' ');
    const headers = { Authorization: `Bearer ${shop.key}`, 'Content-Type': 'application/json' };
    const announced = await send(shop.url, { headers, body }).catch((error: Error) => error);
    const chunked = await send(shop.url, {
      headers: { ...headers, 'Transfer-Encoding': 'chunked' },
      body,
    }).catch((error: Error) => error);
    for (const answer of [announced, chunked]) {
      // The rest of the body meets a closed socket: some clients see the answer, some the reset.
      if (answer instanceof Error) expect(String(answer)).toMatch(/ECONNRESET|EPIPE|socket hang up/);
      else expect(answer.status).toBe(413);
    }
    expect((await modern(shop.url, shop.key, list)).status).toBe(200);
    const fits = await rawPost(Buffer.from(`${' '.repeat(1024 * 1024 - 2)}{}`));
    expect(fits.json.error?.code).toBe(-32600);
  });

  it('is one JSON-RPC message', async () => {
    const wrong: [string, number, number][] = [
      ['{"jsonrpc":"2.0","id":1,', 400, -32700],
      ['', 400, -32700],
      ['null', 400, -32600],
      ['"tools/list"', 400, -32600],
      ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32600],
      ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600],
      ['{"jsonrpc":"2.0","id":1,"method":7}', 400, -32600],
      ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 400, -32600],
    ];
    for (const [body, status, code] of wrong) {
      const answer = await rawPost(Buffer.from(body));
      expect([body, answer.status, answer.json.error?.code]).toEqual([body, status, code]);
    }
  });

  it('has an id that the answer can carry exactly', async () => {
    const ask = async (id: string) => {
      const { status, json } = await rawPost(Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`));
      return [status, json.error?.code, json.id];
    };
    expect(await ask('9007199254740991')).toEqual([200, undefined, 9007199254740991]);
    for (const id of ['9007199254740993', '-1e300', '1e400', '1.5', 'null', 'true']) {
      expect(await ask(id), id).toEqual([400, -32600, null]);
    }
  });

  it('is told of under its own id, and an answer under none: that id is of another request', async () => {
    const ask = async (body: object) => {
      const { json } = await rawPost(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, ...body })));
      return [json.error?.code, json.id];
    };
    expect(await ask({ method: 5 })).toEqual([-32600, 1]);
    expect(await ask({ result: 5 })).toEqual([-32600, null]);
    expect(await ask({ result: {}, error: { code: 1, message: 'x' } })).toEqual([-32600, null]);
    expect(await ask({})).toEqual([-32600, null]);
  });

  it('may say anything of its client', async () => {
    for (const odd of [{ toString: null }, { toString: 1, valueOf: 1 }, [], 7, null]) {
      const clientInfo = { name: odd, version: odd };
      const params = { protocolVersion: odd, capabilities: odd, clientInfo };
      const begun = await legacy(shop.url, shop.key, { jsonrpc: '2.0', id: 0, method: 'initialize', params });
      expect([begun.status, begun.json.error], JSON.stringify(odd)).toEqual([200, undefined]);
      const described = { ...ENVELOPE, 'io.modelcontextprotocol/clientInfo': clientInfo };
      const refused = await modern(shop.url, shop.key, {
        method: 'tools/list',
        params: { _meta: described },
      });
      expect([refused.status, refused.json.error?.code], JSON.stringify(odd)).toEqual([400, -32602]);
      const _meta = { ...ENVELOPE, progressToken: odd };
      const given = { name: 'echo', arguments: { text: 'hi' }, _meta };
      const called = await modern(shop.url, shop.key, { method: 'tools/call', params: given });
      expect(called.json.result?.content[0]?.text, JSON.stringify(odd)).toBe('hi');
    }
  });

  it('is not nested without end, and not a million members', async () => {
    const deep = await rawPost(Buffer.from('['.repeat(500_000) + ']'.repeat(500_000)));
    expect([deep.status, deep.json.error?.code]).toEqual([400, -32600]);
    const nested = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${nested}}}`;
    expect((await rawPost(Buffer.from(message))).json.error?.message).toContain('nested deeper');
    const members = Array.from({ length: 50_000 }, (_, index) => `"k${index}":0`).join(',');
    expect((await rawPost(Buffer.from(`{${members}}`))).json.error?.message).toContain('members');
  });

  const rawPost = (body: Buffer) =>
    send(shop.url, {
      headers: { Authorization: `Bearer ${shop.key}`, 'Content-Type': 'application/json' },
      body,
    });
});

describe('methods', () => {
  it('answers what 2026-07-28 removed with 404 and -32601', async () => {
    for (const method of [
      'initialize',
      'ping',
      'logging/setLevel',
      'resources/subscribe',
      'no/such',
      '__proto__',
    ]) {
      const answer = await modern(shop.url, shop.key, { id: 'x', method });
      expect([method, answer.status, answer.json.error?.code, answer.json.id]).toEqual([
        method,
        404,
        -32601,
        'x',
      ]);
    }
  });

  it('answers unknown methods of 2025 without an HTTP error, which would end a session', async () => {
    const answer = await legacy(shop.url, shop.key, { jsonrpc: '2.0', id: 3, method: 'tasks/list' });
    expect([answer.status, answer.json.error?.code, answer.json.id]).toEqual([200, -32601, 3]);
  });

  it('agrees on a version with 2025 clients', async () => {
    const asked = { '2025-11-25': '2025-11-25', '2025-03-26': '2025-03-26', '2024-11-05': '2025-11-25' };
    for (const [protocolVersion, agreed] of Object.entries(asked)) {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'x', version: '1' } };
      const answer = await legacy(shop.url, shop.key, {
        jsonrpc: '2.0',
        id: 0,
        method: 'initialize',
        params,
      });
      expect(answer.json.result).toMatchObject({
        protocolVersion: agreed,
        capabilities: { tools: { listChanged: true } },
      });
    }
  });

  it('accepts notifications, and answers that nobody asked for', async () => {
    const note = await legacy(shop.url, shop.key, { jsonrpc: '2.0', method: 'notifications/initialized' });
    expect([note.status, note.text]).toEqual([202, '']);
    expect((await legacy(shop.url, shop.key, { jsonrpc: '2.0', id: 9, result: {} })).status).toBe(202);
  });

  it('serves batches to 2025-03-26 and to nobody else', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } },
      { jsonrpc: '2.0', id: 3, method: 'no/such' },
    ];
    const answers = JSON.parse((await legacy(shop.url, shop.key, batch)).text);
    expect(answers.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3]);
    expect(answers[1].result.content[0].text).toBe('hi');
    expect(answers[2].error.code).toBe(-32601);
    const newer = await legacy(shop.url, shop.key, batch, { 'MCP-Protocol-Version': '2025-06-18' });
    expect([newer.status, newer.json.error?.code]).toEqual([400, -32600]);
    expect((await legacy(shop.url, shop.key, [])).status).toBe(400);
    expect((await legacy(shop.url, shop.key, [batch[1]!])).status).toBe(202);
  });
});

describe('what every answer carries', () => {
  it('is not kept by caches and tells nothing about the server', async () => {
    const { headers } = await modern(shop.url, shop.key, list);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['server']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('marks lists as private to the caller, those of public projects as public', async () => {
    const own = await modern(shop.url, shop.key, list);
    expect(own.json.result).toMatchObject({ resultType: 'complete', ttlMs: 60_000, cacheScope: 'private' });
    expect((await modern(open.url, null, list)).json.result).toMatchObject({ cacheScope: 'public' });
    const discover = await modern(shop.url, shop.key, { method: 'server/discover' });
    expect(discover.json.result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'shop', version: '1' } },
    });
  });
});
