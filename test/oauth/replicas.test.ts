import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startTestServer, type TestServer } from '#test/api/server.ts';
import {
  authorizeUrl,
  decide,
  exchangeCode,
  openProject,
  pkce,
  refresh,
  register,
  requestIn,
  toolsOf,
  visit,
  type World,
} from './world.ts';

/** Two servers on one database under one name: whichever a request comes to, it is the same. */
describe('the authorization server on several replicas', () => {
  let folder: string;
  let servers: TestServer[];
  let one: World;
  let two: World;
  const publicUrl = 'http://localhost:3000';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-oauth-replicas-'));
    const env = { DATA_DIR: folder, PUBLIC_URL: publicUrl };
    const first = await startTestServer(env);
    servers = [first, await startTestServer(env, { setUp: false })];
    await openProject(first.owner, 'shop');
    const [a, b] = servers.map(
      (server): World => ({
        server,
        // As a proxy in front of both would send it.
        origin: server.url,
        issuer: `${server.url}/oauth`,
        resource: `${publicUrl}/mcp/shop`,
        close: () => server.close(),
      }),
    );
    one = a!;
    two = b!;
  });
  afterAll(async () => {
    for (const server of servers ?? []) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on at one where the other left off, and ends at both', async () => {
    const clientId = await register(one);
    const keys = pkce();
    const redirectUri = 'http://127.0.0.1:4711/callback';
    const person = one.server.owner;
    const elsewhere = two.server.browser();

    const { location } = await visit(person, authorizeUrl(two, { clientId, redirectUri, pkce: keys }));
    elsewhere.cookie = person.cookie;
    const back = await decide(elsewhere, requestIn(location), { tools: ['look'] });
    expect(back.searchParams.get('iss')).toBe(`${publicUrl}/oauth`);
    const code = back.searchParams.get('code')!;
    const first = await exchangeCode(one, { clientId, code, pkce: keys, redirectUri });
    const second = await refresh(two, clientId, first.body.refresh_token);
    expect([first.status, second.status]).toEqual([200, 200]);
    // Its answer was lost: the other replica gives the same one again.
    const again = await refresh(one, clientId, first.body.refresh_token);
    expect(again.body.refresh_token).toBe(second.body.refresh_token);
    const token = second.body.access_token;
    expect(await toolsOf(one, token)).toEqual(['look']);
    expect(await toolsOf(two, token)).toEqual(['look']);

    const { body } = await person.get('/projects/shop/grants');
    expect((await person.delete(`/projects/shop/grants/${body.items[0].id}`)).status).toBe(204);

    expect(await toolsOf(one, token)).toBe(401);
    // Within five seconds without any news; with it sooner.
    expect(await eventually(async () => (await toolsOf(two, token)) === 401, 6000)).toBe(true);
  });
});
