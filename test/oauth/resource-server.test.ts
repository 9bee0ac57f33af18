import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { modern } from '../gateway/support/wire.ts';
import { addTool, exchangeCode, letIn, openProject, openWorld, toolsOf, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
  await openProject(world.server.owner, 'other');
  const { owner } = world.server;
  await owner.post('/projects', { name: 'Keys', slug: 'keys' });
  await owner.patch('/projects/keys', { access: 'key' });
  await addTool(owner, 'keys', 'look', true);
  await owner.post('/projects', { name: 'Open', slug: 'open' });
  await owner.patch('/projects/open', { access: 'public' });
  await addTool(owner, 'open', 'look', true);
  for (const [name, access] of [
    ['analysis', 'oauth'],
    ['machines', 'key'],
  ]) {
    await owner.post('/projects/shop/toolsets', { name, title: name, access, workflows: ['look'] });
  }
});
afterAll(() => world?.close());

const at = (address: string) => `${world.origin}/mcp/${address}`;
const metadataAt = (path: string) => fetch(`${world.origin}/.well-known/oauth-protected-resource${path}`);
const list = (address: string, token: string | null) => modern(at(address), token, { method: 'tools/list' });
const call = (address: string, token: string, name: string) =>
  modern(at(address), token, { method: 'tools/call', params: { name, arguments: { text: 'x' } } });

/** A token of the owner's, for these scopes and this address. */
async function tokenFor({
  scope = 'mcp:call',
  resource = world.resource,
  browser = world.server.owner,
} = {}): Promise<string> {
  const coded = await letIn(world, { browser, more: { scope, resource } });
  const { status, body } = await exchangeCode(world, coded, { resource });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.access_token;
}

describe('the metadata of an MCP address', () => {
  it.each(['shop', 'shop/analysis', 'shop@1'])('are of it and of no other: %s', async (address) => {
    const response = await metadataAt(`/mcp/${address}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      resource: at(address),
      authorization_servers: [world.issuer],
      scopes_supported: ['mcp:read', 'mcp:call'],
      bearer_methods_supported: ['header'],
      resource_name: address,
    });
  });

  it('are nowhere else, and that is answered alike, quickly and as JSON', async () => {
    const paths = [
      '',
      '/',
      '/mcp',
      '/mcp/keys',
      '/mcp/open',
      '/mcp/nowhere',
      '/mcp/shop/machines',
      '/mcp/shop/nothing',
      '/mcp/shop@99',
      '/mcp/shop/sse',
      '/mcp/SHOP',
    ];
    for (const path of paths) {
      const response = await metadataAt(path);
      expect(response.status, path).toBe(404);
      expect(response.headers.get('content-type'), path).toBe('application/json');
      expect(await response.json(), path).toEqual({
        error: 'not_found',
        error_description: 'Nothing is served here.',
      });
    }
  });
});

describe('who comes without a token', () => {
  it('is told where to sign in, and what to ask for', async () => {
    const { status, headers, json } = await list('shop', null);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${world.origin}/.well-known/oauth-protected-resource/mcp/shop", scope="mcp:read mcp:call"`,
    );
    expect(json.error?.message).toContain('OAuth');
  });

  it('is told so at the address of a toolset, and over every transport', async () => {
    const metadata = `${world.origin}/.well-known/oauth-protected-resource/mcp/shop/analysis`;
    const answers = [
      (await list('shop/analysis', null)).headers['www-authenticate'],
      (await fetch(`${at('shop/analysis')}/sse`)).headers.get('www-authenticate'),
      (await fetch(at('shop/analysis'))).headers.get('www-authenticate'),
      await refusedUpgrade(`${at('shop/analysis').replace('http', 'ws')}/ws`),
    ];
    for (const answer of answers) expect(answer).toContain(`resource_metadata="${metadata}"`);
  });

  it('hears nothing of OAuth where there are keys, as where there is nothing', async () => {
    const [keys, nowhere, machines] = await Promise.all([
      list('keys', null),
      list('nowhere', null),
      list('shop/machines', null),
    ]);
    for (const { status, headers, text } of [keys!, nowhere!, machines!]) {
      expect([status, headers['www-authenticate'], text]).toEqual([401, 'Bearer', nowhere!.text]);
    }
  });

  it('is served where a project is public, also with a token that is none', async () => {
    expect((await list('open', null)).status).toBe(200);
    expect((await list('open', 'pba_nothing')).status).toBe(200);
    expect((await list('open', null)).headers['www-authenticate']).toBeUndefined();
  });
});

