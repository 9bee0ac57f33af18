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
    {
      release: 3,
      reason: 'unpublish',
      by: 'Ada',
      workflows: 1,
      deleted: 0,
      live: true,
      mcpUrl: `${mcpUrl}@3`,
    },
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

it('says what each release changed, and serves an earlier one again as a whole', async () => {
  const { owner } = server;
  const { workflow } = await projectWith(owner, 'back', { document: createDraft('echo', 'one ') });
  await owner.patch('/projects/back', { access: 'public' });
  const at = '/projects/back/workflows';
  const draft = createDraft('echo', 'two ');
  const { revision } = (await owner.put(`${at}/${workflow}/draft`, { revision: 1, document: draft })).body;
  await owner.post(`${at}/${workflow}/publish`, { revision });
  const other = createDraft('other_tool');
  const made = (await owner.post(at, { name: 'other_tool', document: other })).body;
  await owner.post(`${at}/${made.id}/publish`, { revision: made.revision });

  const told = async () =>
    (await owner.get('/projects/back/releases')).body.items.map(
      ({ release, changes, live }: { release: number; changes: string[]; live: boolean }) => ({
        release,
        changes,
        live,
      }),
    );
  expect(await told()).toEqual([
    { release: 3, changes: ['other_tool v1'], live: true },
    { release: 2, changes: ['echo v1 → v2'], live: false },
    { release: 1, changes: ['echo v1'], live: false },
  ]);

  expect(await owner.post('/projects/back/releases/1/restore')).toMatchObject({
    status: 200,
    body: { release: 4 },
  });
  const { body } = await mcp(server.url, 'back', 'tools/list');
  expect(body.result.tools.map(({ name }: { name: string }) => name)).toEqual(['echo']);
  const answer = await mcp(server.url, 'back', 'tools/call', { name: 'echo', arguments: { text: 'a' } });
  expect(answer.body.result.content[0].text).toBe('one a');
  expect((await told())[0]).toEqual({
    release: 4,
    changes: ['echo v2 → v1', 'other_tool no longer'],
    live: true,
  });
  expect((await owner.get(`${at}/${workflow}`)).body.document).toEqual(draft);
  expect((await owner.post('/projects/back/releases/1/restore')).status).toBe(409);
  expect((await owner.post('/projects/back/releases/99/restore')).status).toBe(404);
});

it('tells what each version changed, for the graph and for callers', async () => {
  const { owner } = server;
  const { workflow } = await projectWith(owner, 'story', { document: createDraft('echo', 'one ') });
  const at = `/projects/story/workflows/${workflow}`;
  const draft = { ...createDraft('echo', 'two '), title: 'Echo again' };
  const { revision } = (await owner.put(`${at}/draft`, { revision: 1, document: draft })).body;
  await owner.post(`${at}/publish`, { revision, note: 'Said otherwise' });
  const { body } = await owner.get(`${at}/history`);
  expect(body.items).toMatchObject([
    {
      version: 2,
      live: true,
      note: 'Said otherwise',
      publishedBy: 'Ada',
      changes: ['changed parts of answer', 'changed the title to "Echo again"'],
      contractChanges: [{ impact: 'cosmetic', message: 'The title is another' }],
    },
    { version: 1, live: false, changes: [], contractChanges: [] },
  ]);
  // Page by page it is the same.
  const [newest, oldest] = body.items;
  expect((await owner.get(`${at}/history?limit=1`)).body.items).toEqual([newest]);
  expect((await owner.get(`${at}/history?limit=1&before=2`)).body.items).toEqual([oldest]);
  expect((await owner.get(`${at}/history?before=1`)).body.items).toEqual([]);
  expect((await owner.get(`${at}/history?before=0`)).status).toBe(400);
});
