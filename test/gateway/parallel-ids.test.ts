import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type Message, type OpenCall, openCall } from './support/session.ts';
import { ENVELOPE, legacy, modern } from './support/wire.ts';
import { answer, echo, TEXT_SCHEMA, tool } from './support/workflows.ts';

// Clients count their requests from 0, each for itself. Two projects with two keys each, so that all find a place.

const counts = tool(
  'counts',
  TEXT_SCHEMA,
  { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: '{{ input.text }}' } },
  answer('{{ input.text }}'),
);

let upstream: Server;
/** Calls that the upstream has taken and not answered yet, by the text they carry. */
const held = new Map<string, () => void>();
let server: TestServer;
let callers: { url: string; key: string }[];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    const text = new URL(request.url!, 'http://x').searchParams.get('text')!;
    response.setHeader('content-type', 'text/plain');
    held.set(text, () => response.end(text));
    response.once('close', () => held.delete(text));
  });
  await new Promise<void>((resolve) => upstream.listen(0, resolve));
  // Of many names, as only so many connections are made to one.
  const url = `http://127.0.0.{{ input.host }}:${(upstream.address() as AddressInfo).port}/?text={{ input.text }}`;
  const slow = tool(
    'slow',
    { type: 'object', properties: { text: { type: 'string' }, host: { type: 'integer' } } },
    { key: 'fetch', kind: 'http', config: { url } },
    answer('{{ steps.fetch.body }}'),
  );
  server = await startTestServer({ EGRESS_ALLOW: '127.0.0.0/8' });
  const projects: TestProject[] = [];
  for (const slug of ['left', 'right']) {
    projects.push(await server.project(slug, { workflows: [echo, counts, slow] }));
  }
  const keys = await Promise.all(
    projects.map(async ({ url: at, key, newKey }) => [
      { url: at, key },
      { url: at, key: (await newKey()).key },
    ]),
  );
  callers = keys.flat();
});

afterAll(async () => {
  await server?.close();
  upstream.closeAllConnections();
  upstream.close();
});

const callerOf = (index: number) => callers[index % callers.length]!;
const textOf = (message: Message | null) => message?.result?.content?.[0]?.text;
const params = (name: string, index: number) => ({
  name,
  arguments: { text: `text of ${index}` },
  _meta: name === 'counts' ? { progressToken: `token of ${index}` } : {},
});

/** Ways in which a client calls a tool under the id 0; each returns all that came. */
const WAYS: Record<string, (index: number, name: string) => Promise<Message[]>> = {
  async 'of 2026-07-28'(index, name) {
    const { url, key } = callerOf(index);
    const { _meta, ...rest } = params(name, index);
    const message = { id: 0, method: 'tools/call', params: { ...rest, _meta: { ...ENVELOPE, ..._meta } } };
    return messagesOf((await modern(url, key, message)).text);
  },
  async 'of 2025 without a session'(index, name) {
    const { url, key } = callerOf(index);
    const message = { jsonrpc: '2.0', id: 0, method: 'tools/call', params: params(name, index) };
    return messagesOf((await legacy(url, key, message)).text);
  },
  async 'of 2025 with a session'(index, name) {
    const { url, key } = callerOf(index);
    const client = await beginSession(url, key, {});
    const answered = await client.send({ id: 0, method: 'tools/call', params: params(name, index) });
    return messagesOf(answered.text);
  },
};

function messagesOf(text: string): Message[] {
  if (text.startsWith('{')) return [JSON.parse(text)];
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
}

for (const name of ['echo', 'counts']) {
  const streams = name === 'counts' ? ', whose answers are streams' : '';
  it(`two hundred clients of both eras that all use id 0 get their own answers${streams}`, async () => {
    const ways = Object.values(WAYS);
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ways[index % ways.length]!(index, name)),
    );
    for (const [index, messages] of all.entries()) {
      const last = messages.pop()!;
      expect([last.id, textOf(last)]).toEqual([0, `text of ${index}`]);
      const told = messages.map((one) => one.params);
      const mine = { progressToken: `token of ${index}`, progress: 1, total: 2, message: `text of ${index}` };
      expect(told).toEqual(name === 'counts' ? [mine] : []);
    }
  });
}

it('two hundred clients that all use id 0 get their own answers while half of them cancel or go away', async () => {
  const clients = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { url, key } = callerOf(index);
      const args = { text: `slow of ${index}`, host: 1 + (index % 20) };
      // In turn: with a session, of 2026-07-28.
      const session = index % 8 < 4 ? await beginSession(url, key, {}) : null;
      const opened: Promise<OpenCall> = session
        ? session.call('slow', args, 0)
        : openCall(
            url,
            { Authorization: `Bearer ${key}`, Accept: 'application/json, text/event-stream' },
            {
              jsonrpc: '2.0',
              id: 0,
              method: 'tools/call',
              params: { name: 'slow', arguments: args, _meta: ENVELOPE },
            },
          );
      return { index, session, opened };
    }),
  );
  while (held.size < 200) await pause();
  const leaves = (index: number) => index % 16 < 8;
  await Promise.all(
    clients
      .filter(({ index }) => leaves(index))
      .map(async ({ session, opened }) => {
        if (session) await session.send({ method: 'notifications/cancelled', params: { requestId: 0 } });
        // The answer has begun as a stream after a second.
        else (await opened).close();
      }),
  );
  while (held.size > 200 - clients.filter(({ index }) => leaves(index)).length) await pause();
  expect([...held.keys()].sort()).toEqual(
    clients.flatMap(({ index }) => (leaves(index) ? [] : [`slow of ${index}`])).sort(),
  );
  for (const go of [...held.values()]) go();
  for (const { index, session, opened } of clients) {
    if (leaves(index) && !session) continue;
    const last = await (await opened).next();
    expect(last?.id).toBe(0);
    if (leaves(index)) expect(textOf(last)).toContain('cancelled');
    else expect(textOf(last)).toBe(`slow of ${index}`);
  }
});

it('of two sessions of one key with the same ids, cancelling ends only the own call', async () => {
  const { url, key } = callers[0]!;
  const [one, other] = await Promise.all([beginSession(url, key, {}), beginSession(url, key, {})]);
  const calls = [
    one.call('slow', { text: 'one', host: 1 }, 0),
    other.call('slow', { text: 'other', host: 2 }, 0),
  ] as const;
  while (held.size < 2) await pause();
  // A text is another id than a number.
  await one.send({ method: 'notifications/cancelled', params: { requestId: '0' } });
  await one.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await other.send({ method: 'notifications/cancelled', params: { requestId: 0 } });
  while (held.size > 1) await pause();
  expect([...held.keys()]).toEqual(['one']);
  held.get('one')!();
  expect(textOf(await (await calls[0]).next())).toBe('one');
  expect(textOf(await (await calls[1]).next())).toContain('cancelled');
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
