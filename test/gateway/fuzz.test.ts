import { isUtf8 } from 'node:buffer';
import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { type FuzzWorld, startFuzzWorld } from './support/fuzz-world.ts';
import { type OddMessage, oddMessage } from './support/odd-messages.ts';
import { GOOD_ID, GOOD_TEXT, oddRequest } from './support/odd-requests.ts';
import { messagesOf, type RawAnswer, talk } from './support/raw.ts';
import { beginSession, openCall } from './support/session.ts';
import { SsePeer } from './support/sse.ts';
import { call, ENVELOPE, envelope, modern, send } from './support/wire.ts';

// What strangers may send. `FUZZ_SEED=7 FUZZ_RUNS=20000 npx vitest run test/gateway/fuzz.test.ts` searches elsewhere, and
// for longer; a failure names the seed and the shortest message that shows it.
const seed = Number(process.env['FUZZ_SEED'] ?? 20260728);
const runs = Number(process.env['FUZZ_RUNS'] ?? 400);
const timeout = 60_000 + runs * 100;

/** Each of them says what is wrong with the request; what a server says of itself is none of them. */
const REFUSALS = [400, 401, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 426, 429, 431];

describe.each(DATABASES)('messages of strangers, on $name', ({ create }) => {
  let database: EmptyDatabase;
  let world: FuzzWorld;
  let session: string;

  beforeAll(async () => {
    database = await create();
    world = await startFuzzWorld({
      DATABASE_URL: database.url,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    session = (await beginSession(world.project.url, world.project.key, { elicitation: {} })).session;
  });

  afterAll(async () => {
    await world?.close();
    await database?.remove();
  });

  it('with texts that no database keeps, or that are too long to be told of', async () => {
    const { url, key } = world.project;
    const client = await beginSession(url, key, {});
    const odd = ['a\u0000b', '\ud800', 'x'.repeat(9000), '%00', '\u0007'.repeat(1500), '€'.repeat(1500)];
    for (const text of odd) {
      for (const uri of [`knowledge://House/${text}`, `knowledge://${text}/x`, `orders://${text}`, text]) {
        for (const method of ['resources/read', 'resources/subscribe', 'resources/unsubscribe']) {
          const { status, json } = await client.send({ id: 3, method, params: { uri } });
          expect([status, json.id, json.error?.code ?? -32_002], `${method} ${uri}`).toEqual([
            200, 3, -32_002,
          ]);
        }
        const params = { notifications: { resourceSubscriptions: [uri] }, _meta: ENVELOPE };
        const headers = { Authorization: `Bearer ${key}` };
        const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params };
        const listening = await openCall(url, headers, listen);
        expect((await listening.next())?.method).toBe('notifications/subscriptions/acknowledged');
        listening.close();
      }
      for (const [method, params] of [
        ['tasks/get', { taskId: text }],
        ['tasks/cancel', { taskId: text }],
        ['tools/call', { name: text }],
        ['prompts/get', { name: text }],
      ] as const) {
        const _meta = envelope({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
        const headers = { 'MCP-Protocol-Version': undefined, 'Mcp-Method': undefined, 'Mcp-Name': undefined };
        const message = { method, params: { ...params, _meta } };
        const { status, json } = await modern(url, key, message, headers);
        expect([status, json.error?.code], `${method} ${text}`).toEqual([200, -32_602]);
      }
      for (const name of ['typed', 'as_task', 'echo']) {
        const params = { name, arguments: { count: 1, any: text, text } };
        const { status, json } = await client.send({ id: 4, method: 'tools/call', params });
        expect([status, json.id, json.error], name).toEqual([200, 4, undefined]);
      }
    }
    await checkWorld(world);
  });

  it('in the frames of a WebSocket', { timeout }, async () => {
    const { url, key } = world.project;
    await fc.assert(
      fc.asyncProperty(oddMessage(session), async (message) => {
        // A frame of text that is none ends the connection: see below.
        if (!isUtf8(message.body)) return;
        const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mcp', {
          headers: { Authorization: `Bearer ${key}` },
        });
        const said: Said[] = [];
        const wake = new EventEmitter();
        socket.on('message', (data) => {
          said.push(JSON.parse(String(data)));
          wake.emit('said');
        });
        await once(socket, 'open');
        socket.send(message.body, { binary: false });
        socket.send(JSON.stringify(SYNC));
        while (!isSettled(said, message)) await once(wake, 'said', { signal: AbortSignal.timeout(10_000) });
        socket.terminate();
        checkSaid(said, message);
        await checkWorld(world);
      }),
      { seed, numRuns: runs },
    );
  });

  it('posted to an event stream of 2024-11-05', { timeout }, async () => {
    const { url, key } = world.project;
    await fc.assert(
      fc.asyncProperty(oddMessage(session), async (message) => {
        const peer = await SsePeer.open(url, key);
        const taken = await send(peer.endpoint, {
          headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
          body: message.body,
        });
        expect([202, 400, 413], taken.text).toContain(taken.status);
        if (taken.status === 202) expect(taken.text).toBe('');
        else checkRpc(taken.json, idOf(message.json));
        await peer.post(SYNC);
        const said: Said[] = [];
        while (!isSettled(said, message) && !(taken.status !== 202 && said.length > 0)) {
          const next = await peer.next();
          expect(next, 'the stream ended').not.toBeNull();
          said.push(next as Said);
        }
        peer.close();
        checkSaid(said, message);
        await checkWorld(world);
      }),
      { seed, numRuns: runs },
    );
  });

  it('over HTTP', { timeout }, async () => {
    const { project } = world;
    await fc.assert(
      fc.asyncProperty(oddMessage(session), async (message) => {
        const { answers } = await talk(project.url, [httpOf(project, message)], { until: isAnswered });
        expect(answers).toHaveLength(1);
        checkAnswer(answers[0]!, message);
        await checkWorld(world);
      }),
      { seed, numRuns: runs },
    );
  });
});

describe('requests of strangers', () => {
  let world: FuzzWorld;

  beforeAll(async () => {
    world = await startFuzzWorld();
  });

  afterAll(() => world?.close());

  it('of any form', { timeout }, async () => {
    const { project } = world;
    let good = 0;
    await fc.assert(
      fc.asyncProperty(oddRequest(project.key), async ({ pieces, target }) => {
        const { answers } = await talk(project.url, pieces, { until: isComplete, halfCloseAfterMs: 50 });
        for (const answer of answers) {
          // One that is incomplete, or that was taken for an open stream, was ended by this side.
          expect([200, 202, ...REFUSALS, 421, 426], `${answer.status} ${answer.body}`).toContain(
            answer.status,
          );
          if (!answer.whole || !target.startsWith('/mcp/')) continue;
          const [message] = answer.headers['content-type'] === 'application/json' ? messagesOf(answer) : [];
          if (message === undefined) continue;
          checkRpc(message, GOOD_ID);
          const { result } = message as { result?: { content?: { text: string }[] } };
          if (!result?.content) continue;
          expect(result.content[0]?.text).toBe(GOOD_TEXT);
          good += 1;
        }
        await checkWorld(world);
      }),
      { seed, numRuns: runs },
    );
    // Else this would be a test of how requests are refused.
    expect(good).toBeGreaterThan(runs / 20);
  });
});

/** As many answers as there can be, or a stream that stays open. */
function isComplete(answers: RawAnswer[]): boolean {
  const last = answers.at(-1);
  if (!last) return false;
  if (last.headers['content-type'] === 'text/event-stream') return true;
  return last.whole && last.status >= 200;
}

function httpOf({ slug, key }: FuzzWorld['project'], { headers, body }: OddMessage): Buffer {
  const lines = [
    `POST /mcp/${slug} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** Whole, or a stream that goes on until its client does something. */
function isAnswered([answer]: RawAnswer[]): boolean {
  if (!answer) return false;
  if (answer.whole) return true;
  if (answer.headers['content-type'] !== 'text/event-stream') return false;
  return messagesOf(answer).some((one) => {
    const { id, method } = one as { id?: unknown; method?: string };
    return (
      method === 'notifications/subscriptions/acknowledged' || (method !== undefined && id !== undefined)
    );
  });
}

/** One answer to one message: refused, or a JSON-RPC answer under the id that was sent. */
function checkAnswer(answer: RawAnswer, { json }: OddMessage): void {
  const { status, body } = answer;
  expect([200, 202, ...REFUSALS], body).toContain(status);
  if (status === 202) expect(body).toBe('');
  if (status === 202 || !answer.whole) return;
  const messages = messagesOf(answer).filter((one) => Array.isArray(one) || !('method' in (one as object)));
  expect(messages, body).toHaveLength(1);
  const [given] = messages;
  if (Array.isArray(given)) {
    for (const one of given) checkRpc(one, idOf(json && (json as unknown[])[0]));
  } else checkRpc(given, idOf(json));
}

function checkRpc(given: unknown, id: string | number | undefined): void {
  const { jsonrpc, result, error, ...rest } = given as Record<string, unknown>;
  expect(jsonrpc).toBe('2.0');
  expect(Object.keys(rest).filter((name) => name !== 'id')).toEqual([]);
  if (error === undefined) {
    expect(result).toBeTypeOf('object');
    expect(rest['id']).toBe(id);
    return;
  }
  expect(result).toBeUndefined();
  const { code, message } = error as { code: unknown; message: string };
  expect(code).toSatisfy(Number.isInteger);
  expect(message).not.toMatch(/node_modules|\.ts:\d|prisma|SELECT |went wrong/i);
  // What was not read, being too deep or too large, has none; see `answeredId` for the two forms of that.
  expect([id, null, undefined]).toContain(rest['id']);
}

/** The id of a message, where one can be made out. */
function idOf(json: unknown): string | number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { id } = json as { id?: unknown };
  if (id === 0) return 0; // `-0` too
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as string | number) : undefined;
}

/** What a server says on a connection. */
interface Said {
  id?: unknown;
  method?: string;
}

/** Follows each message on a connection: its answer says that the connection is still in order. */
const SYNC = { jsonrpc: '2.0', id: 'sync', method: 'ping' };

function isAnswer(one: Said): boolean {
  return Array.isArray(one) || (one.method === undefined && one.id !== SYNC.id);
}

/** The ping is answered; so is the message, if it is one that has an answer, or its client is asked something first. */
function isSettled(said: readonly Said[], { json }: OddMessage): boolean {
  if (!said.some(({ id, method }) => id === SYNC.id && method === undefined)) return false;
  const open = ({ id, method }: Said) =>
    method === 'notifications/subscriptions/acknowledged' || (method !== undefined && id !== undefined);
  return said.some((one) => isAnswer(one) || open(one)) || hasNoAnswer(json);
}

/** Notifications and answers have none; nor has a batch of them. */
function hasNoAnswer(json: unknown): boolean {
  if (Array.isArray(json)) return json.every(hasNoAnswer);
  if (typeof json !== 'object' || json === null) return false;
  return !('id' in json) || !('method' in json);
}

function checkSaid(said: readonly Said[], { json }: OddMessage): void {
  const answers = said.filter(isAnswer);
  expect(answers.length).toBeLessThanOrEqual(1);
  const [given] = answers;
  if (Array.isArray(given)) for (const one of given) checkRpc(one, idOf((json as unknown[])[0]));
  else if (given) checkRpc(given, idOf(json));
}

let checks = 0;

/** Nothing has been broken: no outcry, no changed prototype, and a good call is answered. */
async function checkWorld({ outcries, project }: FuzzWorld): Promise<void> {
  expect(outcries.splice(0)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  checks += 1;
  if (checks % 20 > 0) return;
  const text = `still here ${checks}`;
  const { status, json } = await call(project.url, project.key, 'echo', { text });
  expect([status, json.result?.content[0]?.text]).toEqual([200, text]);
}
