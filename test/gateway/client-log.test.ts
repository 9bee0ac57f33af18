import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_LIMITS } from '#lib/db/clients.ts';
import { repository } from '#lib/db/repository.ts';
import { createClientLog, type NotedRequest } from '#lib/operations/client-log.ts';
import { createLog } from '#lib/operations/log.ts';
import { listClientRequests, listClients } from '#lib/operations/read-clients.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession } from './support/session.ts';
import { call, legacy, modern, send } from './support/wire.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

/** A secret that a caller passes on: it must not be found anywhere afterwards. */
const SECRET = 'tiptop-secret-value';

const failing = tool('failing', NO_ARGUMENTS, { key: 'stop', kind: 'fail', config: { message: 'no' } });

let server: TestServer;
let shop: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  shop = await server.project('shop', { workflows: [echo, failing] });
});
afterAll(() => server.close());

const clients = (slug = 'shop') => listClients(server.app, server.owner, slug);
const requests = (client: string, project = 'shop') =>
  listClientRequests(server.app, server.owner, { project, client });

async function named(name: string, slug = 'shop') {
  const found = (await clients(slug)).find((client) => client.name === name);
  if (!found) throw new Error(`no client ${name}`);
  return found;
}

describe('the log of clients', () => {
  it('knows how far a 2025 client came, by the name of its session', async () => {
    const client = await beginSession(shop.url, shop.key, {});
    expect(await named('Tester')).toMatchObject({ listedAt: null, calledAt: null, protocol: '2025-11-25' });

    await client.send({ id: 1, method: 'tools/list' });
    await client.send({ id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: SECRET } } });

    const seen = await named('Tester');
    expect(seen).toMatchObject({ version: '3', access: 'key', requests: 3, failures: 0 });
    expect(seen.key?.preview).toMatch(/^pbk_/);
    for (const reached of [seen.discoveredAt, seen.listedAt, seen.calledAt]) expect(reached).not.toBeNull();
    const log = await requests(seen.id);
    expect(log.map(({ method, tool }) => [method, tool])).toEqual([
      ['tools/call', 'echo'],
      ['tools/list', null],
      ['initialize', null],
    ]);
    expect(log[0]).toMatchObject({ era: 'legacy', protocol: '2025-11-25', status: 200, failure: null });
  });

  it('tells what went wrong, in words, and names the run that failed', async () => {
    await call(shop.url, shop.key, 'echo', { text: 7 });
    await call(shop.url, shop.key, 'absent');
    await call(shop.url, shop.key, 'failing');
    await modern(shop.url, shop.key, { method: 'tools/list' }, { 'Mcp-Method': 'tools/call' });

    const { id, failures } = await named('test');
    const log = await requests(id);
    expect(failures).toBe(4);
    expect(log.map(({ failure, status, code }) => [failure, status, code])).toEqual([
      ['headers_differ', 400, -32_020],
      ['tool_failed', 200, null],
      ['unknown_tool', 200, -32_602],
      ['bad_arguments', 200, null],
    ]);
    expect(log[0]?.detail).toContain('the body names tools/list, the header Mcp-Method tools/call');
    expect(log[1]?.runId).toMatch(/\w/);
    for (const { what, todo } of log) expect([typeof what, typeof todo]).toEqual(['string', 'string']);
  });

  it('shows who was refused, by as much of the key as lists show', async () => {
    const { id, key } = await shop.newKey();
    await revokeKey(server.app, server.owner, { project: 'shop', key: id });
    const headers = { 'User-Agent': 'old-laptop/1.0' };
    await legacy(shop.url, key, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, headers);
    await legacy(shop.url, null, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, { 'User-Agent': 'bare/2' });
    await send(shop.url, {
      headers: { Origin: 'https://elsewhere.example', 'User-Agent': 'page/1' },
      body: '{}',
    });

    const refused = await named('old-laptop');
    expect(refused).toMatchObject({ access: 'refused', version: '1.0', failures: 1 });
    expect(refused.key).toEqual({ name: null, preview: `${key.slice(0, 8)}…` });
    expect((await requests(refused.id))[0]).toMatchObject({ failure: 'wrong_key', status: 401 });
    expect((await requests((await named('bare')).id))[0]).toMatchObject({ failure: 'no_key' });
    expect((await requests((await named('page')).id))[0]).toMatchObject({ failure: 'wrong_origin' });
  });

  it('holds no argument and no key', async () => {
    await call(shop.url, shop.key, 'echo', { text: SECRET });
    await call(shop.url, shop.key, 'echo', { wrong: SECRET });
    await call(shop.url, shop.key, 'echo', { text: 'x' });
    await server.app.clients.flush();
    const { prisma } = server.app.db;
    const stored = JSON.stringify([await prisma.mcpClient.findMany(), await prisma.clientRequest.findMany()]);

    expect(stored).toContain('"name":"test"');
    expect(stored).not.toContain(SECRET);
    expect(stored).not.toContain(shop.key.slice(20));
  });

  it('keeps callers of a public project apart by name', async () => {
    const open = await server.project('open', {
      access: 'public',
      workflows: [tool('hello', NO_ARGUMENTS, answer('hi'))],
    });
    await legacy(open.url, null, { jsonrpc: '2.0', id: 1, method: 'ping' }, { 'User-Agent': 'one/1' });
    await legacy(open.url, null, { jsonrpc: '2.0', id: 1, method: 'ping' }, { 'User-Agent': 'two/1' });

    const seen = await clients('open');
    expect(seen.map(({ name, access, key }) => [name, access, key]).sort()).toEqual([
      ['one', 'public', null],
      ['two', 'public', null],
    ]);
  });
});

