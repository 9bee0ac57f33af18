import { randomInt } from 'node:crypto';
import { get, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { addTool, exchangeCode, letIn, openProject, openWorld, type World } from '../oauth/world.ts';
import { ENVELOPE } from './support/wire.ts';

/**
 * Every method of both eras and every door × whoever should not be let in. What comes back must be the same as from an
 * address that was never there, but for what a client has to know to sign in. The same messages with a good key and a
 * good token are the control.
 */
const PARAMS: Record<string, Record<string, unknown>> = {
  'tools/call': { name: 'change', arguments: { text: 'x' } },
  'prompts/get': { name: 'greet', arguments: {} },
  'resources/read': { uri: 'shop://rules' },
  'resources/subscribe': { uri: 'shop://rules' },
  'resources/unsubscribe': { uri: 'shop://rules' },
  'completion/complete': { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'x', value: '' } },
  'logging/setLevel': { level: 'info' },
  'tasks/get': { taskId: 'none' },
  'tasks/update': { taskId: 'none', inputResponses: {} },
  'tasks/cancel': { taskId: 'none' },
  'subscriptions/listen': { notifications: { toolsListChanged: true } },
  initialize: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};
const BOTH = [
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
];
const MODERN = [
  'server/discover',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  'subscriptions/listen',
  ...BOTH,
];
const LEGACY = [
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'notifications/cancelled',
  'no/such/method',
  ...BOTH,
];

interface Answer {
  status: number;
  challenge: string;
  text: string;
}

/** One way to come in. */
interface Door {
  name: string;
  enter(address: string, credential: string | null): Promise<Answer>;
}

let world: World;
/** What lets nobody in at /mcp/shop. */
const bad: Record<string, string | null> = { 'no credential': null };
let key: string;
let token: string;
let analysisToken: string;
let doors: Door[];

const MESSAGES = [
  ...MODERN.map((method) => ({ method, era: '2026-07-28' })),
  ...LEGACY.map((method) => ({ method, era: '2025-11-25' })),
];

/**
 * Each from an address of this machine of its own: who fails too often at one is not looked at there any more, which
 * ../gateway/failed-tries.test.ts is about.
 */
