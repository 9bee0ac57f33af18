import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addTool,
  authorizeUrl,
  exchangeCode,
  openWorld,
  pkce,
  register,
  requestIn,
  signInto,
  toolsOf,
  visit,
  type World,
} from './world.ts';

/** An address for some of a project's tools has its own tokens. */
describe('signing in at a toolset', () => {
  let world: World;
  let set: World;
  let id: string;

  beforeAll(async () => {
    world = await openWorld();
    const { owner } = world.server;
    await addTool(owner, 'shop', 'count', true);
    const made = await owner.post('/projects/shop/toolsets', {
      name: 'analysis',
      title: 'Analysis',
      access: 'oauth',
      workflows: ['look', 'count'],
    });
    id = made.body.id;
    set = { ...world, resource: `${world.resource}/analysis` };
  });
  afterAll(() => world?.close());

  async function tokenOf(at: World): Promise<string> {
    const keys = pkce();
    const clientId = await register(at);
    const redirectUri = 'http://127.0.0.1:4711/callback';
    const url = authorizeUrl(at, { clientId, redirectUri, pkce: keys });
    const back = await signInto(at.server.owner, url);
    const code = back.searchParams.get('code')!;
    return (await exchangeCode(at, { clientId, code, pkce: keys, redirectUri })).body.access_token;
  }

  it('shows its tools, gives tokens for it alone, and ends with it', async () => {
    const request = requestIn(
      (await visit(set.server.owner, authorizeUrl(set, { clientId: await register(set) }))).location,
    );
    const { body } = await set.server.owner.get(`/consent?${new URLSearchParams({ request })}`);
    expect(body.project).toMatchObject({ address: set.resource, toolset: 'analysis' });
    expect(body.tools.map(({ name }: { name: string }) => name)).toEqual(['count', 'look']);

    const [narrow, wide] = [await tokenOf(set), await tokenOf(world)];

    expect(await toolsOf(set, narrow, 'shop/analysis')).toEqual(['count', 'look']);
    expect(await toolsOf(set, wide, 'shop')).toEqual(['change', 'count', 'look']);
    expect(await toolsOf(set, narrow, 'shop')).toBe(401);
    expect(await toolsOf(set, wide, 'shop/analysis')).toBe(401);

    // The project takes keys alone now; the toolset has an access of its own.
    await world.server.owner.patch('/projects/shop', { access: 'key' });
    expect(await toolsOf(set, wide, 'shop')).toBe(401);
    expect(await toolsOf(set, narrow, 'shop/analysis')).toEqual(['count', 'look']);

    await world.server.owner.delete(`/projects/shop/toolsets/${id}`);
    expect(await toolsOf(set, narrow, 'shop/analysis')).toBe(401);
  });
});
