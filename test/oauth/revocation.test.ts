import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Browser, startTestServer, type TestServer } from '../api/server.ts';
import { readEvents } from '../gateway/support/events.ts';
import { beginSession, openStream } from '../gateway/support/session.ts';
import { SsePeer } from '../gateway/support/sse.ts';
import { ENVELOPE, modern } from '../gateway/support/wire.ts';
import { DATABASES, type EmptyDatabase } from '../support/databases.ts';
import { exchangeCode, letIn, openWorld, type World } from './world.ts';

// What ends an access is done at one server; streams are open at the other, which hears of it through the database.

let folder: string;
let database: EmptyDatabase;
let world: World;
let there: TestServer;
let owner: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-revocation-'));
  database = await DATABASES[1]!.create();
  const env = {
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  world = await openWorld(env);
  there = await startTestServer({ ...env, PUBLIC_URL: world.origin }, { setUp: false });
  ({ owner } = world.server);
});

afterAll(async () => {
  await Promise.all([world?.close(), there?.close()]);
  await database?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** One stream of every kind at the other server; `ended` resolves when all are over. */
async function openAll(credential: string): Promise<{ ended: Promise<unknown[]> }> {
  const url = `${there.url}/mcp/shop`;
  const listen = await readEvents(url, {
    headers: {
      Authorization: `Bearer ${credential}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'subscriptions/listen',
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta: ENVELOPE },
    },
  });
  expect(listen.status).toBe(200);
  const { session } = await beginSession(url, credential, {});
  const stream = await openStream(url, credential, session);
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mcp', {
    headers: { Authorization: `Bearer ${credential}` },
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const peer = await SsePeer.open(url, credential);
  return {
    ended: Promise.all([
      listen.rest(),
      stream.next(),
      new Promise((resolve) => socket.once('close', resolve)),
      peer.next(),
    ]),
  };
}

async function tokenOf(browser: Browser): Promise<string> {
  const coded = await letIn(world, { browser });
  const { body } = await exchangeCode(world, coded);
  return body.access_token;
}

const statusThere = async (credential: string) =>
  (await modern(`${there.url}/mcp/shop`, credential, { method: 'tools/list' })).status;

describe('open streams at another server end', () => {
  it('when a key is revoked', async () => {
    const { body } = await owner.post('/projects/shop/keys', { name: 'k' });
    const { ended } = await openAll(body.secret);
    await owner.delete(`/projects/shop/keys/${body.id}`);
    await ended;
    expect(await statusThere(body.secret)).toBe(401);
  });

  it('when a grant is revoked', async () => {
    const token = await tokenOf(owner);
    const { ended } = await openAll(token);
    const { body } = await owner.get('/account/grants');
    for (const { id } of body.items) await owner.delete(`/account/grants/${id}`);
    await ended;
    expect(await statusThere(token)).toBe(401);
  });

  it('when the person is removed from the team', async () => {
    const eve = await world.server.person('Eve', { role: 'editor' });
    const token = await tokenOf(eve);
    const { ended } = await openAll(token);
    const members = (await owner.get('/organization')).body.members as { userId: string; name: string }[];
    const removed = members.find(({ name }) => name === 'Eve')!;
    expect((await owner.delete(`/organization/members/${removed.userId}`)).status).toBe(204);
    await ended;
    expect(await statusThere(token)).toBe(401);
  });

  it('when the address takes keys alone', async () => {
    const token = await tokenOf(owner);
    const { ended } = await openAll(token);
    await owner.patch('/projects/shop', { access: 'key' });
    await ended;
    expect(await statusThere(token)).toBe(401);
    await owner.patch('/projects/shop', { access: 'oauth' });
  });
});

describe('an open stream at another server', () => {
  it('tells that the lists are others when the person may have less', async () => {
    const vera = await world.server.person('Vera', { role: 'viewer' });
    const token = await tokenOf(vera);
    const { session } = await beginSession(`${there.url}/mcp/shop`, token, {});
    const stream = await openStream(`${there.url}/mcp/shop`, token, session);
    await owner.patch('/projects/shop', { viewerCalls: 'nothing' });
    expect((await stream.next())?.method).toBe('notifications/tools/list_changed');
    const { json } = await modern(`${there.url}/mcp/shop`, token, { method: 'tools/list' });
    expect(json.result).toMatchObject({ tools: [], cacheScope: 'private' });
    stream.close();
    await owner.patch('/projects/shop', { viewerCalls: 'reads' });
  });
});