const someAddress = () => `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;

const bearer = (credential: string | null) =>
  credential === null ? {} : { Authorization: `Bearer ${credential}` };

function post(
  url: string,
  credential: string | null,
  { method, era }: { method: string; era: string },
): Promise<Answer> {
  const params = PARAMS[method] ?? {};
  const name = params['name'] ?? params['uri'] ?? params['taskId'];
  const isModern = era === '2026-07-28';
  const message = {
    jsonrpc: '2.0',
    ...(method.startsWith('notifications/') ? {} : { id: 1 }),
    method,
    params: isModern ? { _meta: ENVELOPE, ...params } : params,
  };
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': era,
    ...(isModern && { 'Mcp-Method': method }),
    ...(isModern && typeof name === 'string' && { 'Mcp-Name': name }),
    ...bearer(credential),
  };
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, agent: false, localAddress: someAddress() };
    const outgoing = request(url, options, (response) =>
      resolve(read(response, method === 'subscriptions/listen')),
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(message));
  });
}

/** Of a stream on which news come, only that it was opened. */
async function read(response: IncomingMessage, isNews = false): Promise<Answer> {
  let text = '';
  if (isNews && response.statusCode === 200) response.destroy();
  else for await (const chunk of response) text += chunk;
  const challenge = response.headers['www-authenticate'] ?? '';
  return { status: response.statusCode!, challenge, text };
}

function look(url: string, credential: string | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'text/event-stream', ...bearer(credential) };
    get(url, { headers, agent: false, localAddress: someAddress() }, (response) =>
      resolve(read(response, String(response.headers['content-type']).startsWith('text/event-stream'))),
    ).on('error', reject);
  });
}

function upgrade(url: string, credential: string | null): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mcp', {
      headers: bearer(credential),
      localAddress: someAddress(),
    });
    socket.on('error', () => {});
    socket.on('open', () => {
      socket.close();
      resolve({ status: 101, challenge: '', text: '' });
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(read(response));
    });
  });
}

/** A token of the owner's, or of somebody else's. */
async function tokenFor(resource: string, browser = world.server.owner): Promise<string> {
  const coded = await letIn(world, { browser, more: { scope: 'mcp:call', resource } });
  const { body } = await exchangeCode(world, coded, { resource });
  return body.access_token;
}

async function newKey(project: string, options: object = {}): Promise<{ id: string; secret: string }> {
  const { body } = await world.server.owner.post(`/projects/${project}/keys`, { name: 'k', ...options });
  return body;
}

const at = (address: string) => `${world.server.url}/mcp/${address}`;

beforeAll(async () => {
  world = await openWorld();
  const { owner, app } = world.server;
  await openProject(owner, 'other');
  for (const slug of ['keys', 'open']) {
    await owner.post('/projects', { name: slug, slug });
    await addTool(owner, slug, 'look', true);
    await owner.patch(`/projects/${slug}`, { access: slug === 'keys' ? 'key' : 'public' });
  }
  const set = { name: 'analysis', title: 'Analysis', access: 'oauth', workflows: ['look'] };
  const analysis = await owner.post('/projects/shop/toolsets', set);

  key = (await newKey('shop')).secret;
  token = await tokenFor(world.resource);
  analysisToken = await tokenFor(`${world.resource}/analysis`);

  const revoked = await newKey('shop');
  await owner.delete(`/projects/shop/keys/${revoked.id}`);
  const expired = await newKey('shop');
  await app.db.prisma.apiKey.updateMany({ where: { id: expired.id }, data: { expiresAt: new Date(1) } });
  const leaver = await world.server.person('Lea', { role: 'editor' });
  const left = await tokenFor(world.resource, leaver);
  const { id } = (await leaver.get('/session')).body.user;
  await owner.delete(`/organization/members/${id}`);
  const old = await tokenFor(world.resource);
  const oldId = /^pba_([^_]+)_/.exec(old)?.[1] ?? '';
  const aged = await app.db.prisma.oauthToken.updateMany({
    where: { id: oldId },
    data: { expiresAt: new Date(1) },
  });
  expect(aged.count).toBe(1);
  Object.assign(bad, {
    'a key that never was': `${key.slice(0, -4)}AAAA`,
    'no key at all': 'abc',
    'a revoked key': revoked.secret,
    'an expired key': expired.secret,
    'a key of another project': (await newKey('other')).secret,
    'a key for its toolset alone': (await newKey('shop', { toolsets: [analysis.body.id] })).secret,
    'a token of another project': await tokenFor(`${world.origin}/mcp/other`),
    'a token of its toolset': analysisToken,
    'a token of who was removed': left,
    'an expired token': old,
    'a token that never was': `${token.slice(0, -4)}AAAA`,
  });
  doors = [
    ...MESSAGES.map((message) => ({
      name: `${message.era} ${message.method}`,
      enter: (address: string, credential: string | null) => post(at(address), credential, message),
    })),
    { name: 'GET', enter: (address, credential) => look(at(address), credential) },
    { name: 'event stream', enter: (address, credential) => look(`${at(address)}/sse`, credential) },
    { name: 'server card', enter: (address, credential) => look(`${at(address)}/server-card`, credential) },
    { name: 'web socket', enter: (address, credential) => upgrade(at(address), credential) },
  ];
});
afterAll(() => world?.close());

describe('every method and every door', () => {
  it('lets nobody in by what is not good there', async () => {
    expect(Object.values(bad).filter((credential) => credential === undefined)).toEqual([]);
    for (const door of doors) {
      const answers = await Promise.all(
        Object.entries(bad).map(async ([what, credential]) => {
          const { status, challenge } = await door.enter('shop', credential);
          return { what, status, signIn: challenge.includes('/mcp/shop"') };
        }),
      );
      const refused = Object.keys(bad).map((what) => ({ what, status: 401, signIn: true }));
      expect({ door: door.name, answers }).toEqual({ door: door.name, answers: refused });
    }
  });

  it('answers of a foreign project of keys as of one that never was', async () => {
    const others = [null, key, token, 'abc'];
    for (const door of doors) {
      for (const credential of others) {
        const [foreign, absent] = await Promise.all([
          door.enter('keys', credential),
          door.enter('no-such-project', credential),
        ]);
        expect(foreign.status, door.name).toBe(401);
        expect(foreign, door.name).toEqual(absent);
      }
    }
  });

  it('lets a good key and a good token in (positive control)', async () => {
    for (const door of doors) {
      for (const credential of [key, token]) {
        const { status } = await door.enter('shop', credential);
        const name = `${door.name}: ${status}`;
        expect([401, 403, 429], name).not.toContain(status);
        expect(status, name).toBeLessThan(500);
      }
    }
    const list = (address: string, credential: string | null) =>
      post(at(address), credential, { method: 'tools/list', era: '2025-11-25' });
    expect((await list('shop', key)).text).toContain('"change"');
    expect((await list('shop', token)).text).toContain('"change"');
    expect((await list('shop/analysis', analysisToken)).text).toContain('"look"');
    expect((await list('open', null)).text).toContain('"look"');
  });

  it('keeps what was given for the project out of its toolset, and the other way round', async () => {
    for (const door of doors) {
      expect((await door.enter('shop/analysis', token)).status, door.name).toBe(401);
    }
  });

  it('leaves a public project open to who sends something wrong, and no more than that', async () => {
    for (const door of doors) {
      const [wrong, none] = await Promise.all([door.enter('open', 'abc'), door.enter('open', null)]);
      expect(wrong.status, door.name).toBe(none.status);
      expect(none.status, door.name).not.toBe(401);
    }
  });
});

describe('who only reads', () => {
  it('knows of no tool that writes, by whichever era', async () => {
    const reader = (await newKey('shop', { readOnly: true })).secret;
    for (const era of ['2026-07-28', '2025-11-25']) {
      const listed = await post(at('shop'), reader, { method: 'tools/list', era });
      expect(listed.text).toContain('"look"');
      expect(listed.text).not.toContain('"change"');
      const called = await post(at('shop'), reader, { method: 'tools/call', era });
      expect(called.text).toContain('Unknown tool: change');
      expect((await post(at('shop'), key, { method: 'tools/call', era })).text).toContain('"text":"x"');
    }
  });
});