describe('a token', () => {
  it('opens the address it is for, and no other', async () => {
    const token = await tokenFor();
    expect(await toolsOf(world, token)).toEqual(['change', 'look']);
    for (const address of ['other', 'shop/analysis', 'shop@1', 'keys', 'nowhere']) {
      const refused = await list(address, token);
      expect([address, refused.status]).toEqual([address, 401]);
      // A foreign address is as unknown with a good token as with none at all.
      const made = await list(address, 'pba_nothing');
      expect([refused.text, refused.headers['www-authenticate']]).toEqual([
        made.text,
        made.headers['www-authenticate'],
      ]);
    }
    const own = await tokenFor({ resource: at('shop/analysis') });
    expect(await toolsOf(world, own, 'shop/analysis')).toEqual(['look']);
    expect((await list('shop', own)).status).toBe(401);
  });

  it('that is no good is told from none', async () => {
    const { headers } = await list('shop', 'pba_nothing');
    expect(headers['www-authenticate']).toMatch(/^Bearer error="invalid_token", /);
    expect(headers['www-authenticate']).toContain('resource_metadata=');
  });

  it('in the address is refused, and so is a key', async () => {
    const token = await tokenFor();
    for (const query of [`access_token=${token}`, `x=${token}`, 'token=a']) {
      const answer = await modern(`${world.resource}?${query}`, null, { method: 'tools/list' });
      expect([query, answer.status]).toEqual([query, 400]);
    }
  });

  it('opens WebSockets and event streams too', async () => {
    const headers = { Authorization: `Bearer ${await tokenFor()}` };
    const socket = new WebSocket(`${world.resource.replace('http', 'ws')}/ws`, 'mcp', { headers });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
    const stream = await fetch(`${world.resource}/sse`, { headers });
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
  });

  it('and an API key are both good where people sign in', async () => {
    const key = await world.server.owner.post('/projects/shop/keys', { name: 'k' });
    expect(await toolsOf(world, key.body.secret)).toEqual(['change', 'look']);
    expect(await toolsOf(world, key.body.secret, 'shop/machines')).toEqual(['look']);
  });
});

describe('scopes', () => {
  it.each([
    ['mcp:read', ['look']],
    ['mcp:call', ['change', 'look']],
    ['mcp:call:change', ['change']],
    ['mcp:read mcp:call:change', ['change', 'look']],
    ['mcp:call mcp:call:change', ['change', 'look']],
  ])('%s', async (scope, tools) => {
    expect(await toolsOf(world, await tokenFor({ scope }))).toEqual(tools);
  });

  it('that are missing are asked for, with those that there are', async () => {
    const token = await tokenFor({ scope: 'mcp:read' });
    const refused = await call('shop', token, 'change');
    expect(refused.status).toBe(403);
    expect(refused.headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", scope="mcp:read mcp:call:change", resource_metadata="${world.origin}/.well-known/oauth-protected-resource/mcp/shop", error_description="More has to be granted for this."`,
    );
    expect(refused.json.error?.data).toMatchObject({ error: 'insufficient_scope' });
    // Whoever asks for what was said gets it.
    const more = await tokenFor({ scope: 'mcp:read mcp:call:change' });
    expect((await call('shop', more, 'change')).json.result?.content[0]?.text).toBe('x');
  });

  it('are not asked for where the person left a tool out', async () => {
    const coded = await letIn(world, { consent: { tools: ['look'] }, more: { scope: 'mcp:call' } });
    const token = (await exchangeCode(world, coded)).body.access_token;
    expect(await toolsOf(world, token)).toEqual(['look']);
    const left = await call('shop', token, 'change');
    expect([left.status, left.json.error?.message]).toEqual([200, 'Unknown tool: change']);
  });

  it('are not asked for where a tool is not there', async () => {
    const token = await tokenFor({ scope: 'mcp:read' });
    const unknown = await call('shop', token, 'nothing');
    expect([unknown.status, unknown.json.error?.message]).toEqual([200, 'Unknown tool: nothing']);
  });
});