function noted(more: Partial<NotedRequest>): NotedRequest {
  return {
    at: Date.now(),
    ms: 1,
    project: { id: '', organizationId: '' },
    access: 'key',
    keyId: 'k',
    preview: null,
    client: null,
    userAgent: null,
    method: 'ping',
    tool: null,
    transport: 'http',
    era: 'legacy',
    protocol: null,
    status: 200,
    code: null,
    failure: null,
    detail: null,
    runId: null,
    ...more,
  };
}

describe('bounds', () => {
  it('of the table: 200 requests, 50 clients, of whom 10 that were refused; a week', async () => {
    const { id, organizationId } = (await server.app.live.get('shop'))!;
    const log = createClientLog({ db: server.app.db, log: createLog('silent'), ownAgent: 'own' });
    const at = Date.now();
    const request = (more: Partial<NotedRequest>) => noted({ at, project: { id, organizationId }, ...more });
    for (let index = 0; index < 450; index++) log.note(request({ client: 'busy 1', at: at + index }));
    await log.flush();
    for (let index = 0; index < 30; index++) log.note(request({ client: 'busy 1', at: at + 1000 + index }));
    for (let index = 0; index < 70; index++)
      log.note(request({ userAgent: `agent${index}`, at: at + index }));
    for (let index = 0; index < 300; index++) {
      log.note(
        request({ userAgent: `guess${index}`, access: 'refused', keyId: null, at: at + 5000 + index }),
      );
    }
    log.note(request({ userAgent: 'own', at: at + 6000 }));
    await log.close();

    const seen = await clients();
    expect(seen).toHaveLength(CLIENT_LIMITS.clients);
    expect(seen.filter(({ access }) => access === 'refused')).toHaveLength(CLIENT_LIMITS.refused);
    const busy = seen.find(({ name }) => name === 'busy')!;
    expect(busy.requests).toBe(480);
    const kept = await requests(busy.id);
    expect(kept).toHaveLength(CLIENT_LIMITS.requests);
    expect(kept[0]?.at).toBe(new Date(at + 1029).toISOString());
    expect(seen.some(({ name }) => name === 'own')).toBe(false);

    const { mcpClient, clientRequest } = server.app.db.prisma;
    await repository(server.app.db, { type: 'system' }).clients.prune(at + 8 * 86_400_000);
    expect([await mcpClient.count(), await clientRequest.count()]).toEqual([0, 0]);
  });

  it('hold under a flood: every request is counted, the last ones are kept in their order', async () => {
    const { id, organizationId } = (await server.app.live.get('shop'))!;
    const log = createClientLog({ db: server.app.db, log: createLog('silent'), ownAgent: 'own' });
    const at = Date.now();
    for (let index = 0; index < 12_345; index++) {
      const client = index < 12_300 ? 'flood 1' : 'flood 2';
      log.note(noted({ at: at + index, project: { id, organizationId }, client }));
    }
    await log.close();

    const flood = await named('flood');
    expect(flood).toMatchObject({ requests: 12_345, version: '2' });
    expect(flood.lastSeenAt).toBe(new Date(at + 12_344).toISOString());
    const kept = (await requests(flood.id)).map((request) => Date.parse(request.at) - at);
    expect(kept).toEqual(Array.from({ length: CLIENT_LIMITS.requests }, (_, back) => 12_344 - back));
  });

  it('of a project that is gone: nothing is stored, and nothing fails', async () => {
    const log = createClientLog({ db: server.app.db, log: createLog('silent'), ownAgent: 'own' });
    log.note(noted({ project: { id: 'gone', organizationId: 'gone' } }));
    await log.close();
    expect(await server.app.db.prisma.mcpClient.count({ where: { projectId: 'gone' } })).toBe(0);
  });
});
