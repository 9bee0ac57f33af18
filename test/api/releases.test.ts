import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDraft } from './documents.ts';
import { mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('lists what was served when, with the address of each release', async () => {
  const { owner } = server;
  const first = await projectWith(owner, 'shop');
  const draft = { ...createDraft(), name: 'other_tool' };
  const made = await owner.post('/projects/shop/workflows', { name: draft.name, document: draft });
  const { id, revision } = made.body;
  await owner.post(`/projects/shop/workflows/${id}/publish`, { revision });
  await owner.post(`/projects/shop/workflows/${first.workflow}/unpublish`);

  const { status, body } = await owner.get('/projects/shop/releases');
  expect(status).toBe(200);
  const mcpUrl = (await owner.get('/projects/shop')).body.mcpUrl;
  expect(body.items).toMatchObject([
    { release: 3, reason: 'unpublish', by: 'Ada', workflows: 1, deleted: 0, mcpUrl: `${mcpUrl}@3` },
    { release: 2, reason: 'publish', workflow: 'other_tool', workflows: 2, deleted: 0 },
    { release: 1, reason: 'publish', by: 'Ada', workflows: 1, mcpUrl: `${mcpUrl}@1` },
  ]);
  const page = await owner.get('/projects/shop/releases?before=3&limit=1');
  expect(page.body.items.map(({ release }: { release: number }) => release)).toEqual([2]);

  await owner.delete(`/projects/shop/workflows/${id}`);
  const after = (await owner.get('/projects/shop/releases')).body.items;
  expect(after[0]).toMatchObject({ release: 4, reason: 'delete', workflow: null, workflows: 0 });
  expect(after[2]).toMatchObject({ release: 2, workflow: null, workflows: 2, deleted: 1 });

  const key = (await owner.post('/projects/shop/keys', { name: 'test' })).body.secret;
  const listed = await mcp(server.url, 'shop@2', 'tools/list', {}, key);
  expect(listed.body.result.tools).toHaveLength(1);
  expect((await mcp(server.url, 'shop', 'tools/list', {}, key)).body.result.tools).toEqual([]);
});
