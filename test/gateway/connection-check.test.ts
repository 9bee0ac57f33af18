import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '#lib/db/repository.ts';
import { checkConnection } from '#lib/operations/check-connection.ts';
import { createToolset } from '#lib/operations/toolsets.ts';
import { startTestServer, type TestServer } from './support/gateway.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

/** What the proxy in front of the server does wrong. */
type Fault =
  | 'none'
  | 'down'
  | 'redirects'
  | 'another site'
  | 'eats the path'
  | 'eats Authorization'
  | 'eats Mcp headers'
  | 'eats the session'
  | 'has a sign-in'
  | 'eats the challenge'
  | 'small bodies'
  | 'buffers';

let fault: Fault = 'none';
let proxy: Server;
let server: TestServer;

/** A read-only tool; what a tool is taken for is said by its input. */
const health = tool('get_health', NO_ARGUMENTS, answer('fine'));

function passOn(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (fault === 'down') return void outgoing.writeHead(502).end('<html>Bad gateway</html>');
  if (fault === 'redirects') {
    return void outgoing.writeHead(301, { location: 'https://www.example.com/' }).end();
  }
  if (fault === 'another site') return void outgoing.writeHead(200).end('<html>Welcome to nginx</html>');
  const path = incoming.url ?? '';
  if (fault === 'has a sign-in' && path.startsWith('/.well-known/oauth-authorization-server')) {
    return void outgoing.writeHead(200).end('{}');
  }
  if (fault === 'small bodies' && Number(incoming.headers['content-length'] ?? 0) > 100_000) {
    return void outgoing.writeHead(413).end('too large');
  }
  const headers = { ...incoming.headers };
  if (fault === 'eats Authorization') delete headers['authorization'];
  if (fault === 'eats Mcp headers') {
    for (const name of Object.keys(headers)) if (name.startsWith('mcp-')) delete headers[name];
  }
  const target = new URL(fault === 'eats the path' && path !== '/health' ? '/' : path, server.url);
  const onward = request(target, { method: incoming.method, headers, agent: false }, (response) => {
    const answered = { ...response.headers };
    if (fault === 'eats the session') delete answered['mcp-session-id'];
    if (fault === 'eats the challenge') delete answered['www-authenticate'];
    outgoing.writeHead(response.statusCode!, answered);
    outgoing.flushHeaders();
    if (fault !== 'buffers') return void response.pipe(outgoing);
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => outgoing.end(Buffer.concat(chunks)));
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

beforeAll(async () => {
  proxy = createServer(passOn);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  server = await startTestServer({ PUBLIC_URL: `http://127.0.0.1:${port}`, EGRESS_ALLOW: '' });
  await server.project('shop', { workflows: [echo, health] });
  await server.project('open', { access: 'public', workflows: [health] });
  await server.project('bare');
  await server.project('people', { access: 'oauth', workflows: [health] });
  await createToolset(server.app, server.owner, 'people', {
    name: 'machines',
    title: 'Machines',
    access: 'key',
    workflows: ['get_health'],
  });
});
afterAll(async () => {
  await server.close();
  proxy.closeAllConnections();
  proxy.close();
});

/** What a check finds behind a proxy with that fault: the hops that are not in order. */
async function found(what: Fault, project = 'shop', chosen?: string) {
  fault = what;
  try {
    const { ok, hops } = await checkConnection(server.app, server.owner, project, { tool: chosen });
    const wrong = hops.filter(
      ({ id, status }) => id !== 'address' && status !== 'ok' && status !== 'skipped',
    );
    return { ok, hops, wrong: wrong.map(({ id, status }) => `${id} ${status}`), first: wrong[0] };
  } finally {
    fault = 'none';
  }
}

describe('the check of a connection', () => {
  it('finds nothing wrong where nothing is, and leaves no key behind', async () => {
    const { ok, hops, wrong } = await found('none');
    expect({ ok, wrong }).toEqual({ ok: true, wrong: [] });
    expect(hops.map(({ id }) => id)).toEqual([
      'address',
      'reach',
      'path',
      'initialize',
      'discover',
      'headers',
      'oauth',
      'tools',
      'call',
      'body',
      'stream',
      'news',
    ]);
    expect(hops[0]).toMatchObject({ status: 'warning', seen: expect.stringContaining('this machine') });
    expect(hops[7]?.seen).toMatch(/^2 tools, about \d+ tokens/);
    const { id } = (await server.app.live.get('shop'))!;
    const keys = await repository(server.app.db, server.owner).keys.list(id);
    expect(keys.map(({ name }) => name)).toEqual(['test']);
  });

  it('calls the tool that was chosen, where it needs no arguments', async () => {
    const called = await found('none', 'shop', 'get_health');
    expect(called.hops.find(({ id }) => id === 'call')?.seen).toBe('get_health was called, and answered.');
    const needing = await found('none', 'shop', 'echo');
    expect(needing.hops.find(({ id }) => id === 'call')?.status).toBe('skipped');
  });

  it('looks at the address of a release', async () => {
    const { owner, app } = server;
    const { ok, url, hops } = await checkConnection(app, owner, 'shop', { release: 1 });
    expect([ok, new URL(url).pathname]).toEqual([true, '/mcp/shop@1']);
    expect(hops.find(({ id }) => id === 'tools')?.seen).toMatch(/^1 tool, /);
    await expect(checkConnection(app, owner, 'shop', { release: 9 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('looks at a public project without a key, and says that one without tools has none', async () => {
    expect((await found('none', 'open')).wrong).toEqual([]);
    expect((await found('none', 'bare')).wrong).toEqual(['tools warning']);
  });

  it('follows the way in where people sign in, and registers nothing', async () => {
    const { wrong, hops } = await found('none', 'people');
    expect(wrong).toEqual([]);
    const ids = hops.map(({ id }) => id);
    expect(ids.slice(3, 7)).toEqual(['challenge', 'resource', 'authorization-server', 'registration']);
    expect(ids).not.toContain('oauth');
    expect(await server.app.db.prisma.oauthClient.count()).toBe(0);
    // A toolset of keys announces nothing of it.
    const { hops: machines } = await checkConnection(server.app, server.owner, 'people', {
      toolset: 'machines',
    });
    expect(machines.map(({ id }) => id)).toContain('oauth');
    expect(machines.filter(({ status }) => status === 'failed')).toEqual([]);
    const nothing = checkConnection(server.app, server.owner, 'people', { toolset: 'nothing' });
    await expect(nothing).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['eats the challenge', ['challenge failed']],
    ['has a sign-in', ['authorization-server failed']],
  ] as const)('where people sign in, a proxy that %s', async (what, hops) => {
    expect((await found(what, 'people')).wrong).toEqual(hops);
  });

  it.each([
    ['down', 'reach failed', /does not reach Patchbay/],
    ['redirects', 'reach failed', /do not follow redirects/],
    ['another site', 'reach failed', /Something else than Patchbay/],
    ['eats the path', 'path failed', /with their path/],
    ['eats Authorization', 'initialize failed', /X-API-Key, which does arrive/],
    ['eats Mcp headers', 'headers warning', /removes headers/],
    ['eats the session', 'initialize warning', /removes the header/],
    ['has a sign-in', 'oauth failed', /ignore the key/],
    ['small bodies', 'body warning', /client_max_body_size/],
    ['buffers', 'stream failed', /proxy_buffering off/],
  ] as const)('a proxy that %s: %s', async (what, hop, todo) => {
    const { wrong, first } = await found(what);
    expect(wrong).toEqual([hop]);
    expect(first?.todo).toMatch(todo);
  });

  it('is not seen among the clients', async () => {
    await server.app.clients.flush();
    expect(await server.app.db.prisma.mcpClient.count()).toBe(0);
  });

  it('goes nowhere but to the own address, and runs once at a time', async () => {
    const both = await Promise.allSettled([
      checkConnection(server.app, server.owner, 'shop'),
      checkConnection(server.app, server.owner, 'shop'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(
      server.app.egress.request(
        { method: 'GET', url: `${server.app.env.publicUrl}/health` },
        new AbortController().signal,
      ),
    ).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('is for editors', async () => {
    const viewer = { ...server.owner, role: 'viewer' } as typeof server.owner;
    await expect(checkConnection(server.app, viewer, 'shop')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
