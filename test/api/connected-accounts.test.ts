import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { withStep } from './documents.ts';
import { type Browser, eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

/** A provider of accounts, and the API that takes its tokens. */
async function startProvider() {
  const codes = new Map<string, string>();
  const refreshed: string[] = [];
  let made = 0;
  let expiresIn = 3600;
  let refuses = false;
  const tokens = () => {
    made += 1;
    return { access_token: `access-${made}`, refresh_token: `refresh-${made}`, expires_in: expiresIn };
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://provider');
    if (url.pathname === '/me') {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ said: request.headers.authorization ?? request.headers['x-key'] ?? null }),
      );
      return;
    }
    let text = '';
    for await (const piece of request) text += String(piece);
    const form = new URLSearchParams(text);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (form.get('client_id') !== 'patchbay' || form.get('client_secret') !== 'client-secret-of-ours') {
      answer(401, { error: 'invalid_client' });
    } else if (form.get('grant_type') === 'refresh_token') {
      refreshed.push(form.get('refresh_token')!);
      if (refuses) answer(400, { error: 'invalid_grant' });
      else answer(200, tokens());
    } else {
      const challenge = createHash('sha256').update(form.get('code_verifier')!).digest('base64url');
      if (codes.get(form.get('code')!) === challenge) answer(200, tokens());
      else answer(400, { error: 'invalid_grant' });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
    /** Somebody lets us in: what the provider sends them back with. */
    consent(address: string): { code: string; state: string; query: URLSearchParams } {
      const query = new URL(address).searchParams;
      const code = `code-${codes.size}`;
      codes.set(code, query.get('code_challenge')!);
      return { code, state: query.get('state')!, query };
    },
    refreshed,
    expireIn(seconds: number) {
      expiresIn = seconds;
    },
    refuse(yes: boolean) {
      refuses = yes;
    },
  };
}

