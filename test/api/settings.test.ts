import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withStep } from './documents.ts';
import { type Browser, mcp, PASSWORD, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let owner: Browser;
let viewer: Browser;
let editor: Browser;

beforeAll(async () => {
  server = await startTestServer();
  ({ owner } = server);
  viewer = await server.person('Vic', { role: 'viewer' });
  editor = await server.person('Ed', { role: 'editor' });
});
afterAll(() => server.close());

describe('the address of a project', () => {
  it('moves: the new one answers at once, the old one as if it had never been', async () => {
    await projectWith(owner, 'old-place');
    const { secret } = (await owner.post('/projects/old-place/keys', { name: 'k' })).body;
    const release = (await owner.get('/projects/old-place')).body.release;
    const listed = () => mcp(server.url, 'old-place', 'tools/list', {}, secret);
    const pinned = () => mcp(server.url, `old-place@${release}`, 'tools/list', {}, secret);
    expect((await listed()).body.result.tools).toHaveLength(1);
    expect((await pinned()).body.result.tools).toHaveLength(1);
    // Asked before it is there: that there was nothing must not be remembered.
    await mcp(server.url, 'new-place', 'tools/list', {}, secret);

    const moved = await owner.patch('/projects/old-place', { slug: 'new-place' });
    expect(moved.body).toMatchObject({ slug: 'new-place' });
    expect(moved.body.mcpUrl).toMatch(/\/mcp\/new-place$/);

    const unknown = await mcp(server.url, 'never-was', 'tools/list', {}, secret);
    expect((await listed()).status).toBe(unknown.status);
    expect((await pinned()).status).toBe(unknown.status);
    expect([401, 404]).toContain(unknown.status);
    const there = await mcp(server.url, 'new-place', 'tools/list', {}, secret);
    expect(there.body.result.tools).toHaveLength(1);
    expect((await owner.get('/projects/old-place')).status).toBe(404);
    const { items } = (await owner.get('/audit?about=project&limit=1')).body;
    expect(items[0]).toMatchObject({
      action: 'project.update',
      actor: { name: 'Ada' },
      details: { from: 'old-place', slug: 'new-place' },
    });
  });

  it('is not one that is taken, or no address, and not for editors to change', async () => {
    await projectWith(owner, 'here');
    const taken = await owner.patch('/projects/here', { slug: 'starter' });
    expect(taken).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(taken.body.detail).toContain('starter');
    expect((await owner.patch('/projects/here', { slug: 'No Address' })).status).toBe(400);
    expect((await editor.patch('/projects/here', { slug: 'elsewhere' })).status).toBe(403);
    expect((await editor.patch('/projects/here', { name: 'Renamed' })).status).toBe(200);
    expect((await owner.get('/projects/here')).body).toMatchObject({ slug: 'here', name: 'Renamed' });
  });
});

describe('usage', () => {
  it('counts what is there, and says what there may be', async () => {
    await projectWith(owner, 'counted');
    await owner.post('/projects/counted/keys', { name: 'k' });
    const base = await owner.post('/projects/counted/knowledge', { name: 'docs' });
    const form = new FormData();
    form.append('file', new File(['twelve bytes'], 'a.txt'));
    await owner.send('POST', `/projects/counted/knowledge/${base.body.id}/documents`, form);
    await owner.patch('/projects/counted', { concurrency: 7 });

    expect((await viewer.get('/projects/counted/usage')).body).toMatchObject({
      workflows: 1,
      published: 1,
      releases: 1,
      bases: 1,
      documents: 1,
      documentBytes: 12,
      keys: 1,
      connections: 0,
      runs: 0,
      limits: { background: 7, runs: 10_000, runDays: 30, documentBytes: 26_214_400 },
    });
  });

  it('names the workflows that use a connection or an environment value', async () => {
    await projectWith(owner, 'used', { publish: false });
    const connection = await owner.post('/projects/used/connections', {
      name: 'Shop',
      type: 'bearer',
      hosts: ['shop.example'],
      secret: { token: 'abcdefghijkl' },
    });
    const unused = await owner.post('/projects/used/connections', {
      name: 'Spare',
      type: 'bearer',
      hosts: ['spare.example'],
      secret: { token: 'abcdefghijkl' },
    });
    await owner.patch('/projects/used', { env: { SHOP: 'https://shop.example', SHOP_2: 'x' } });
    const document = withStep('http', {
      method: 'GET',
      url: '{{ env.SHOP }}/orders',
      connectionId: connection.body.id,
    });
    const made = await owner.post('/projects/used/workflows', { name: 'orders', document });
    const { id, name } = made.body;

    const found = await viewer.get('/projects/used/mentions');
    expect(found.body).toEqual({
      connections: { [connection.body.id]: [{ id, name, live: false }], [unused.body.id]: [] },
      env: { SHOP: [{ id, name, live: false }], SHOP_2: [] },
    });
  });
});

describe('a connection', () => {
  it('is tested against a host of its own, with its secret, and says what came back', async () => {
    const seen: (string | undefined)[] = [];
    const { createServer } = await import('node:http');
    const shop = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer right-token-1' ? 200 : 401).end('secret');
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(shop.address() as { port: number }).port}`;
    await projectWith(owner, 'tried', { publish: false });
    const make = { name: 'Shop', type: 'bearer', hosts: [host], secret: { token: 'wrong-token-1' } };
    const { id } = (await owner.post('/projects/tried/connections', make)).body;
    const at = `/projects/tried/connections/${id}`;

    const refused = await owner.post(`${at}/test`, { path: '/orders' });
    expect(refused.body).toMatchObject({ ok: false, status: 401 });
    expect(refused.body.seen).toMatch(/refused/);
    await owner.patch(at, { secret: { token: 'right-token-1' } });
    const taken = await editor.post(`${at}/test`, {});
    expect(taken.body).toMatchObject({ ok: true, status: 200, todo: null });
    expect(JSON.stringify(taken.body)).not.toContain('secret');
    expect(seen).toEqual(['Bearer wrong-token-1', 'Bearer right-token-1']);

    const foreign = await owner.post(`${at}/test`, { host: `localhost:${host.split(':')[1]}` });
    expect(foreign.body).toMatchObject({ ok: false, status: null });
    expect((await owner.post(`${at}/test`, { path: '//elsewhere.example' })).status).toBe(400);
    expect((await viewer.post(`${at}/test`, {})).status).toBe(403);
    expect(seen).toHaveLength(2);
    shop.close();
  });
});

describe('keys', () => {
  it('say who made them', async () => {
    await projectWith(owner, 'keyed');
    const made = await editor.post('/projects/keyed/keys', { name: 'laptop' });
    expect(made.body.createdBy).toBe('Ed');
    expect((await viewer.get('/projects/keyed/keys')).body.items[0]).toMatchObject({
      name: 'laptop',
      createdBy: 'Ed',
    });
  });
});

describe('the organization', () => {
  it('shows its members to all of them, and takes another name from those who run it', async () => {
    const { body } = await viewer.get('/organization');
    expect(body.name).toBe('Acme');
    expect(body.members.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual([
      ['Ada', 'owner'],
      ['Ed', 'editor'],
      ['Vic', 'viewer'],
    ]);
    expect((await editor.patch('/organization', { name: 'Mine' })).status).toBe(403);
    expect((await owner.patch('/organization', { name: 'Acme Works' })).body.name).toBe('Acme Works');
    expect((await viewer.get('/session')).body.organization.name).toBe('Acme Works');
  });

  it('is not that of others', async () => {
    const eve = await server.person('Eve', { organization: 'Globex' });
    expect((await eve.get('/organization')).body).toMatchObject({
      name: 'Globex',
      members: [{ name: 'Eve', role: 'owner' }],
    });
    await eve.patch('/organization', { name: 'Globex 2' });
    expect((await owner.get('/organization')).body.name).toBe('Acme Works');
    const { items } = (await eve.get('/audit')).body;
    expect(items.length).toBeGreaterThan(0);
    expect(JSON.stringify(items)).not.toMatch(/Acme|keyed|counted/);
  });
});

describe('the audit log', () => {
  it('is for those who run the organization', async () => {
    expect((await editor.get('/audit')).status).toBe(403);
    expect((await viewer.get('/audit')).status).toBe(403);
    expect((await owner.get('/audit')).status).toBe(200);
  });

  it('is read in pages, newest first, and by who, what and when', async () => {
    const first = (await owner.get('/audit?limit=3')).body;
    const second = (await owner.get(`/audit?limit=3&before=${first.next}`)).body;
    const numbers = [...first.items, ...second.items].map(({ number }: { number: number }) => number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(new Set(numbers).size).toBe(6);
    const all = (await owner.get('/audit?limit=200')).body;
    expect(all.next).toBeNull();

    const keys = (await owner.get('/audit?about=key&limit=200')).body.items;
    expect(new Set(keys.map(({ action }: { action: string }) => action))).toEqual(new Set(['key.create']));
    const eds = (await owner.get('/organization')).body.members[1].userId;
    const byEd = (await owner.get(`/audit?actor=${eds}&about=key`)).body.items;
    expect(byEd).toMatchObject([{ actor: { type: 'user', name: 'Ed' }, details: { name: 'laptop' } }]);
    const at = byEd[0].at as string;
    expect((await owner.get(`/audit?actor=${eds}&about=key&to=${at}`)).body.items).toEqual([]);
    expect((await owner.get(`/audit?actor=${eds}&about=key&from=${at}`)).body.items).toHaveLength(1);
    expect((await owner.get('/audit?about=key%25')).status).toBe(400);
  });
});

describe('one’s own account', () => {
  it('takes another name', async () => {
    expect((await viewer.patch('/account', { name: 'Victor' })).body.user.name).toBe('Victor');
    expect((await viewer.get('/session')).body.user.name).toBe('Victor');
  });

  it('takes another password for the current one, and every other session ends', async () => {
    const pat = await server.person('Pat', { role: 'viewer' });
    const elsewhere = server.browser();
    await elsewhere.post('/session', { email: 'pat@example.com', password: PASSWORD });
    const next = 'a better horse battery';
    const wrong = await pat.post('/account/password', { current: 'not this one', next });
    expect(wrong).toMatchObject({ status: 400, body: { detail: 'The current password is not right.' } });
    expect((await elsewhere.get('/session')).status).toBe(200);
    expect((await pat.post('/account/password', { current: PASSWORD, next: 'short' })).status).toBe(400);

    expect((await pat.post('/account/password', { current: PASSWORD, next })).status).toBe(204);
    expect((await pat.get('/session')).status).toBe(200);
    expect((await elsewhere.get('/session')).status).toBe(401);
    const signIn = (password: string) =>
      server.browser().post('/session', { email: 'pat@example.com', password });
    expect((await signIn(PASSWORD)).status).toBe(401);
    expect((await signIn(next)).status).toBe(201);
    const { items } = (await owner.get('/audit?about=account')).body;
    expect(items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['ok', 'refused']);
    expect(JSON.stringify(items)).not.toContain('horse');
  });

  it('guesses its password ten times and no more', async () => {
    const lou = await server.person('Lou', { role: 'viewer' });
    const body = { current: 'a guess at it', next: 'another horse battery' };
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await lou.post('/account/password', body)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(400), 429]);
  });

  it('signs out everywhere else', async () => {
    const kim = await server.person('Kim', { role: 'viewer' });
    const elsewhere = server.browser();
    await elsewhere.post('/session', { email: 'kim@example.com', password: PASSWORD });
    expect((await kim.delete('/account/sessions')).status).toBe(204);
    expect((await kim.get('/session')).status).toBe(200);
    expect((await elsewhere.get('/session')).status).toBe(401);
    expect((await owner.get('/session')).status).toBe(200);
  });
});

describe('the system', () => {
  it('tells those who run it how it stands, and others what it is', async () => {
    const { body } = await owner.get('/system');
    expect(body.database).toBe('sqlite');
    expect(body.operation).toMatchObject({ encryptionKey: 'file', egressAllow: ['127.0.0.1'] });
    expect(body.operation.databaseVersion).toMatch(/^SQLite \d/);
    expect(body.operation.storage.databaseBytes).toBeGreaterThan(10_000);
    expect(body.operation.storage.documentBytes).toBeGreaterThanOrEqual(12);
    expect(body.operation.storage.freeBytes).toBeGreaterThan(0);
    expect((await editor.get('/system')).body).toMatchObject({ database: 'sqlite', operation: null });
  });
});
