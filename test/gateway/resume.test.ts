import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KeptLimits } from '#lib/gateway/kept-streams.ts';
import { createGateway, type Gateway } from '#lib/gateway/serve.ts';
import { type EventReader, readEvents } from './support/events.ts';
import { type Gate, startGate } from './support/gate.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type LegacyClient } from './support/session.ts';
import { answer, ask, NO_ARGUMENTS, prompt, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

// A client of 2025 whose connection breaks in the middle of a call comes back with the id of the last event it saw.

let gate: Gate;
let server: TestServer;
let project: TestProject;

const progress = (done: number): Step => ({
  key: `told_${done}`,
  kind: 'progress',
  config: { done, total: 3 },
});
/** Waits until the test opens the gate of this name. */
const through = (key: string): Step => ({
  key,
  kind: 'http',
  config: { url: `${gate.url('')}${key}_{{ input.text }}` },
});

beforeAll(async () => {
  gate = await startGate();
  server = await startTestServer();
  project = await server.project('resumed', {
    workflows: [
      tool(
        'steps',
        TEXT_SCHEMA,
        progress(1),
        through('first'),
        progress(2),
        through('second'),
        answer('done'),
      ),
      tool(
        'greet',
        TEXT_SCHEMA,
        progress(1),
        through('first'),
        ask('who', 'name'),
        answer('{{ steps.who.name }}'),
      ),
      tool('quiet', TEXT_SCHEMA, through('first'), answer('done')),
      tool('many', NO_ARGUMENTS, answer('x')),
    ],
  });
});

afterAll(async () => {
  // Calls that are still kept end with it.
  gate.close();
  await server.close();
});

let front: Server | undefined;
let gateway: Gateway | undefined;

afterEach(async () => {
  await gateway?.close(100);
  gateway = undefined;
  front?.closeAllConnections();
  front?.close();
});

/** A gateway of its own with these limits, beside the server's. Returns the address of the project there. */
async function narrow(kept: Partial<KeptLimits>): Promise<string> {
  gateway = createGateway(server.app, { kept });
  front = createServer((request, response) => void gateway!.handle(request, response));
  await new Promise<void>((resolve) => front!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}/mcp/resumed`;
}

interface Caller extends LegacyClient {
  /** A call whose events are read one by one. */
  open(name: string, args: object, more?: { id?: number; signal?: AbortSignal }): Promise<EventReader>;
  /** Comes back. */
  resume(id: string): Promise<EventReader>;
}

async function begin({ url = project.url, protocolVersion = '2025-11-25' } = {}): Promise<Caller> {
  const client = await beginSession(url, project.key, { elicitation: {} }, { protocolVersion });
  const headers = {
    Authorization: `Bearer ${project.key}`,
    'Mcp-Session-Id': client.session,
    'MCP-Protocol-Version': protocolVersion,
  };
  return {
    ...client,
    open: (name, args, { id = 1, signal } = {}) =>
      readEvents(url, {
        ...(signal && { signal }),
        headers: {
          ...headers,
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
        },
        body: {
          jsonrpc: '2.0',
          id,
          method: 'tools/call',
          params: { name, arguments: args, _meta: { progressToken: 'p' } },
        },
      }),
    resume: (id) =>
      readEvents(url, { headers: { ...headers, Accept: 'text/event-stream', 'Last-Event-ID': id } }),
  };
}

const lastRuns = (take: number) =>
  server.app.db.prisma.run.findMany({ orderBy: { startedAt: 'desc' }, take });
const lastRun = () => server.app.db.prisma.run.findFirst({ orderBy: { startedAt: 'desc' } });

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const told = (done: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 'p', progress: done, total: 3 },
});
const DONE = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'done' }] } };

describe('a stream of a session', () => {
  it('begins with an event that says where to go on and when', async () => {
    const text = randomUUID();
    const call = await (await begin()).open('steps', { text });
    const first = (await call.next())!;
    expect(first).toEqual({ id: expect.stringMatching(/^[\w-]+\.[\w-]+\.0$/), retry: 3000, message: null });
    const second = (await call.next())!;
    expect(second.message).toEqual(told(1));
    expect(second.id).toBe(first.id!.replace(/0$/, '1'));
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    expect((await call.rest()).map(({ message }) => message)).toEqual([told(2), DONE]);
  });

  it('has ids, but no event without a message, for revisions that know none', async () => {
    const text = randomUUID();
    const call = await (await begin({ protocolVersion: '2025-06-18' })).open('steps', { text });
    expect(await call.next()).toEqual({ id: expect.stringMatching(/\.1$/), retry: null, message: told(1) });
    call.cut();
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
  });

  it('goes on where it broke, in the same run', async () => {
    const text = randomUUID();
    const client = await begin();
    const call = await client.open('steps', { text });
    await call.next();
    const { id } = (await call.next())!;
    await gate.asked(`first_${text}`);
    call.cut();
    gate.open(`first_${text}`);
    await gate.asked(`second_${text}`);
    const resumed = await client.resume(id!);
    expect(resumed.headers['content-type']).toBe('text/event-stream');
    expect(await resumed.next()).toEqual({ id, retry: 3000, message: null });
    const next = (await resumed.next())!;
    expect(next.message).toEqual(told(2));
    // And it breaks again.
    resumed.cut();
    const again = await client.resume(next.id!);
    gate.open(`second_${text}`);
    expect((await again.rest()).map(({ message }) => message)).toEqual([null, DONE]);
    expect(gate.times(`first_${text}`)).toBe(1);
  });

  it('is read again from any of its events, also when all of it was sent', async () => {
    const text = randomUUID();
    const client = await begin();
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    const call = await client.open('steps', { text });
    const all = await call.rest();
    const again = await client.resume(all[0]!.id!);
    expect(await again.rest()).toEqual(all);
  });

  it('that was read to its end is over: a client that asks for more is not to ask again', async () => {
    const text = randomUUID();
    const client = await begin();
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    const all = await (await client.open('steps', { text })).rest();
    expect((await client.resume(all.at(-1)!.id!)).status).toBe(204);
  });

  it('has one reader: the one that came last', async () => {
    const text = randomUUID();
    const client = await begin();
    const call = await client.open('steps', { text });
    await call.next();
    const { id } = (await call.next())!;
    const resumed = await client.resume(id!);
    expect(await call.rest()).toEqual([]);
    gate.open(`first_${text}`);
    gate.open(`second_${text}`);
    expect((await resumed.rest()).map(({ message }) => message)).toEqual([null, told(2), DONE]);
  });

  it('is nobody else’s', async () => {
    const text = randomUUID();
    const client = await begin();
    const call = await client.open('steps', { text });
    await call.next();
    const { id } = (await call.next())!;
    call.cut();
    const other = await begin();
    const [body, signature] = id!.split('.') as [string, string];
    const attempts = [id!, `${body}.AAAA.0`, `${body}.${signature}`, 'x', `${'y'.repeat(400)}.z.0`];
    const streams = await Promise.all(
      attempts.map((attempt) => (attempt === id ? other : client).resume(attempt)),
    );
    gate.open(`first_${text}`);
    await gate.asked(`second_${text}`);
    await project.publish(tool('published_later', NO_ARGUMENTS, answer('later')));
    // To them it is a stream of changes as any other.
    for (const stream of streams) {
      expect(await firstMessage(stream)).toMatchObject({ method: 'notifications/tools/list_changed' });
      stream.cut();
    }
    // The right one still gets it.
    const resumed = await client.resume(id!);
    gate.open(`second_${text}`);
    expect((await resumed.rest()).map(({ message }) => message)).toEqual([null, told(2), DONE]);
  });
});

describe('a stream of changes', () => {
  const listen = (client: Caller) => client.resume('');

  it('tells who comes back what changed meanwhile, and nothing else', async () => {
    const client = await begin();
    const stream = await listen(client);
    const { id, retry } = (await stream.next())!;
    expect(retry).toBe(3000);
    stream.cut();
    const same = await client.resume(id!);
    expect(await same.next()).toEqual({ id, retry: 3000, message: null });
    same.cut();
    await project.publish(tool(`meanwhile_${randomUUID().slice(0, 8)}`, NO_ARGUMENTS, answer('x')));
    const changed = await client.resume(id!);
    await changed.next();
    const told = (await changed.next())!;
    expect(told.message).toEqual({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    // It is told what comes next, and nothing twice.
    await project.publish(prompt('meanwhile', NO_ARGUMENTS, answer('x')));
    const next = (await changed.next())!;
    expect(next.message).toEqual({ jsonrpc: '2.0', method: 'notifications/prompts/list_changed' });
    changed.cut();
    const again = await client.resume(told.id!);
    await again.next();
    expect(await again.next()).toEqual(next);
    again.cut();
  });
});

async function firstMessage(reader: EventReader) {
  for (let event = await reader.next(); event; event = await reader.next()) {
    if (event.message) return event.message;
  }
  return null;
}

describe('a call whose client lost the stream', () => {
  it('is still taken back by a notification', async () => {
    const text = randomUUID();
    const client = await begin();
    const call = await client.open('steps', { text }, { id: 7 });
    await call.next();
    const { id } = (await call.next())!;
    await gate.asked(`first_${text}`);
    call.cut();
    await client.send({ method: 'notifications/cancelled', params: { requestId: 7 } });
    const resumed = await client.resume(id!);
    const events = await resumed.rest();
    expect(events.at(-1)?.message?.result?.isError).toBe(true);
    await until(async () => (await lastRun())?.status === 'cancelled');
  });

  it('is cancelled as ever when no event was sent yet', async () => {
    const text = randomUUID();
    const client = await begin();
    const gone = new AbortController();
    const call = client.open('quiet', { text }, { signal: gone.signal }).catch(() => null);
    await gate.asked(`first_${text}`);
    gone.abort();
    await call;
    await until(async () => (await lastRun())?.status === 'cancelled');
  });

  it('is asked, and answers, when it is back', async () => {
    const text = randomUUID();
    const client = await begin();
    const call = await client.open('greet', { text });
    await call.next();
    const { id } = (await call.next())!;
    await gate.asked(`first_${text}`);
    call.cut();
    gate.open(`first_${text}`);
    await until(async () => (await lastRun())?.status === 'suspended');
    const resumed = await client.resume(id!);
    await resumed.next();
    const asked = (await resumed.next())!;
    expect(asked.message?.method).toBe('elicitation/create');
    // Lost once more, between question and answer.
    resumed.cut();
    const again = await client.resume(asked.id!);
    await client.respond(asked.message!, { action: 'accept', content: { name: 'Ada' } });
    const events = await again.rest();
    expect(events.at(-1)?.message?.result?.content?.[0]?.text).toBe('Ada');
    await until(async () => (await lastRun())?.awaitedBy === null);
  });

  it('is found by the same call of a client that began anew', async () => {
    const text = randomUUID();
    gate.open(`first_${text}`);
    const client = await begin();
    const call = await client.open('greet', { text });
    for (let event = await call.next(); event?.message?.method !== 'elicitation/create'; ) {
      event = await call.next();
    }
    call.cut();
    await until(async () => (await lastRun())?.awaitedBy != null);
    const anew = await begin();
    const again = await anew.open('greet', { text });
    const asked = await firstMessage(again);
    expect(asked?.method).toBe('elicitation/create');
    await anew.respond(asked!, { action: 'accept', content: { name: 'Eve' } });
    expect((await again.rest()).at(-1)?.message?.result?.content?.[0]?.text).toBe('Eve');
    expect(gate.times(`first_${text}`)).toBe(1);
    await until(async () => (await lastRun())?.awaitedBy === null);
  });
});

describe('what is kept', () => {
  const lose = async (client: Caller, text: string) => {
    const call = await client.open('steps', { text });
    await call.next();
    const { id } = (await call.next())!;
    await gate.asked(`first_${text}`);
    call.cut();
    return id!;
  };
  const lost = {
    jsonrpc: '2.0',
    id: 1,
    error: { code: -32000, message: expect.stringContaining('Send the request again') },
  };

  it('is kept for a while: then the call is cancelled, and who comes back is told', async () => {
    const text = randomUUID();
    const client = await begin({ url: await narrow({ awayMs: 0, sweepMs: 20 }) });
    const id = await lose(client, text);
    await until(async () => (await lastRun())?.status === 'cancelled');
    const events = await (await client.resume(id)).rest();
    expect(events.map(({ message }) => message)).toEqual([null, lost]);
    // Some clients come back even after an error.
    expect((await client.resume(events.at(-1)!.id!)).status).toBe(204);
  });

  it('of one key has a limit: the oldest is given up', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const client = await begin({ url: await narrow({ perCaller: 1 }) });
    const first = await lose(client, one);
    const second = await lose(client, two);
    await until(async () => (await lastRuns(2)).some(({ status }) => status === 'cancelled'));
    expect((await (await client.resume(first)).rest()).at(-1)?.message).toEqual(lost);
    const resumed = await client.resume(second);
    gate.open(`first_${two}`);
    gate.open(`second_${two}`);
    expect((await resumed.rest()).at(-1)?.message).toEqual(DONE);
  });

  it('has a limit in all: what is large is given up', async () => {
    const text = randomUUID();
    const client = await begin({ url: await narrow({ length: 10 }) });
    const id = await lose(client, text);
    await until(async () => (await lastRun())?.status === 'cancelled');
    expect((await (await client.resume(id)).rest()).at(-1)?.message).toEqual(lost);
  });
});
