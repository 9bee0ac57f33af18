import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERAS, mcpServer } from '../remote-mcp/servers.ts';
import { projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'orders');
});
afterAll(() => server.close());

const at = '/projects/orders/mcp-tools';

test.each(ERAS)('lists the tools of a server of %s, with the hash that a step pins', async (era) => {
  const { url } = await mcpServer(era, [{ name: 'add', description: 'Adds.', run: () => ({ content: [] }) }]);
  const { status, body } = await server.owner.post(at, { url });
  expect(status).toBe(200);
  expect(body).toEqual({
    server: { name: 'remote', title: 'Remote', version: '3' },
    tools: [
      {
        name: 'add',
        definition: { name: 'add', description: 'Adds.', inputSchema: { type: 'object' } },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ],
  });
});

test('sends the credential of a connection, and only to its hosts', async () => {
  const remote = await mcpServer('2026-07-28', []);
  const connect = async (name: string, host: string) =>
    (
      await server.owner.post('/projects/orders/connections', {
        name,
        type: 'bearer',
        hosts: [host],
        secret: { token: 'abcdefghijkl' },
      })
    ).body.id;
  const own = await connect('own', new URL(remote.url).host);
  expect((await server.owner.post(at, { url: remote.url, connection: own })).status).toBe(200);
  expect(new Set(remote.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer abcdefghijkl']),
  );
  const asked = remote.requests.length;
  const other = await connect('other', 'api.example.com');
  const { status, body } = await server.owner.post(at, { url: remote.url, connection: other });
  expect([status, body.failure]).toEqual([422, 'CONNECTION_HOST']);
  expect(remote.requests).toHaveLength(asked);
});

test('does not know a connection of another organization', async () => {
  const eve = await server.person('Eve', { organization: 'Globex' });
  await projectWith(eve, 'globex');
  const { body } = await eve.post('/projects/globex/connections', {
    name: 'hers',
    type: 'bearer',
    hosts: ['127.0.0.1:1'],
    secret: { token: 'abcdefghijkl' },
  });
  const url = 'http://127.0.0.1:1/mcp';
  expect((await server.owner.post(at, { url, connection: body.id })).status).toBe(404);
});

test('says in words why a server cannot be asked', async () => {
  const answer = await server.owner.post(at, { url: 'http://10.0.0.1/mcp' });
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({
    failure: 'EGRESS_BLOCKED',
    detail: 'Blocked by egress policy (address).',
  });
  expect((await server.owner.post(at, { url: 'mcp.example.com' })).body).toMatchObject({
    failure: 'BAD_URL',
    detail: 'The address of an MCP server begins with https:// or http://.',
  });
});
