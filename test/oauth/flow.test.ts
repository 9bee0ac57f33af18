import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  authorizeUrl,
  decide,
  exchangeCode,
  letIn,
  openWorld,
  pkce,
  refresh,
  register,
  requestIn,
  signInto,
  toolsOf,
  visit,
  type World,
} from './world.ts';

describe('the authorization server', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.close());

  it('says what it can, under its own path and nowhere else', async () => {
    for (const path of [
      '/.well-known/oauth-authorization-server/oauth',
      '/.well-known/openid-configuration/oauth',
      '/oauth/.well-known/openid-configuration',
    ]) {
      const response = await fetch(`${world.origin}${path}`);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(await response.json()).toMatchObject({
        issuer: world.issuer,
        authorization_endpoint: `${world.issuer}/authorize`,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: true,
        grant_types_supported: ['authorization_code', 'refresh_token'],
        response_types_supported: ['code'],
        token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
      });
    }
    // The root would speak for projects of keys too; what is asked below an MCP address is nobody's.
    for (const path of [
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/mcp/shop',
      '/oauth/nothing',
    ]) {
      const response = await fetch(`${world.origin}${path}`);
      expect({ path, status: response.status }).toEqual({ path, status: 404 });
      expect(response.headers.get('content-type')).toContain('application/json');
    }
  });

  it('lets a client in to the tools that the person chose', async () => {
    const clientId = await register(world);
    const keys = pkce();
    const redirectUri = 'http://127.0.0.1:50123/callback';
    const url = authorizeUrl(world, { clientId, redirectUri, pkce: keys });
    const { status, location } = await visit(world.server.owner, url);
    expect(status).toBe(303);
    const request = requestIn(location);
    const shown = await world.server.owner.get(`/consent?${new URLSearchParams({ request })}`);
    expect(shown.body).toMatchObject({
      client: {
        name: 'Test client',
        documentHost: null,
        place: { kind: 'computer', host: '127.0.0.1' },
        localOnly: true,
      },
      person: { email: 'ada@example.com' },
      project: { name: 'shop', organization: 'Acme', address: world.resource },
      tools: [
        { name: 'change', reads: false, asked: true },
        { name: 'look', reads: true, asked: true },
      ],
    });

    const back = await decide(world.server.owner, request, { tools: ['look'] });

    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get('state')).toBe('st4te');
    expect(back.searchParams.get('iss')).toBe(world.issuer);
    const code = back.searchParams.get('code')!;
    const answer = await exchangeCode(world, { clientId, code, pkce: keys, redirectUri });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'mcp:read mcp:call',
      access_token: expect.stringMatching(/^pba_/),
      refresh_token: expect.stringMatching(/^pbr_/),
    });
    expect(await toolsOf(world, answer.body.access_token)).toEqual(['look']);
  });

  it('gives tools that read and no others where the person says so', async () => {
    const { body } = await exchangeCode(world, await letIn(world, { consent: { readOnly: true } }));

    expect(body.scope).toBe('mcp:read');
    expect(await toolsOf(world, body.access_token)).toEqual(['look']);
    // The control: with all.
    const all = await exchangeCode(world, await letIn(world));
    expect(await toolsOf(world, all.body.access_token)).toEqual(['change', 'look']);
  });

  it('tells the client that the person did not want it, and notes it', async () => {
    const clientId = await register(world);
    const back = await signInto(world.server.owner, authorizeUrl(world, { clientId }), { allow: false });

    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'st4te',
      iss: world.issuer,
    });
    const { body } = await world.server.owner.get('/audit?about=grant');
    expect(body.items[0]).toMatchObject({ action: 'grant.create', outcome: 'refused' });
  });

  it('changes refresh tokens, and takes the same one again while its answer may have been lost', async () => {
    const coded = await letIn(world);
    const first = (await exchangeCode(world, coded)).body;

    const [one, two] = await Promise.all([
      refresh(world, coded.clientId, first.refresh_token),
      refresh(world, coded.clientId, first.refresh_token),
    ]);

    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body.refresh_token).toBe(two.body.refresh_token);
    expect(one.body.refresh_token).not.toBe(first.refresh_token);
    expect(one.body.access_token).not.toBe(two.body.access_token);
    expect(await toolsOf(world, two.body.access_token)).toEqual(['change', 'look']);
    const next = await refresh(world, coded.clientId, one.body.refresh_token);
    expect(next.status).toBe(200);
  });

  it('gives a narrower access token, and the wider one again', async () => {
    const coded = await letIn(world);
    const first = (await exchangeCode(world, coded)).body;
    const narrow = await refresh(world, coded.clientId, first.refresh_token, { scope: 'mcp:read' });
    expect(narrow.body.scope).toBe('mcp:read');
    expect(await toolsOf(world, narrow.body.access_token)).toEqual(['look']);
    const wide = await refresh(world, coded.clientId, narrow.body.refresh_token);
    expect(wide.body.scope).toBe('mcp:read mcp:call');
  });

  it('lets a client ask for one tool more when it needs it', async () => {
    const first = (await exchangeCode(world, await letIn(world, { more: { scope: 'mcp:read' } }))).body;
    const call = await fetch(world.resource, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        authorization: `Bearer ${first.access_token}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'change', arguments: { text: 'x' } },
      }),
    });
    expect(call.status).toBe(403);
    const scope = /scope="([^"]+)"/.exec(call.headers.get('www-authenticate')!)![1]!;
    expect(scope.split(' ')).toContain('mcp:call:change');

    const url = authorizeUrl(world, { clientId: await register(world), more: { scope } });
    const request = requestIn((await visit(world.server.owner, url)).location);
    const shown = await world.server.owner.get(`/consent?${new URLSearchParams({ request })}`);
    expect(shown.body.readOnlyAsked).toBe(false);
    expect(shown.body.tools.map(({ asked }: { asked: boolean }) => asked)).toEqual([true, true]);
    const second = (await exchangeCode(world, await letIn(world, { more: { scope } }))).body;

    expect(second.scope).toBe(scope);
    expect(await toolsOf(world, second.access_token)).toEqual(['change', 'look']);
  });

  it('ends with what it rests on: the revoked grant, the member who left, the project that takes keys', async () => {
    const { owner } = world.server;
    const token = async (browser = owner) =>
      (await exchangeCode(world, await letIn(world, { browser }))).body.access_token as string;

    const revoked = await token();
    expect(await toolsOf(world, revoked)).toHaveLength(2);
    const { body } = await owner.get('/projects/shop/grants');
    expect(body.items[0]).toMatchObject({
      client: 'Test client',
      person: 'Ada',
      tools: null,
      readOnly: false,
    });
    expect((await owner.delete(`/projects/shop/grants/${body.items[0].id}`)).status).toBe(204);
    expect(await toolsOf(world, revoked)).toBe(401);

    const bob = await world.server.person('Bob', { role: 'viewer' });
    const his = await token(bob);
    expect(await toolsOf(world, his)).toEqual(['look']);
    await world.server.app.db.prisma.member.deleteMany({ where: { user: { name: 'Bob' } } });
    await world.server.app.events.publish('member.changed', {});
    expect(await toolsOf(world, his)).toBe(401);

    const last = await token();
    expect(await toolsOf(world, last)).toHaveLength(2);
    await owner.patch('/projects/shop', { access: 'key' });
    expect(await toolsOf(world, last)).toBe(401);
    await owner.patch('/projects/shop', { access: 'oauth' });
  });
});
