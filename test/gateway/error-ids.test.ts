import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { ENVELOPE, send } from './support/wire.ts';
import { echo } from './support/workflows.ts';

// Of an error that answers nothing with an id, JSON-RPC and the revisions of 2025 say that its id is null, and
// 2026-07-28 that it has none.

let server: TestServer;
let shop: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  shop = await server.project('shop', { workflows: [echo] });
});
afterAll(() => server.close());

const NEWER = { 'MCP-Protocol-Version': '2026-07-28' };
const OLDER = { 'MCP-Protocol-Version': '2025-11-25' };

async function errorOf(options: Parameters<typeof send>[1]) {
  const authorization = { Authorization: `Bearer ${shop.key}`, 'Content-Type': 'application/json' };
  const { json } = await send(shop.url, { ...options, headers: { ...authorization, ...options.headers } });
  expect(json.error?.code).toBeLessThan(0);
  return json;
}

const bad = {
  'what is no JSON': { body: '{' },
  'what is no message': { body: '7' },
  'a message with an id that is none': { body: '{"jsonrpc":"2.0","id":{},"method":"ping"}' },
  'a key that is not good': { body: '{"jsonrpc":"2.0","id":1}', headers: { Authorization: 'Bearer x' } },
  'a body of another type': { body: 'x', headers: { 'Content-Type': 'text/plain' } },
  'a method of HTTP that is not served': { method: 'PUT' },
  'a GET that wants no stream': { method: 'GET' },
  'a DELETE without a session': { method: 'DELETE' },
};

describe.each(Object.entries(bad))('the error for %s', (_, options) => {
  it('has no id in 2026-07-28', async () => {
    const headers = { ...NEWER, ...('headers' in options && options.headers) };
    expect(await errorOf({ ...options, headers })).not.toHaveProperty('id');
  });

  it('has the id null in 2025, and where nothing says which it is', async () => {
    for (const said of [OLDER, {}]) {
      const headers = { ...said, ...('headers' in options && options.headers) };
      expect((await errorOf({ ...options, headers })).id).toBeNull();
    }
  });
});

describe('the error for a message', () => {
  it('has its id where there is one', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'mine', method: 'no/such' });
    for (const headers of [OLDER, NEWER]) expect((await errorOf({ body, headers })).id).toBe('mine');
  });

  it('that says itself of which revision it is, is of that one', async () => {
    const message = { jsonrpc: '2.0', id: null, method: 'tools/list', params: { _meta: ENVELOPE } };
    for (const headers of [OLDER, NEWER, {}]) {
      expect(await errorOf({ body: JSON.stringify(message), headers })).not.toHaveProperty('id');
    }
  });
});
