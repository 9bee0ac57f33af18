import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { listClientRequests, listClients } from '#lib/operations/read-clients.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import type { Message } from './support/session.ts';
import { SsePeer } from './support/sse.ts';
import { answer, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

// The two logs of a connection: what clients do goes into the project's list of clients, whatever they connect with; and
// how much of the log of a run a client hears is set for the connection.

const line = (level: string) => ({ key: level, kind: 'log', config: { level, text: `a ${level}` } });
const noted = tool('noted', NO_ARGUMENTS, ...['debug', 'info', 'warn', 'error'].map(line), answer('noted'));
const failing = tool('failing', NO_ARGUMENTS, { key: 'stop', kind: 'fail', config: { message: 'no' } });

let folder: string;
let server: TestServer;
let shop: TestProject;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-connection-log-'));
  server = await startTestServer({ DATA_DIR: folder });
  shop = await server.project('shop', { workflows: [echo, noted, failing] });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A client that sends a message, and hears of what is told and answered. */
interface Peer {
  ask(message: { id: number; method: string; params?: object }): Promise<Message[]>;
  tell(message: object): void;
  close(): void;
}

async function overWebSocket(key: string, userAgent: string): Promise<Peer> {
  const headers = { Authorization: `Bearer ${key}`, 'User-Agent': userAgent };
  const socket = new WebSocket(`${shop.url.replace('http', 'ws')}/ws`, 'mcp', { headers });
  await once(socket, 'open');
  const tell = (message: object) => socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return {
    tell,
    close: () => socket.close(),
    async ask(message) {
      const heard: Message[] = [];
      const done = new Promise<void>((resolve) => {
        socket.on('message', (data) => {
          heard.push(JSON.parse(String(data)));
          if (heard.at(-1)?.id === message.id) resolve();
        });
      });
      tell(message);
      await done;
      socket.removeAllListeners('message');
      return heard;
    },
  };
}

async function overSse(key: string): Promise<Peer> {
  const peer = await SsePeer.open(shop.url, key);
  return {
    tell: (message) => void peer.post(message),
    close: () => peer.close(),
    async ask(message) {
      await peer.post(message);
      const heard: Message[] = [];
      do heard.push((await peer.next())!);
      while (heard.at(-1)?.id !== message.id);
      return heard;
    },
  };
}

const initialize = (name: string) => ({
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name, version: '3' } },
});
const calling = (id: number, name: string, args = {}) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

async function requestsOf(name: string) {
  const clients = await listClients(server.app, server.owner, 'shop');
  const client = clients.find((one) => one.name === name);
  if (!client) return [];
  const log = await listClientRequests(server.app, server.owner, { project: 'shop', client: client.id });
  return log.map(({ method, tool: called, transport, status, failure }) => [
    method,
    called,
    transport,
    status,
    failure,
  ]);
}

describe.each([
  { transport: 'websocket', open: () => overWebSocket(shop.key, 'opener/1') },
  { transport: 'sse', open: () => overSse(shop.key) },
])('a client over $transport', ({ transport, open }) => {
  it('is in the log of clients with each of its messages', async () => {
    const peer = await open();
    const name = `over-${transport}`;
    await peer.ask(initialize(name));
    peer.tell({ method: 'notifications/initialized' });
    await peer.ask({ id: 1, method: 'tools/list' });
    await peer.ask(calling(2, 'echo', { text: 'hi' }));
    await peer.ask(calling(3, 'echo', { text: 7 }));
    await peer.ask(calling(4, 'failing'));
    await peer.ask(calling(5, 'absent'));
    await peer.ask({ id: 6, method: 'no/such' });
    peer.close();
    expect(await requestsOf(name)).toEqual([
      ['no/such', null, transport, null, 'unknown_method'],
      ['tools/call', 'absent', transport, null, 'unknown_tool'],
      ['tools/call', 'failing', transport, null, 'tool_failed'],
      ['tools/call', 'echo', transport, null, 'bad_arguments'],
      ['tools/call', 'echo', transport, null, null],
      ['tools/list', null, transport, null, null],
      ['notifications/initialized', null, transport, null, null],
      ['initialize', null, transport, null, null],
    ]);
    const seen = (await listClients(server.app, server.owner, 'shop')).find((one) => one.name === name);
    for (const reached of [seen?.discoveredAt, seen?.listedAt, seen?.calledAt]) expect(reached).toBeTruthy();
    expect(seen).toMatchObject({ version: '3', protocol: '2024-11-05', access: 'key', requests: 8 });
  });

  it('hears the log of its calls from the level that it set, for its connection alone', async () => {
    const [peer, other] = [await open(), await open()];
    for (const one of [peer, other]) await one.ask(initialize('listener'));
    const heard = async (one: Peer) =>
      (await one.ask(calling(7, 'noted'))).flatMap(({ method, params }) =>
        method === 'notifications/message' ? [params?.['level']] : [],
      );
    expect(await heard(peer)).toEqual(['info', 'warning', 'error']);
    const set = (level: string) => peer.ask({ id: 8, method: 'logging/setLevel', params: { level } });
    expect((await set('error')).at(-1)?.result).toEqual({});
    expect(await heard(peer)).toEqual(['error']);
    expect(await heard(other)).toEqual(['info', 'warning', 'error']);
    expect((await set('loud')).at(-1)?.error?.code).toBe(-32_602);
    for (const one of [peer, other]) one.close();
    expect(await server.app.db.prisma.mcpSession.count()).toBe(0);
  });
});

describe('opening a connection', () => {
  it('is in the log of clients, also where it is refused', async () => {
    (await overWebSocket(shop.key, 'good-socket/1')).close();
    expect(await requestsOf('good-socket')).toEqual([['GET', null, 'websocket', 101, null]]);

    const { id, key } = await shop.newKey();
    await revokeKey(server.app, server.owner, { project: 'shop', key: id });
    await expect(overWebSocket(key, 'bad-socket/1')).rejects.toThrow('401');
    expect(await requestsOf('bad-socket')).toEqual([['GET', null, 'websocket', 401, 'wrong_key']]);
    const headers = { Authorization: `Bearer ${key}`, 'User-Agent': 'bad-stream/1' };
    expect((await fetch(`${shop.url}/sse`, { headers })).status).toBe(401);
    expect(await requestsOf('bad-stream')).toEqual([['GET', null, 'sse', 401, 'wrong_key']]);
  });

  it('that is no more is told of in the log, where a message comes for it', async () => {
    const headers = {
      Authorization: `Bearer ${shop.key}`,
      'User-Agent': 'late/1',
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const { status } = await fetch(`${shop.url}/sse?session=made.up`, { method: 'POST', headers, body });
    expect(status).toBe(404);
    expect(await requestsOf('late')).toEqual([['POST', null, 'sse', 404, 'session_unknown']]);
  });
});