describe('what a person may not have', () => {
  it('their clients do not get, and do not hear of', async () => {
    const viewer = await world.server.person('Vera', { role: 'viewer' });
    const token = await tokenFor({ browser: viewer });
    expect(await toolsOf(world, token)).toEqual(['look']);
    const [hidden, absent] = await Promise.all([
      call('shop', token, 'change'),
      call('shop', token, 'absent'),
    ]);
    expect([hidden!.status, hidden!.text.replace('change', '')]).toEqual([
      absent!.status,
      absent!.text.replace('absent', ''),
    ]);
    const { owner } = world.server;
    await owner.patch('/projects/shop', { viewerCalls: 'all' });
    expect(await toolsOf(world, token)).toEqual(['change', 'look']);
    await owner.patch('/projects/shop', { viewerCalls: 'nothing' });
    expect(await toolsOf(world, token)).toEqual([]);
    await owner.patch('/projects/shop', { viewerCalls: 'reads' });
  });

  it('through a client that has a rule is what the rule leaves', async () => {
    const { owner } = world.server;
    const coded = await letIn(world, { more: { scope: 'mcp:call' } });
    const token = (await exchangeCode(world, coded)).body.access_token;
    const other = await tokenFor();
    const rule = await owner.put('/projects/shop/client-rules', {
      client: coded.clientId,
      tools: null,
      readOnly: true,
    });
    expect(await toolsOf(world, token)).toEqual(['look']);
    expect((await call('shop', token, 'change')).json.error?.message).toBe('Unknown tool: change');
    expect(await toolsOf(world, other)).toEqual(['change', 'look']);
    const others = await owner.put('/projects/shop/client-rules', {
      client: '*',
      tools: ['change'],
      readOnly: false,
    });
    expect(await toolsOf(world, token)).toEqual(['look']);
    expect(await toolsOf(world, other)).toEqual(['change']);
    for (const { body } of [rule, others]) await owner.delete(`/projects/shop/client-rules/${body.id}`);
    expect(await toolsOf(world, token)).toEqual(['change', 'look']);
  });
});

describe('the log of clients', () => {
  it('tells what became of who had no token, a bad one, and one that was not granted enough', async () => {
    await list('shop', null);
    await list('shop', 'pba_nothing');
    await call('shop', await tokenFor({ scope: 'mcp:read' }), 'change');
    const { owner } = world.server;
    const clients = (await owner.get('/projects/shop/clients')).body.items as { id: string }[];
    const requests = await Promise.all(
      clients.map(async ({ id }) => (await owner.get(`/projects/shop/clients/${id}/requests`)).body.items),
    );
    const failures = new Set(requests.flat().map(({ failure }) => failure));
    expect([...failures]).toEqual(expect.arrayContaining(['sign_in', 'token_ended', 'not_granted']));
    expect(failures.has('wrong_name')).toBe(false);
  });
});

describe('an address that is another', () => {
  it('takes nothing that was granted for the one before it', async () => {
    const { owner } = world.server;
    const fields = { name: 'passing', title: 'x', access: 'oauth', workflows: ['look'] };
    const made = await owner.post('/projects/shop/toolsets', fields);
    const token = await tokenFor({ resource: at('shop/passing') });
    expect(await toolsOf(world, token, 'shop/passing')).toEqual(['look']);
    await owner.delete(`/projects/shop/toolsets/${made.body.id}`);
    await owner.post('/projects/shop/toolsets', { ...fields, workflows: ['look', 'change'] });
    expect(await toolsOf(world, token, 'shop/passing')).toBe(401);
  });

  it('takes no tokens while it takes keys alone', async () => {
    const { owner } = world.server;
    const token = await tokenFor({ resource: at('other') });
    expect(await toolsOf(world, token, 'other')).toEqual(['change', 'look']);
    await owner.patch('/projects/other', { access: 'key' });
    const refused = await list('other', token);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    await owner.patch('/projects/other', { access: 'oauth' });
    expect(await toolsOf(world, token, 'other')).toEqual(['change', 'look']);
  });
});

/** What a refused upgrade says of who may come in. */
function refusedUpgrade(url: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'mcp');
    socket.on('unexpected-response', (request, { headers }) => {
      resolve(headers['www-authenticate']);
      request.destroy();
    });
    socket.on('open', () => reject(new Error('It was let in.')));
    socket.on('error', () => {});
  });
}
