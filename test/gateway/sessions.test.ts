import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSecrets } from '#lib/auth/sealing.ts';
import { abilitiesOf, NO_ABILITIES } from '#lib/gateway/client-abilities.ts';
import { createSessions } from '#lib/gateway/sessions.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { legacy, modern, send } from './support/wire.ts';
import { echo } from './support/workflows.ts';

let server: TestServer;
let shop: TestProject;
let other: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  shop = await server.project('shop', { workflows: [echo] });
  other = await server.project('other', { workflows: [echo] });
});

afterAll(() => server.close());

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

const initialize = (url: string, key: string, headers: Record<string, string> = {}) =>
  legacy(
    url,
    key,
    {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: { elicitation: {}, roots: {} },
        clientInfo: { name: 'Tester', version: '3' },
      },
    },
    headers,
  );

const sessionOf = async (url: string, key: string) =>
  String((await initialize(url, key)).headers['mcp-session-id']);

const ping = (session: string, { url, key }: { url: string; key: string } = shop) =>
  legacy(url, key, PING, { 'Mcp-Session-Id': session });

describe('a session', () => {
  it('is handed out by initialize, in visible ASCII', async () => {
    const session = await sessionOf(shop.url, shop.key);
    expect(session).toMatch(/^[\x21-\x7e]+$/);
    expect((await ping(session)).json.result).toEqual({});
  });

  it('outlives the process that began it', async () => {
    const session = await sessionOf(shop.url, shop.key);
    const again = createSessions(server.app.secrets);
    const keyId = /^pbk_([^_]+)/.exec(shop.key)?.[1];
    const project = await server.app.live.get('shop');
    expect(again.open(session, `${project?.id} key ${keyId}`)).toMatchObject({
      protocolVersion: '2025-11-25',
      client: 'Tester 3',
      abilities: { form: true, url: false, sampling: false, roots: true },
    });
  });

  it('is refused with 404 when it is made up, changed, or another caller’s', async () => {
    const session = await sessionOf(shop.url, shop.key);
    const second = await shop.newKey();
    const [body, signature] = session.split('.') as [string, string];
    const facts = JSON.parse(Buffer.from(body, 'base64url').toString());
    const able = Buffer.from(JSON.stringify({ ...facts, a: ['sampling'] })).toString('base64url');
    const attempts = {
      'made up': ping('from-before-the-restart'),
      changed: ping(`${able}.${signature}`),
      'without signature': ping(`${body}.`),
      'with more behind it': ping(`${session}.x`),
      'of another key': ping(session, { url: shop.url, key: second.key }),
      'of another project': ping(session, other),
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      const { status, json } = await attempt;
      expect([what, status, json.error?.code]).toEqual([what, 404, -32_001]);
    }
    expect((await ping(session)).status).toBe(200);
  });

  it('that is gone does not keep a client from beginning anew', async () => {
    const answer = await initialize(shop.url, shop.key, { 'Mcp-Session-Id': 'from-before-the-restart' });
    expect((await ping(String(answer.headers['mcp-session-id']))).status).toBe(200);
  });

  it('is not asked of anybody, and means nothing to 2026-07-28', async () => {
    expect((await legacy(shop.url, shop.key, PING)).json.result).toEqual({});
    const params = { name: 'echo', arguments: { text: 'hi' } };
    const stale = { 'Mcp-Session-Id': 'from-before-the-restart' };
    const answer = await modern(shop.url, shop.key, { method: 'tools/call', params }, stale);
    expect(answer.json.result?.content[0]?.text).toBe('hi');
    const discover = await modern(shop.url, shop.key, { method: 'server/discover' });
    expect(discover.headers['mcp-session-id']).toBeUndefined();
  });

  it('is checked before the stream of changes opens', async () => {
    const headers = { Authorization: `Bearer ${shop.key}`, Accept: 'text/event-stream' };
    const stale = { ...headers, 'Mcp-Session-Id': 'from-before-the-restart' };
    expect((await send(shop.url, { method: 'GET', headers: stale })).status).toBe(404);
  });

  it('names the client in the record of a run', async () => {
    const session = await sessionOf(shop.url, shop.key);
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
    const params = { name: 'echo', arguments: { text: 'hi' } };
    await legacy(shop.url, shop.key, { ...call, params }, { 'Mcp-Session-Id': session });
    await server.app.recorder.flush();
    const run = await server.app.db.prisma.run.findFirst({ orderBy: { startedAt: 'desc' } });
    expect(run?.client).toBe('Tester 3');
  });
});

describe('the age of a session', () => {
  afterEach(() => vi.useRealTimers());

  it('is a week at most, however often it is used', () => {
    const sessions = createSessions(createSecrets(randomBytes(32)));
    vi.useFakeTimers({ toFake: ['Date'] });
    const facts = { protocolVersion: '2025-11-25', client: null, abilities: NO_ABILITIES };
    const { id } = sessions.issue(facts, 'somebody');
    vi.setSystemTime(Date.now() + 6 * 24 * 60 * 60 * 1000);
    expect(sessions.open(id, 'somebody')).toMatchObject({ id });
    vi.setSystemTime(Date.now() + 2 * 24 * 60 * 60 * 1000);
    expect(sessions.open(id, 'somebody')).toBeNull();
  });
});

describe('what a client says it can do', () => {
  it.each([
    [undefined, { form: false, url: false }],
    [{ elicitation: {} }, { form: true, url: false }],
    [{ elicitation: { form: {} } }, { form: true, url: false }],
    [{ elicitation: { url: {} } }, { form: false, url: true }],
    [{ elicitation: { form: {}, url: {} } }, { form: true, url: true }],
    [
      { elicitation: true, sampling: 'yes' },
      { form: false, sampling: false },
    ],
    [
      { sampling: { tools: {} }, roots: { listChanged: true } },
      { sampling: true, roots: true },
    ],
  ])('%j', (capabilities, able) => {
    expect(abilitiesOf(capabilities as never)).toMatchObject(able);
  });
});
