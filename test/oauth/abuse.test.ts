import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '#test/api/server.ts';
import {
  authorizeUrl,
  decide,
  exchangeCode,
  letIn,
  openProject,
  openWorld,
  pkce,
  postForm,
  postJson,
  refresh,
  register,
  requestIn,
  signInto,
  toolsOf,
  visit,
  type World,
} from './world.ts';

/** RFC 9700 and what else has been tried against such servers. Beside each stands the same thing done rightly. */
describe('the authorization server under attack', () => {
  let world: World;
  let owner: Browser;
  let clientId: string;

  beforeAll(async () => {
    world = await openWorld();
    owner = world.server.owner;
    await openProject(owner, 'other');
    clientId = await register(world, ['https://app.example.com/callback', 'http://127.0.0.1/callback']);
  });
  afterAll(() => world?.close());

  const redirectUri = 'https://app.example.com/callback';
  const ask = (more: Record<string, string | null>) =>
    visit(owner, authorizeUrl(world, { clientId, redirectUri, more }));
  const auditedActions = async () =>
    (await owner.get('/audit?about=grant')).body.items.map(({ action }: { action: string }) => action);

  it('sends nobody to an address that was not registered, nor for a client that is not known', async () => {
    const wrong: Record<string, string | null>[] = [
      { redirect_uri: 'https://app.example.com.evil.test/callback' },
      { redirect_uri: 'https://app.example.com@evil.test/callback' },
      { redirect_uri: 'https://evil.test/?https://app.example.com/callback' },
      { redirect_uri: 'https://app.example.com/callback/../../evil' },
      { redirect_uri: 'https://app.example.com/callback#x' },
      { redirect_uri: 'https://app.example.com:8443/callback' },
      { redirect_uri: 'HTTPS://app.example.com/callback' },
      { redirect_uri: 'javascript:alert(1)' },
      { redirect_uri: '' },
      { redirect_uri: null },
      { client_id: `client-${randomUUID()}` },
      { client_id: '<script>alert(1)</script>' },
      { client_id: null },
    ];
    for (const more of wrong) {
      const { status, location, text } = await ask(more);
      expect({ more, status, location }).toEqual({ more, status: 400, location: '' });
      expect(text).toContain('This app cannot be connected');
      expect(text).not.toContain('<script>');
    }
    const { status, location } = await ask({});
    expect({ status, page: location.slice(0, 17) }).toEqual({ status: 303, page: '/consent?request=' });
  });

  it('leads to no website by itself that nobody has let in', async () => {
    const evil = await register(world, ['https://evil.test/phish', 'http://127.0.0.1/callback']);
    const at = (redirectUri: string) =>
      authorizeUrl(world, { clientId: evil, redirectUri, more: { resource: 'x' } });

    const { status, location, text } = await visit(owner, at('https://evil.test/phish'));

    expect([status, location]).toEqual([400, '']);
    expect(text).toContain('Go back to evil.test');
    // A program on this computer is told.
    expect((await visit(owner, at('http://127.0.0.1:5000/callback'))).location).toContain(
      'error=invalid_target',
    );
  });

  it('tells the client, and nobody else, what is wrong with its request', async () => {
    await signInto(owner, authorizeUrl(world, { clientId, redirectUri, more: { prompt: 'consent' } }), {
      readOnly: true,
    });
    const wrong: [Record<string, string | null>, string][] = [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ response_type: null }, 'invalid_request'],
      [{ response_mode: 'fragment' }, 'invalid_request'],
      [{ code_challenge: null }, 'invalid_request'],
      [{ code_challenge: 'short' }, 'invalid_request'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge_method: null }, 'invalid_request'],
      [{ resource: 'https://elsewhere.test/mcp/shop' }, 'invalid_target'],
      [{ resource: `${world.origin}/mcp/no-such` }, 'invalid_target'],
      [{ resource: `${world.origin}/mcp/shop#x` }, 'invalid_target'],
      [{ resource: world.origin }, 'invalid_target'],
      [{ resource: null }, 'invalid_target'],
      [{ request: 'eyJ' }, 'request_not_supported'],
      [{ request_uri: 'https://a.test' }, 'request_uri_not_supported'],
      [{ prompt: 'none login' }, 'invalid_request'],
      [{ prompt: 'none' }, 'consent_required'],
    ];
    for (const [more, error] of wrong) {
      const back = new URL((await ask(more)).location);
      expect({ more, at: back.origin + back.pathname, error: back.searchParams.get('error') }).toEqual({
        more,
        at: redirectUri,
        error,
      });
      expect(back.searchParams.get('state')).toBe('st4te');
      expect(back.searchParams.get('iss')).toBe(world.issuer);
    }
    for (const name of ['state', 'resource', 'code_challenge', 'scope', 'response_type']) {
      const url = authorizeUrl(world, { clientId, redirectUri, more: { scope: 'mcp:read' } });
      const back = new URL((await visit(owner, `${url}&${name}=twice`)).location);
      expect({ name, error: back.searchParams.get('error') }).toEqual({
        name,
        error: name === 'resource' ? 'invalid_target' : 'invalid_request',
      });
    }
    const twice = await visit(owner, `${authorizeUrl(world, { clientId, redirectUri })}&redirect_uri=x`);
    expect(twice.status).toBe(400);
    const long = await visit(
      owner,
      authorizeUrl(world, { clientId, redirectUri, more: { state: 'x'.repeat(7000) } }),
    );
    expect(long.status).toBe(400);
  });

  it('takes a code once: a second time revokes what became of it', async () => {
    const coded = await letIn(world);
    const first = await exchangeCode(world, coded);
    expect(await toolsOf(world, first.body.access_token)).toHaveLength(2);

    const again = await exchangeCode(world, coded);

    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect(await toolsOf(world, first.body.access_token)).toBe(401);
    expect((await refresh(world, coded.clientId, first.body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await auditedActions()).toContain('grant.code_reuse');
  });

  it('makes tokens of a code for one of many that come at once', async () => {
    const coded = await letIn(world);
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchangeCode(world, coded)));

    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_grant').length).toBeGreaterThanOrEqual(7);
  });

  it('gives a code to its own client, with its own verifier, address and resource', async () => {
    const coded = await letIn(world);
    const stranger = await register(world);
    const refused: [Promise<{ status: number; body: { error: string } }>, string][] = [
      [exchangeCode(world, { ...coded, clientId: stranger }), 'invalid_grant'],
      [exchangeCode(world, { ...coded, pkce: pkce() }), 'invalid_grant'],
      [exchangeCode(world, coded, { code_verifier: coded.pkce.challenge }), 'invalid_grant'],
      [exchangeCode(world, coded, { code_verifier: '' }), 'invalid_request'],
      [exchangeCode(world, coded, { redirect_uri: 'http://127.0.0.1:1/other' }), 'invalid_grant'],
      [exchangeCode(world, coded, { resource: `${world.origin}/mcp/other` }), 'invalid_target'],
      [exchangeCode(world, { ...coded, code: coded.code.slice(0, -1) }), 'invalid_grant'],
      [exchangeCode(world, coded, { grant_type: 'password' }), 'unsupported_grant_type'],
    ];
    for (const [answer, error] of refused) expect((await answer).body.error).toBe(error);

    expect((await exchangeCode(world, coded)).status).toBe(200);
  });

  it('takes the tokens of one address at that address alone', async () => {
    const { access_token: token } = (await exchangeCode(world, await letIn(world))).body;

    expect(await toolsOf(world, token, 'other')).toBe(401);
    expect(await toolsOf(world, token)).toEqual(['change', 'look']);
  });

  it('ends the line of a refresh token that is used again later', async () => {
    const coded = await letIn(world);
    const first = (await exchangeCode(world, coded)).body;
    const second = (await refresh(world, coded.clientId, first.refresh_token)).body;
    const third = (await refresh(world, coded.clientId, second.refresh_token)).body;
    expect(await toolsOf(world, third.access_token)).toHaveLength(2);

    // Its successor was used: no answer can have been lost.
    const thief = await refresh(world, coded.clientId, first.refresh_token);

    expect([thief.status, thief.body.error]).toEqual([400, 'invalid_grant']);
    expect(await toolsOf(world, third.access_token)).toBe(401);
    expect((await refresh(world, coded.clientId, third.refresh_token)).body.error).toBe('invalid_grant');
    expect(await auditedActions()).toContain('grant.refresh_reuse');
  });

  it('ends it too when the successor is unused, but seconds have passed', async () => {
    const coded = await letIn(world);
    const first = (await exchangeCode(world, coded)).body;
    await refresh(world, coded.clientId, first.refresh_token);
    await world.server.app.db.prisma.oauthToken.updateMany({
      where: { usedAt: { not: null } },
      data: { usedAt: new Date(Date.now() - 11_000) },
    });

    expect((await refresh(world, coded.clientId, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('gives a refresh token nothing more than it had, and nothing to another client', async () => {
    const coded = await letIn(world, { more: { scope: 'mcp:read' } });
    const first = (await exchangeCode(world, coded)).body;
    expect(first.scope).toBe('mcp:read');

    const more = await refresh(world, coded.clientId, first.refresh_token, { scope: 'mcp:read mcp:call' });
    const stranger = await refresh(world, await register(world), first.refresh_token);
    const elsewhere = await refresh(world, coded.clientId, first.refresh_token, {
      resource: `${world.origin}/mcp/other`,
    });

    expect([more.body.error, stranger.body.error, elsewhere.body.error]).toEqual([
      'invalid_scope',
      'invalid_grant',
      'invalid_target',
    ]);
    const fine = await refresh(world, coded.clientId, first.refresh_token, { scope: 'mcp:read' });
    expect(await toolsOf(world, fine.body.access_token)).toEqual(['look']);
  });

  it('takes consent in the browser that began it, from the person who was shown it, once', async () => {
    const eve = await world.server.person('Eve', { role: 'editor' });
    const request = requestIn((await ask({})).location);
    const path = `/consent?${new URLSearchParams({ request })}`;
    const { proof } = (await owner.get(path)).body;
    const answer = { request, proof, allow: true, tools: null, readOnly: false };

    // A link that somebody else began: it would give that somebody what this person allows.
    expect((await eve.get(path)).status).toBe(403);
    expect((await eve.post('/consent', answer)).status).toBe(403);
    // A page of another site, and a form.
    expect((await owner.send('POST', '/consent', answer, { origin: 'https://evil.test' })).status).toBe(403);
    expect(
      (
        await owner.send('POST', '/consent', 'allow=true', {
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).status,
    ).toBe(415);
    // Another person in the same browser, who has not seen it.
    const mine = owner.cookie;
    const mark = /patchbay-consent=[^;]+/.exec(mine)![0];
    eve.cookie = `${eve.cookie}; ${mark}`;
    expect((await eve.post('/consent', answer)).status).toBe(409);
    // Nobody, something else, something changed.
    expect((await world.server.browser().post('/consent', answer)).status).toBe(401);
    expect((await owner.post('/consent', { ...answer, proof: 'x' })).status).toBe(409);
    expect((await owner.post('/consent', { ...answer, request: `${request}x` })).status).toBe(410);
    expect((await owner.post('/consent', { ...answer, tools: ['no_such_tool'] })).status).toBe(400);

    expect((await owner.post('/consent', answer)).status).toBe(200);
    expect((await owner.post('/consent', answer)).status).toBe(409);
    expect((await owner.post('/consent', { ...answer, allow: false })).status).toBe(409);
  });

  it('shows nothing of a project to who has no access to it', async () => {
    const stranger = await world.server.person('Mallory', { organization: 'Elsewhere' });
    const url = authorizeUrl(world, { clientId, redirectUri });
    const request = requestIn((await visit(stranger, url)).location);

    const { body } = await stranger.get(`/consent?${new URLSearchParams({ request })}`);

    expect(body).toMatchObject({ project: null, tools: [], person: { name: 'Mallory' } });
    const allowed = await stranger.post('/consent', { request, proof: body.proof, allow: true, tools: null });
    expect(allowed.status).toBe(403);
    expect((await decide(stranger, request, { allow: false })).searchParams.get('error')).toBe(
      'access_denied',
    );
  });

  it('asks again, unless the client is one that can be told from others', async () => {
    const url = (more = {}) => authorizeUrl(world, { clientId, redirectUri, more });
    await signInto(owner, url());
    // The same website, for the same and for less.
    expect(new URL((await visit(owner, url())).location).searchParams.get('code')).toMatch(/^pbc_/);
    expect((await visit(owner, url({ scope: 'mcp:read', prompt: 'none' }))).location).toContain('code=');
    expect((await visit(owner, url({ prompt: 'consent' }))).location).toContain('/consent');
    expect((await visit(owner, url({ resource: `${world.origin}/mcp/other` }))).location).toContain(
      '/consent',
    );
    expect((await visit(world.server.browser(), url())).location).toContain('/consent');
    // A program on this computer: any other could say that it is this one.
    const local = authorizeUrl(world, { clientId, redirectUri: 'http://127.0.0.1:5000/callback' });
    await signInto(owner, local);
    expect((await visit(owner, local)).location).toContain('/consent');
  });

  it('cannot be framed, stored or told onwards', async () => {
    const response = await fetch(authorizeUrl(world, { clientId: 'nobody' }));
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('tells clients at the token endpoint what they need to know', async () => {
    const token = `${world.issuer}/token`;
    const unknown = await postForm(token, {
      grant_type: 'refresh_token',
      client_id: 'gone',
      refresh_token: 'x',
    });
    expect([unknown.status, unknown.body.error]).toEqual([401, 'invalid_client']);
    const basic = await postForm(
      token,
      { grant_type: 'refresh_token', refresh_token: 'x' },
      { authorization: `Basic ${Buffer.from('gone:x').toString('base64')}` },
    );
    expect([basic.status, basic.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="oauth"']);
    expect((await postForm(token, { client_id: clientId })).body.error).toBe('invalid_request');
    expect((await postForm(token, `client_id=${clientId}&client_id=x`)).body.error).toBe('invalid_request');
    expect((await postForm(token, `x=${'y'.repeat(20_000)}`)).body.error).toBe('invalid_request');
    expect((await postJson(token, { client_id: clientId })).body.error).toBe('invalid_request');
    expect((await fetch(token)).status).toBe(405);
    const preflight = await fetch(token, { method: 'OPTIONS', headers: { origin: 'http://localhost:6274' } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  it('wants the secret of a client that has one', async () => {
    const { body } = await postJson(`${world.issuer}/register`, {
      client_name: 'With a secret',
      redirect_uris: ['http://127.0.0.1/callback'],
    });
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: expect.any(String),
    });
    const coded = await letIn(world, { clientId: body.client_id });

    expect((await exchangeCode(world, coded)).status).toBe(401);
    expect(
      (await exchangeCode(world, coded, { client_secret: body.client_secret.replace(/_\w{4}/, '_AAAA') }))
        .status,
    ).toBe(401);

    expect((await exchangeCode(world, coded, { client_secret: body.client_secret })).status).toBe(200);
    expect(JSON.stringify(await world.server.app.db.prisma.oauthClient.findMany())).not.toContain(
      body.client_secret,
    );
  });

  it('takes back what a client returns, and only from that client', async () => {
    const coded = await letIn(world);
    const tokens = (await exchangeCode(world, coded)).body;
    const give = (client: string, value: string) =>
      postForm(`${world.issuer}/revoke`, { client_id: client, token: value });

    expect((await give(await register(world), tokens.refresh_token)).status).toBe(200);
    expect((await give(coded.clientId, 'nothing')).status).toBe(200);
    expect((await give('gone', tokens.refresh_token)).status).toBe(401);
    expect(await toolsOf(world, tokens.access_token)).toHaveLength(2);

    expect((await give(coded.clientId, tokens.refresh_token)).status).toBe(200);
    expect(await toolsOf(world, tokens.access_token)).toBe(401);
  });

  it('registers what can be used, and shows names as one line of text', async () => {
    const endpoint = `${world.issuer}/register`;
    const wrong: [unknown, string][] = [
      [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
      [{ redirect_uris: ['http://evil.test/cb'] }, 'invalid_redirect_uri'],
      [{ redirect_uris: [] }, 'invalid_redirect_uri'],
      [{}, 'invalid_redirect_uri'],
      ['no json', 'invalid_client_metadata'],
      [{ redirect_uris: [redirectUri], grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
      [
        { redirect_uris: [redirectUri], token_endpoint_auth_method: 'private_key_jwt' },
        'invalid_client_metadata',
      ],
    ];
    for (const [body, error] of wrong) {
      const answer = await postJson(endpoint, body);
      expect({ body, status: answer.status, error: answer.body.error }).toEqual({ body, status: 400, error });
    }
    const named = await postJson(endpoint, {
      client_name: 'Clau\u202ede\n<b>\u0007',
      redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback', 'http://localhost:8787/callback'],
      token_endpoint_auth_method: 'none',
    });
    expect([named.status, named.body.client_name]).toEqual([201, 'Claude <b>']);
    expect(named.body).not.toHaveProperty('client_secret');
  });
});

describe('registration in masses', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.close());

  it('ends at one address after thirty in an hour', async () => {
    const answers = [];
    for (let count = 0; count < 31; count += 1) {
      answers.push(await postJson(`${world.issuer}/register`, { redirect_uris: ['http://127.0.0.1/'] }));
    }

    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 30 }, () => 201), 429]);
    expect(Number(answers[30]!.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('ends when thousands wait that nobody let in, and takes the place of those that waited for longest', async () => {
    const { app } = world.server;
    const { prisma } = app.db;
    const { registerClient } = await import('#lib/operations/oauth/register-client.ts');
    const one = () =>
      registerClient(
        app,
        { redirect_uris: ['http://127.0.0.1/'], token_endpoint_auth_method: 'none' },
        { ip: 'x' },
      );
    await one();
    const waiting = await prisma.oauthClient.count();
    const clients = Array.from({ length: 5000 - waiting }, (_, index) => ({
      clientId: `many-${index}`,
      kind: 'registered',
      name: 'x',
      redirectUris: '[]',
    }));
    await prisma.oauthClient.createMany({ data: clients });

    await expect(one()).rejects.toMatchObject({ code: 'temporarily_unavailable' });

    const old = new Date(Date.now() - 2 * 86_400_000);
    await prisma.oauthClient.updateMany({
      where: { clientId: { in: ['many-1', 'many-2'] } },
      data: { createdAt: old, lastUsedAt: old },
    });
    const { organizationId, id: projectId } = await prisma.project.findFirstOrThrow();
    const { id: userId } = await prisma.user.findFirstOrThrow();
    await prisma.oauthGrant.create({
      data: {
        organizationId,
        projectId,
        userId,
        clientId: 'many-1',
        clientName: 'x',
        redirectHost: 'x',
        resource: 'x',
      },
    });
    // The one that was let in waits no more, and makes room for one; the next takes a place.
    await expect(one()).resolves.toHaveProperty('client_id');
    expect(await prisma.oauthClient.count({ where: { clientId: 'many-2' } })).toBe(1);
    await expect(one()).resolves.toHaveProperty('client_id');
    expect(await prisma.oauthClient.count({ where: { clientId: 'many-1' } })).toBe(1);
    expect(await prisma.oauthClient.count({ where: { clientId: 'many-2' } })).toBe(0);
  });
});