describe.each(DATABASES)('accounts of callers on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let server: TestServer;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let editor: Browser;
  let host: string;
  const workflows: Record<string, string> = {};
  const connections: Record<string, string> = {};

  async function connect(name: string, body: JsonObject): Promise<string> {
    const { status, body: made } = await server.owner.post('/projects/mine/connections', {
      name,
      hosts: [host],
      ...body,
    });
    expect([status, made.detail]).toEqual([201, undefined]);
    connections[name] = made.id;
    return made.id;
  }

  async function calling(name: string, connection: string): Promise<void> {
    const document = withStep('http', { method: 'GET', url: `http://${host}/me`, connection });
    const { body } = await server.owner.post('/projects/mine/workflows', {
      name,
      document: { ...document, name },
    });
    await server.owner.post(`/projects/mine/workflows/${body.id}/publish`, { revision: body.revision });
    workflows[name] = body.id;
  }

  const start = async (browser: Browser, name: string): Promise<string> =>
    (await browser.post(`/projects/mine/workflows/${workflows[name]}/runs`, { input: { text: 'x' } })).body
      .runId;

  const stopped = (run: string, status?: string) =>
    eventually(async () => {
      const { body } = await server.owner.get(`/projects/mine/runs/${run}`);
      return (status ? body.status === status : body.status !== 'running') && body;
    });

  /** The token of the link that a run waits with. */
  async function linkOf(run: string): Promise<string> {
    const { steps } = await stopped(run, 'suspended');
    const { question } = steps.find((step: { waiting?: unknown }) => step.waiting).waiting;
    expect(question).toMatchObject({ type: 'url' });
    return question.url.split('/connect-account/')[1];
  }

  beforeAll(async () => {
    empty = await create();
    provider = await startProvider();
    host = `127.0.0.1:${provider.port}`;
    server = await startTestServer({
      DATABASE_URL: empty.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
    });
    editor = await server.person('Eve', { role: 'editor' });
    await projectWith(server.owner, 'mine');
    await calling(
      'hub',
      await connect('Hub', {
        type: 'oauth2',
        perCaller: true,
        secret: { clientSecret: 'client-secret-of-ours' },
        settings: {
          authorizationUrl: `http://localhost:1/authorize?tenant=a`,
          tokenUrl: `http://127.0.0.1:${provider.port}/token`,
          clientId: 'patchbay',
          scopes: ['read', 'write'],
        },
      }),
    );
    await calling(
      'keyed',
      await connect('Keyed', { type: 'header', perCaller: true, settings: { header: 'X-Key' } }),
    );
  });
  afterAll(async () => {
    await server?.close();
    await provider?.close();
    await empty?.remove();
  });

  it('are connected by whoever calls, at the provider; the run then goes on', async () => {
    const run = await start(server.owner, 'hub');
    const token = await linkOf(run);
    const { body: page } = await server.owner.get(`/connect-account/${token}`);
    expect(page).toMatchObject({
      project: { slug: 'mine' },
      connection: { name: 'Hub', hosts: [host] },
      by: 'provider',
      provider: 'localhost',
      connected: false,
    });
    const { body: begun } = await server.owner.post(`/connect-account/${token}/authorize`, {});
    const { code, state, query } = provider.consent(begun.url);
    expect(Object.fromEntries(query)).toMatchObject({
      tenant: 'a',
      response_type: 'code',
      client_id: 'patchbay',
      scope: 'read write',
      redirect_uri: `${server.app.env.publicUrl}/connect-account/callback`,
      code_challenge_method: 'S256',
    });
    const finished = await server.owner.post('/connect-account/finish', { state, code });
    expect([finished.status, finished.body]).toEqual([200, { connection: 'Hub', project: null }]);
    const ended = await stopped(run, 'succeeded');
    expect(ended.output.parts[0].text).not.toContain('access-1');
    expect(await stopped(await start(server.owner, 'hub'))).toMatchObject({ status: 'succeeded' });
    const { body: own } = await server.owner.get('/account/connected');
    expect(own.items).toMatchObject([{ connection: { name: 'Hub' }, project: { slug: 'mine' } }]);
    expect(JSON.stringify(own)).not.toContain('access-1');
  });

  it('are nobody else’s: another person is asked for theirs, and a link is good for its person alone', async () => {
    const run = await start(editor, 'hub');
    const token = await linkOf(run);
    for (const [method, path] of [
      ['get', ''],
      ['post', '/authorize'],
    ] as const) {
      const other = await server.owner[method](`/connect-account/${token}${path}`, {});
      expect([path, other.status]).toEqual([path, 403]);
    }
    expect((await server.browser().get(`/connect-account/${token}`)).status).toBe(401);
    expect((await editor.get('/connect-account/v1.guessed.token.here')).status).toBe(404);
    const { body: begun } = await editor.post(`/connect-account/${token}/authorize`, {});
    const { code, state } = provider.consent(begun.url);
    // A code that was got for one person is of no use in the browser of another.
    expect((await server.owner.post('/connect-account/finish', { state, code })).status).toBe(403);
    expect((await editor.post('/connect-account/finish', { state: `${state}x`, code })).status).toBe(404);
    const refused = await editor.post('/connect-account/finish', { state, error: 'access_denied' });
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'The account for "Hub" was not connected: access denied.',
    ]);
    expect((await editor.post('/connect-account/finish', { state, code })).status).toBe(200);
    expect(await stopped(run, 'succeeded')).toBeTruthy();
  });

  it('are entered as a key where there is no provider', async () => {
    const run = await start(editor, 'keyed');
    const token = await linkOf(run);
    expect((await editor.get(`/connect-account/${token}`)).body).toMatchObject({ by: 'key', provider: null });
    expect((await editor.post(`/connect-account/${token}/key`, { key: '' })).status).toBe(400);
    expect((await editor.post(`/connect-account/${token}/key`, { key: 'key-of-eve-0001' })).status).toBe(204);
    const ended = await stopped(run, 'succeeded');
    expect(ended.output.parts[0].text).toContain('"said"');
    expect(JSON.stringify(ended)).not.toContain('key-of-eve-0001');
    const { body: list } = await server.owner.get('/projects/mine/connections');
    expect(list.items.find((one: { name: string }) => one.name === 'Keyed')).toMatchObject({ accounts: 1 });
  });

  it('are asked for at the client that called: by its page, or with a link that the same call comes back from', async () => {
    const call = (extra: JsonObject, elicitation: JsonObject) =>
      server.owner.send(
        'POST',
        '/projects/mine/try',
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: 'keyed',
            arguments: { text: 'x' },
            ...extra,
            _meta: {
              'io.modelcontextprotocol/protocolVersion': '2026-07-28',
              'io.modelcontextprotocol/clientInfo': { name: 'Try it', version: '1' },
              'io.modelcontextprotocol/clientCapabilities': { elicitation },
            },
          },
        },
        {
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'keyed',
        },
      );
    const enter = async (url: string) => {
      const token = url.split('/connect-account/')[1];
      return (await server.owner.post(`/connect-account/${token}/key`, { key: 'key-of-the-owner' })).status;
    };
    const asked = (await call({}, { url: {} })).body.result;
    const { params } = asked.inputRequests.middle;
    expect(params).toMatchObject({ mode: 'url', message: expect.stringContaining('your own Keyed account') });
    expect(await enter(params.url)).toBe(204);
    const inputResponses = { middle: { action: 'accept' } };
    const went = await call({ requestState: asked.requestState, inputResponses }, { url: {} });
    expect(JSON.parse(went.body.result.content[0].text)).toMatchObject({ status: 200 });

    const { items } = (await server.owner.get('/account/connected')).body;
    const { id } = items.find((one: { connection: { name: string } }) => one.connection.name === 'Keyed');
    await server.owner.delete(`/account/connected/${id}`);
    const told = (await call({}, {})).body.result.content[0].text as string;

    expect(told).toContain('The person who is signed in has to connect an account');
    const first = /continues run (\S+) and/.exec(told)![1]!;
    expect(await enter(/http\S+\/connect-account\/\S+/.exec(told)![0])).toBe(204);
    const fetched = (await call({}, {})).body.result;
    expect(fetched._meta['patchbay/run']).toBe(first);
    expect(JSON.parse(fetched.content[0].text)).toMatchObject({ status: 200 });

    await server.owner.delete(
      `/account/connected/${(await server.owner.get('/account/connected')).body.items[0].id}`,
    );
    const again = (await call({}, { url: {} })).body.result;
    const declined = { middle: { action: 'decline' } };
    const refused = await call({ requestState: again.requestState, inputResponses: declined }, { url: {} });
    expect(refused.body.result).toMatchObject({ isError: true });
    expect(refused.body.result.content[0].text).toContain('did not connect their own Keyed account');
  });

  it('need a person: a call with an API key says what to do', async () => {
    const { secret } = (await server.owner.post('/projects/mine/keys', { name: 'k' })).body;
    const { body } = await mcp(
      server.url,
      'mine',
      'tools/call',
      { name: 'hub', arguments: { text: 'x' } },
      secret,
    );
    expect(body.result).toMatchObject({ isError: true });
    expect(body.result.content[0].text).toContain('Connect the client with OAuth');
  });

  it('are renewed before they end, once for all calls, and asked for again when the provider says no', async () => {
    const disconnect = async (name: string) => {
      const { items } = (await editor.get('/account/connected')).body;
      const { id } = items.find((one: { connection: { name: string } }) => one.connection.name === name);
      expect((await editor.delete(`/account/connected/${id}`)).status).toBe(204);
    };
    provider.expireIn(1);
    await disconnect('Hub');
    const run = await start(editor, 'hub');
    const { body: begun } = await editor.post(`/connect-account/${await linkOf(run)}/authorize`, {});
    const { code, state } = provider.consent(begun.url);
    await editor.post('/connect-account/finish', { state, code });
    await stopped(run, 'succeeded');
    const before = provider.refreshed.length;
    provider.expireIn(3600);
    const runs = await Promise.all([1, 2, 3].map(() => start(editor, 'hub')));
    for (const one of runs) expect(await stopped(one)).toMatchObject({ status: 'succeeded' });
    expect(provider.refreshed.length).toBeLessThanOrEqual(before + 1);

    provider.expireIn(1);
    await disconnect('Hub');
    const again = await start(editor, 'hub');
    const second = await editor.post(`/connect-account/${await linkOf(again)}/authorize`, {});
    await editor.post('/connect-account/finish', provider.consent(second.body.url) as unknown as JsonObject);
    provider.refuse(true);
    const last = await start(editor, 'hub');
    expect(await linkOf(last)).toBeTruthy();
    provider.refuse(false);
    provider.expireIn(3600);
  });

  it('are forgotten where the connection leads elsewhere', async () => {
    const before = (await server.owner.get('/account/connected')).body.items;
    expect(before).toHaveLength(1);
    const { status } = await server.owner.patch(`/projects/mine/connections/${connections['Hub']}`, {
      hosts: [host, 'evil.example.com'],
      secret: { clientSecret: 'client-secret-of-ours' },
    });
    expect(status).toBe(200);
    expect((await server.owner.get('/account/connected')).body.items).toEqual([]);
    expect((await server.owner.get('/projects/mine/connections')).body.items[0]).toMatchObject({
      accounts: 0,
    });
  });

  it('are refused in shapes that do not fit', async () => {
    const make = (body: JsonObject) =>
      server.owner.post('/projects/mine/connections', { name: `n${Math.random()}`, hosts: [host], ...body });
    const postgres = { host: 'db', database: 'd', user: 'u', password: 'p' };
    for (const [body, detail] of [
      [{ type: 'header', perCaller: true }, /settings: a connection of type header needs header/],
      [{ type: 'oauth2', secret: { clientSecret: '' } }, /settings: a connection of type oauth2 needs/],
      [{ type: 'bearer', perCaller: true, secret: { token: 't' } }, /secret: each caller enters their own/],
      [{ type: 'postgres', perCaller: true, secret: postgres }, /one account for all/],
      [{ type: 'bearer', settings: { header: 'X' }, secret: { token: 't' } }, /settings: .* has none/],
    ] as const) {
      const answer = await make(body as unknown as JsonObject);
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(detail)]);
    }
  });
});
