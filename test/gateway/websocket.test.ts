import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { listRuns } from '#lib/operations/read-runs.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import type { Message } from './support/session.ts';
import { ENVELOPE, envelope } from './support/wire.ts';
import { answer, ask, echo, NO_ARGUMENTS, tool } from './support/workflows.ts';

const greet = tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!'));
const slow = tool(
  'slow',
  NO_ARGUMENTS,
  { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 20, unit: 'seconds' } },
  answer('done'),
);
const count = tool(
  'count',
  NO_ARGUMENTS,
  { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way' } },
  answer('counted'),
);

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('sockets', { workflows: [echo, greet, slow, count] });
});

afterAll(() => server.close());

const addressOf = ({ url }: TestProject) => `${url.replace('http', 'ws')}/ws`;
const bearer = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });

/** A client that sees every frame. */
class Peer {
  readonly socket: WebSocket;
  readonly #messages: Message[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, options: object) {
    this.socket = new WebSocket(url, 'mcp', options);
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      this.#messages.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async open(to = project, options: object = bearer(to.key)): Promise<Peer> {
    const peer = new Peer(addressOf(to), options);
    await once(peer.socket, 'open');
    return peer;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** The next message, of those that have not been taken, for which this holds. */
  async next(which: (message: Message) => boolean = () => true): Promise<Message> {
    for (;;) {
      const at = this.#messages.findIndex(which);
      if (at !== -1) return this.#messages.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async ask(message: { id: number | string; method: string; params?: object }): Promise<Message> {
    this.send(message);
    return this.next(({ id, method }) => id === message.id && method === undefined);
  }

  async initialize(capabilities: object = {}, protocolVersion = '2025-11-25'): Promise<Message> {
    const params = { protocolVersion, capabilities, clientInfo: { name: 'Tester', version: '3' } };
    return this.ask({ id: 0, method: 'initialize', params });
  }

  call(name: string, args: object = {}, id: number | string = 1): Promise<Message> {
    return this.ask({ id, method: 'tools/call', params: { name, arguments: args } });
  }

  async closed(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}

const textOf = (message: Message) => message.result?.content?.[0]?.text;

/** The SDK has no WebSocket transport that sends a header. */
function transportOver(socket: WebSocket): Transport {
  const transport: Transport = {
    async start() {
      if (socket.readyState !== socket.OPEN) await once(socket, 'open');
      // One after the other: the SDK drops progress that comes in one turn with the answer.
      socket.on('message', (data) =>
        setImmediate(() => transport.onmessage?.(JSON.parse(String(data)) as JSONRPCMessage)),
      );
      socket.on('close', () => transport.onclose?.());
    },
    async send(message) {
      socket.send(JSON.stringify(message));
    },
    async close() {
      socket.close();
    },
  };
  return transport;
}

it('serves the official client 1.x: list, call, progress, a question, news of a release', async () => {
  const own = await server.project('official', { workflows: [echo, greet, count] });
  const client = new OlderClient({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  const changed = new Promise<void>((resolve) => {
    client.fallbackNotificationHandler = async ({ method }) => {
      if (method === 'notifications/tools/list_changed') resolve();
    };
  });
  await client.connect(transportOver(new WebSocket(addressOf(own), 'mcp', bearer(own.key))));
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['count', 'echo', 'greet']);
  const told: (string | undefined)[] = [];
  await client.callTool({ name: 'count', arguments: {} }, undefined, {
    onprogress: ({ message }) => told.push(message),
  });
  expect(told).toContain('half way');
  const { content } = await client.callTool({ name: 'greet', arguments: {} });
  expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  await own.publish(slow);
  await changed;
  await client.close();
});

it('serves 2026-07-28 by the envelope of each message, and asks back in the result', async () => {
  const peer = await Peer.open();
  const discovered = await peer.ask({ id: 'd', method: 'server/discover', params: { _meta: ENVELOPE } });
  expect(discovered.result).toMatchObject({ supportedVersions: ['2026-07-28'] });
  const params = { name: 'greet', arguments: {}, _meta: envelope({ elicitation: {} }) };
  const asked = await peer.ask({ id: 1, method: 'tools/call', params });
  expect(asked.result).toMatchObject({ resultType: 'input_required' });
  const { requestState } = asked.result as unknown as { requestState: string };
  const inputResponses = { who: { action: 'accept', content: { name: 'Grace' } } };
  const given = { ...params, requestState, inputResponses };
  expect(textOf(await peer.ask({ id: 1, method: 'tools/call', params: given }))).toBe('Hello, Grace!');
  peer.socket.close();
});

it('tells a 2026 listener of a release, until it is taken back', async () => {
  const own = await server.project('heard', { workflows: [echo] });
  const peer = await Peer.open(own);
  peer.send({
    id: 'l',
    method: 'subscriptions/listen',
    params: { notifications: { toolsListChanged: true }, _meta: ENVELOPE },
  });
  expect((await peer.next()).method).toBe('notifications/subscriptions/acknowledged');
  await own.publish(count);
  expect((await peer.next()).method).toBe('notifications/tools/list_changed');
  peer.send({ method: 'notifications/cancelled', params: { requestId: 'l' } });
  await own.publish(slow);
  const ping = await peer.ask({ id: 7, method: 'ping' });
  expect(ping).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
  peer.socket.close();
});

it('two hundred clients of one key that all use id 0 get their own answers', async () => {
  const peers = await Promise.all(Array.from({ length: 200 }, () => Peer.open()));
  const answers = await Promise.all(
    peers.map(async (peer, index) => {
      peer.send({ id: 0, method: 'tools/call', params: { name: 'echo', arguments: { text: `${index}` } } });
      return peer.next();
    }),
  );
  // Over the limit of calls at once is a fault of its own; none may get another's text.
  const wrong = answers.filter(
    (message, index) => message.id !== 0 || (message.result && textOf(message) !== String(index)),
  );
  expect(wrong).toEqual([]);
  expect(answers.filter(({ result }) => result).length).toBeGreaterThan(100);
  for (const peer of peers) peer.socket.terminate();
});

it('a call is cancelled by a notification, and by closing', async () => {
  const peer = await Peer.open();
  await peer.initialize();
  peer.send({ id: 5, method: 'tools/call', params: { name: 'slow', arguments: {} } });
  await peer.ask({ id: 6, method: 'ping' });
  peer.send({ method: 'notifications/cancelled', params: { requestId: 5 } });
  peer.send({ id: 5, method: 'tools/call', params: { name: 'slow', arguments: {} } });
  await peer.ask({ id: 7, method: 'ping' });
  peer.socket.close();
  await peer.closed();
  await expect.poll(() => runStatuses('slow'), { timeout: 60_000 }).toEqual(['cancelled', 'cancelled']);
});

async function runStatuses(name: string, slug = project.slug): Promise<string[]> {
  const { items } = await listRuns(server.app, server.owner, slug, { limit: 200 });
  return items.filter(({ workflowName }) => workflowName === name).map(({ status }) => status);
}

it('refuses strangers as plain HTTP does, before it is a WebSocket', async () => {
  const statusOf = async (url: string, options: object) => {
    const socket = new WebSocket(url, 'mcp', options);
    socket.on('error', () => {});
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    socket.terminate();
    return response.statusCode;
  };
  const url = addressOf(project);
  expect(await statusOf(url, {})).toBe(401);
  expect(await statusOf(url, bearer('pbk_wrong'))).toBe(401);
  expect(await statusOf(url.replace('sockets', 'nothing'), bearer(project.key))).toBe(401);
  expect(await statusOf(`${url}?token=${project.key}`, {})).toBe(400);
  expect(await statusOf(url, { ...bearer(project.key), origin: 'https://elsewhere.example' })).toBe(403);
  // Positive control.
  expect((await Peer.open(project, { ...bearer(project.key), origin: server.url })).socket.protocol).toBe(
    'mcp',
  );
});

it('closes when the key is revoked', async () => {
  const { id, key } = await project.newKey();
  const peer = await Peer.open(project, bearer(key));
  await peer.initialize();
  await revokeKey(server.app, server.owner, { project: project.slug, key: id });
  expect(await peer.closed()).toBe(1008);
});

it('answers messages that are none, and goes on; closes for binary, oversized and broken frames', async () => {
  const peer = await Peer.open();
  peer.socket.send('{');
  expect((await peer.next()).error?.code).toBe(-32_700);
  peer.socket.send('['.repeat(100));
  expect((await peer.next()).error?.code).toBe(-32_600);
  peer.socket.send('{"jsonrpc":"2.0","id":{},"method":"ping"}');
  expect((await peer.next()).error?.code).toBe(-32_600);
  peer.socket.send('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]');
  expect(await peer.next()).toHaveLength(2);
  expect(textOf(await peer.call('echo', { text: 'still here' }))).toBe('still here');
  peer.socket.send(Buffer.from('{}'));
  expect(await peer.closed()).toBe(1003);

  const large = await Peer.open();
  large.socket.send(`"${'x'.repeat(1024 * 1024)}"`);
  expect(await large.closed()).toBe(1009);

  const broken = await handshake();
  // A frame with a reserved bit, not masked.
  broken.write(Buffer.from([0xf1, 0x01, 0x7b]));
  await once(broken, 'close');
});

/** A socket that has been upgraded, without a library on this side. */
async function handshake(): Promise<Socket> {
  const { port, pathname, host } = new URL(addressOf(project));
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${project.key}`,
      '\r\n',
    ].join('\r\n'),
  );
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(String(first)).toMatch(/^HTTP\/1\.1 101 /);
  socket.resume();
  return socket;
}

it('a flood is answered or refused, message by message', async () => {
  const peer = await Peer.open();
  for (let id = 0; id < 1000; id++) {
    peer.send({ id, method: 'tools/call', params: { name: 'echo', arguments: { text: `${id}` } } });
  }
  let served = 0;
  for (let seen = 0; seen < 1000; seen++) {
    const message = await peer.next();
    if (message.result) served += 1;
    else expect(message.error?.code).toBe(-32_000);
  }
  expect(served).toBeGreaterThan(50);
  expect(textOf(await peer.call('echo', { text: 'after' }, 'z'))).toBe('after');
  peer.socket.close();
});

it('counts the requests of a batch: a connection has 256 under way', async () => {
  const own = await server.project('batches', { workflows: [slow] });
  const peer = await Peer.open(own);
  const calls = (from: number) =>
    Array.from({ length: 50 }, (_, at) => ({
      jsonrpc: '2.0',
      id: from + at,
      method: 'tools/call',
      params: { name: 'slow', arguments: {} },
    }));
  for (let batch = 0; batch < 6; batch++) peer.socket.send(JSON.stringify(calls(batch * 50)));
  const refused = await peer.next((message) => !Array.isArray(message));
  expect([refused.id, refused.error?.code, refused.error?.message]).toEqual([
    null,
    -32_000,
    '256 requests of this connection are not answered yet.',
  ]);
  expect((await peer.ask({ id: 'x', method: 'ping' })).result).toEqual({});
  peer.socket.terminate();
});

it('a reader that does not read is closed, and costs little', async () => {
  const big = tool('big', NO_ARGUMENTS, answer('x'.repeat(400_000)));
  const own = await server.project('unread', { workflows: [big] });
  await updateProject(server.app, server.owner, own.slug, { resultBudget: 1_000_000 });
  const peer = await Peer.open(own);
  peer.socket.pause();
  for (let id = 0; id < 200; id++) {
    peer.send({ id, method: 'tools/call', params: { name: 'big', arguments: {} } });
  }
  const before = process.memoryUsage().rss;
  await expect
    .poll(() => runStatuses('big', own.slug).then(({ length }) => length), { timeout: 60_000 })
    .toBeGreaterThan(100);
  const other = await Peer.open(own);
  expect((await other.ask({ id: 1, method: 'ping' })).result).toEqual({});
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  const closed = peer.closed();
  peer.socket.resume();
  expect(await closed).toBe(1006);
  other.socket.close();
});

it('a peer that answers no ping is closed after the third, one that does stays', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const silent = await Peer.open(project, { ...bearer(project.key), autoPong: false });
    const alive = await Peer.open();
    const closed = silent.closed();
    for (let times = 0; times < 4; times++) {
      vi.advanceTimersByTime(20_000);
      // By then its pong is there too.
      await alive.ask({ id: times, method: 'ping' });
    }
    expect(await closed).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    alive.socket.close();
  } finally {
    vi.useRealTimers();
  }
});

it('ends with the server: what runs is answered, then the connection is closed', async () => {
  const short = tool(
    'short',
    NO_ARGUMENTS,
    { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 1, unit: 'seconds' } },
    answer('done'),
  );
  const ending = await startTestServer();
  const own = await ending.project('ending', { workflows: [short] });
  const peer = await Peer.open(own);
  const idle = await Peer.open(own);
  const deaf = await Peer.open(own);
  deaf.socket.pause();
  await peer.initialize();
  const answered = peer.call('short');
  await peer.ask({ id: 9, method: 'ping' });
  const codes = Promise.all([peer.closed(), idle.closed()]);
  await ending.close();
  expect(textOf(await answered)).toBe('done');
  expect(await codes).toEqual([1001, 1001]);
  deaf.socket.terminate();
});
