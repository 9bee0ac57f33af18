import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type Egress } from '#lib/egress/fetch.ts';
import {
  authorizeUrl,
  exchangeCode,
  openWorld,
  pkce,
  requestIn,
  signInto,
  toolsOf,
  visit,
  type World,
} from './world.ts';

/** Clients whose id is the address of a document that says who they are. */
describe('client ID metadata documents', () => {
  let world: World;
  let site: Server;
  /** As the server has it. */
  let own: Egress;
  /** What the site answers at each path. */
  const pages: Record<string, { status?: number; headers?: Record<string, string>; body: string }> = {};
  const asked: string[] = [];
  const redirectUri = 'https://client.example/callback';

  const page = (path: string, value: object | string, headers: Record<string, string> = {}, status = 200) => {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    pages[path] = { status, headers, body };
    return `https://client.example${path}`;
  };
  const document = (path: string, more: object = {}) => ({
    client_id: `https://client.example${path}`,
    client_name: 'Example',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    ...more,
  });

  beforeAll(async () => {
    world = await openWorld();
    site = createServer((request, response) => {
      asked.push(`${request.headers.host}${request.url}`);
      const { status = 200, headers = {}, body } = pages[request.url ?? ''] ?? { status: 404, body: '' };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port } = site.address() as AddressInfo;
    // The names of the outside lead to this site; it is spared a certificate.
    const outside = createEgress({
      allow: ['127.0.0.1'],
      lookup: async (name) => [{ address: name === 'inside.example' ? '10.0.0.7' : '127.0.0.1', family: 4 }],
      dial: (_target, callback) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => callback(null, socket));
        socket.once('error', (error) => callback(error, null));
      },
    });
    own = world.server.app.publicEgress;
    world.server.app.publicEgress = outside;
  });
  afterAll(async () => {
    await world?.close();
    site?.close();
  });

  const ask = (clientId: string, more: Record<string, string> = {}) =>
    visit(world.server.owner, authorizeUrl(world, { clientId, redirectUri, more }));

  it('let a client in without registration, and tell the person whose it is', async () => {
    const clientId = page(
      '/good.json',
      document('/good.json', { client_uri: 'https://client.example/about' }),
    );
    const keys = pkce();
    const url = authorizeUrl(world, { clientId, redirectUri, pkce: keys });
    const request = requestIn((await visit(world.server.owner, url)).location);
    const shown = await world.server.owner.get(`/consent?${new URLSearchParams({ request })}`);
    expect(shown.body.client).toEqual({
      name: 'Example',
      documentHost: 'client.example',
      uri: 'https://client.example/about',
      place: { kind: 'website', host: 'client.example' },
      localOnly: false,
    });

    const back = await signInto(world.server.owner, url);
    const code = back.searchParams.get('code')!;
    const { status, body } = await exchangeCode(world, { clientId, code, pkce: keys, redirectUri });

    expect(status).toBe(200);
    expect(await toolsOf(world, body.access_token)).toEqual(['change', 'look']);
    // One look-up: the answer is kept for a while.
    expect(asked.filter((path) => path === 'client.example/good.json')).toHaveLength(1);
  });

  it('are read again when their time is over, and still good while they cannot be', async () => {
    const clientId = page('/fresh.json', document('/fresh.json'), { 'cache-control': 'max-age=1' });
    const { prisma } = world.server.app.db;
    expect((await ask(clientId)).status).toBe(303);
    const { freshUntil } = await prisma.oauthClient.findUniqueOrThrow({ where: { clientId } });
    // Not before five minutes, whatever they say.
    expect(freshUntil!.getTime()).toBeGreaterThan(Date.now() + 4 * 60_000);
    const over = () =>
      prisma.oauthClient.updateMany({
        where: { clientId },
        data: { freshUntil: new Date(Date.now() - 1000) },
      });

    await over();
    page('/fresh.json', '', {}, 503);
    expect((await ask(clientId)).status).toBe(303);

    page('/fresh.json', document('/fresh.json', { redirect_uris: ['https://client.example/other'] }));
    expect((await ask(clientId)).status).toBe(400);
  });

  it('are refused when they are wrong, elsewhere, or lead elsewhere', async () => {
    const bad: Record<string, string> = {
      'another id': page('/a.json', document('/b.json')),
      'no redirects': page('/c.json', { client_id: 'https://client.example/c.json' }),
      'a redirect that runs code': page(
        '/d.json',
        document('/d.json', { redirect_uris: ['javascript:alert(1)'] }),
      ),
      'a shared secret': page(
        '/e.json',
        document('/e.json', { token_endpoint_auth_method: 'client_secret_post' }),
      ),
      'no JSON': page('/f.json', '<html>'),
      'too large': page(
        '/g.json',
        document('/g.json', { client_name: 'x'.repeat(900), padding: 'x'.repeat(6000) }),
      ),
      'not there': 'https://client.example/none.json',
      'a redirect': page('/h.json', '', { location: 'https://client.example/good.json' }, 302),
      'a private address': 'https://inside.example/x.json',
      'a literal private address': 'https://10.0.0.7/x.json',
      'no path': 'https://client.example/',
      'dots in the path': 'https://client.example/x/../good.json',
      'a user name': 'https://x@client.example/good.json',
      'a fragment': 'https://client.example/good.json#x',
      'no https': 'http://client.example/good.json',
    };
    for (const [name, clientId] of Object.entries(bad)) {
      const before = asked.length;
      const { status, location, text } = await ask(clientId);
      expect({ name, status, location }).toEqual({ name, status: 400, location: '' });
      expect(text).not.toContain('<html>');
      if (/private|path|user|fragment|https/.test(name))
        expect({ name, asked: asked.length }).toEqual({ name, asked: before });
    }
    expect((await ask(page('/i.json', document('/i.json')))).status).toBe(303);
  });

  it('are fetched from public addresses alone, also where workflows may go further', async () => {
    const { app } = world.server;
    const { port } = site.address() as AddressInfo;
    const inside = { method: 'GET', url: `http://127.0.0.1:${port}/good.json` };
    await expect(own.request(inside, AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'EGRESS_BLOCKED',
    });
    // The control: workflows of this server may.
    expect((await app.egress.request(inside, AbortSignal.timeout(5000))).status).toBe(200);
  });

  it('are fetched for one address only so often', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 61; count += 1) {
      statuses.push((await ask(`https://client.example/many-${count}.json`)).status);
    }
    expect(statuses).toContain(400);
    expect(statuses.at(-1)).toBe(429);
  });
});
