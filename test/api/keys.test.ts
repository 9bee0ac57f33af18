import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft } from './documents.ts';
import { mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await projectWith(server.owner, 'orders');
  await projectWith(server.owner, 'other');
  const { body } = await server.owner.post('/projects/orders/workflows', {
    name: 'second',
    document: createDraft('second'),
  });
  await server.owner.post(`/projects/orders/workflows/${body.id}/publish`, { revision: body.revision });
});
afterAll(() => server.close());

const toolsOf = async (slug: string, key?: string) => {
  const { status, body } = await mcp(server.url, slug, 'tools/list', {}, key);
  return status === 200 ? body.result.tools.map((tool: { name: string }) => tool.name) : status;
};
const newKey = async (input: object) =>
  (await server.owner.post('/projects/orders/keys', { name: 'k', ...input })).body;

describe('API keys', () => {
  it('open their project, and no other', async () => {
    const key = await newKey({});
    expect(await toolsOf('orders', key.secret)).toEqual(['echo', 'second']);
    expect(await toolsOf('other', key.secret)).toBe(401);
    expect(await toolsOf('orders')).toBe(401);
  });

  it('show and call only the tools they were made for', async () => {
    const key = await newKey({ tools: ['second'] });
    expect(await toolsOf('orders', key.secret)).toEqual(['second']);
    const call = (name: string) =>
      mcp(server.url, 'orders', 'tools/call', { name, arguments: { text: 'x' } }, key.secret);
    expect((await call('second')).body.result.content[0].text).toBe('x');
    expect((await call('echo')).body.result?.content).toBeUndefined();
  });

  it('are shown once', async () => {
    const key = await newKey({ name: 'once' });
    const { body } = await server.owner.get('/projects/orders/keys');
    expect(body.items.find((item: { id: string }) => item.id === key.id)).toEqual({
      id: key.id,
      name: 'once',
      preview: key.preview,
      tools: null,
      readOnly: false,
      toolsets: null,
      createdAt: key.createdAt,
      createdBy: 'Ada',
      lastUsedAt: null,
      expiresAt: null,
    });
    expect(JSON.stringify(body)).not.toContain(key.secret.split('_')[2]);
  });

  it('note when they were used', async () => {
    const key = await newKey({ name: 'used' });
    await toolsOf('orders', key.secret);
    const { body } = await server.owner.get('/projects/orders/keys');
    const used = body.items.find((item: { id: string }) => item.id === key.id);
    expect(Date.parse(used.lastUsedAt)).toBeGreaterThanOrEqual(Date.parse(key.createdAt));
  });

  it('stop at once when they are revoked', async () => {
    const key = await newKey({});
    expect(await toolsOf('orders', key.secret)).toEqual(['echo', 'second']);
    expect((await server.owner.delete(`/projects/orders/keys/${key.id}`)).status).toBe(204);
    expect(await toolsOf('orders', key.secret)).toBe(401);
    expect((await server.owner.delete(`/projects/orders/keys/${key.id}`)).status).toBe(404);
  });

  it('end when they said', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const key = await newKey({ expiresAt: soon });
    expect(await toolsOf('orders', key.secret)).toEqual(['echo', 'second']);
    const past = new Date(Date.now() - 1000).toISOString();
    expect((await server.owner.post('/projects/orders/keys', { name: 'k', expiresAt: past })).status).toBe(
      400,
    );
  });
});
