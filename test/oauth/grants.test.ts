import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import type { Browser } from '#test/api/server.ts';
import { exchangeCode, letIn, openProject, openWorld, toolsOf, type World } from './world.ts';

describe('connected apps', () => {
  let world: World;
  let owner: Browser;
  let editor: Browser;
  let viewer: Browser;
  let stranger: Browser;

  beforeAll(async () => {
    world = await openWorld();
    owner = world.server.owner;
    editor = await world.server.person('Edda', { role: 'editor' });
    viewer = await world.server.person('Vic', { role: 'viewer' });
    stranger = await world.server.person('Stan', { organization: 'Elsewhere' });
    await openProject(stranger, 'theirs');
  });
  afterAll(() => world?.close());

  const connect = async (browser: Browser, tools: string[] | null = null): Promise<string> =>
    (await exchangeCode(world, await letIn(world, { browser, consent: { tools } }))).body.access_token;
  const listed = async (browser: Browser, path: string) =>
    (await browser.get(path)).body.items as {
      id: string;
      person: string;
      tools: string[] | null;
      lastUsedAt: string;
    }[];

  it('are listed for whoever may see them, with their tools and last use', async () => {
    const token = await connect(viewer, ['look']);
    await connect(editor);
    expect(await toolsOf(world, token)).toEqual(['look']);

    const all = await listed(editor, '/projects/shop/grants');
    expect(all.map(({ person, tools }) => [person, tools])).toEqual([
      ['Edda', null],
      ['Vic', ['look']],
    ]);
    expect(all[1]!.lastUsedAt).toEqual(expect.any(String));
    expect((await listed(viewer, '/projects/shop/grants')).map(({ person }) => person)).toEqual(['Vic']);
    expect((await listed(viewer, '/account/grants')).map(({ person }) => person)).toEqual(['Vic']);
    expect(await listed(stranger, '/account/grants')).toEqual([]);
    expect((await stranger.get('/projects/shop/grants')).status).toBe(404);
  });

  it('are revoked by the person, and by editors, and by nobody else', async () => {
    const token = await connect(viewer, ['look']);
    const [own] = await listed(viewer, '/account/grants');
    const id = own!.id;

    expect((await viewer.delete(`/projects/shop/grants/${id}`)).status).toBe(403);
    expect((await editor.delete(`/account/grants/${id}`)).status).toBe(404);
    expect((await stranger.delete(`/account/grants/${id}`)).status).toBe(404);
    expect((await stranger.delete(`/projects/theirs/grants/${id}`)).status).toBe(404);
    expect((await stranger.delete(`/projects/shop/grants/${id}`)).status).toBe(404);
    expect(await toolsOf(world, token)).toEqual(['look']);

    expect((await viewer.delete(`/account/grants/${id}`)).status).toBe(204);
    expect((await viewer.delete(`/account/grants/${id}`)).status).toBe(404);
    expect(await toolsOf(world, token)).toBe(401);
    const { body } = await owner.get('/audit?about=grant');
    expect(body.items[0]).toMatchObject({ action: 'grant.revoke', target: `grant:${id}` });

    const another = await connect(viewer);
    const [newest] = await listed(editor, '/projects/shop/grants');
    expect((await editor.delete(`/projects/shop/grants/${newest!.id}`)).status).toBe(204);
    expect(await toolsOf(world, another)).toBe(401);
  });

  it('are forgotten when their last token is over, and their clients when nobody uses them', async () => {
    const { prisma } = world.server.app.db;
    const token = await connect(editor);
    const system = repository(world.server.app.db, { type: 'system' });
    await system.oauthGrants.prune();
    expect(await toolsOf(world, token)).toHaveLength(2);
    const past = new Date(Date.now() - 100 * 86_400_000);
    await prisma.oauthClient.updateMany({ data: { lastUsedAt: past } });
    const clients = await prisma.oauthClient.count();
    await system.oauthClients.prune();
    const used = new Set((await prisma.oauthGrant.findMany()).map(({ clientId }) => clientId));
    expect(await prisma.oauthClient.count()).toBe(used.size);
    expect(used.size).toBeLessThanOrEqual(clients);

    await prisma.oauthToken.updateMany({ data: { expiresAt: past } });
    await prisma.oauthCode.updateMany({ data: { expiresAt: past } });
    await prisma.oauthGrant.updateMany({ data: { createdAt: past } });
    await system.oauthGrants.prune();
    await system.oauthClients.prune();

    expect(await prisma.oauthGrant.count()).toBe(0);
    expect(await prisma.oauthToken.count()).toBe(0);
    expect(await prisma.oauthClient.count()).toBe(0);
  });
});
