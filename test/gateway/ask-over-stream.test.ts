import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '#lib/gateway/serve.ts';
import { questionLink } from '#lib/operations/question-link.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { beginSession, type LegacyClient, type Message } from './support/session.ts';
import { legacy } from './support/wire.ts';
import { answer, ask, echo, graph, NO_ARGUMENTS, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

// How a run that waits is gone on with in 2025: real requests to the client on the stream of its call, whose answers
// come with requests of their own.

const FORMS = { elicitation: {} };
const ALL = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

const model: Step = {
  key: 'capital',
  kind: 'ask-model',
  config: { messages: [{ role: 'user', text: 'What is the capital of France?' }], maxTokens: 100 },
};

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('talks', {
    workflows: [
      tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!')),
      echo,
      tool('linger', NO_ARGUMENTS, ask('who', 'name'), answer('never')),
      tool('greet_back', TEXT_SCHEMA, ask('who', 'name'), answer('{{ input.text }} {{ steps.who.name }}')),
      tool(
        'reports',
        NO_ARGUMENTS,
        { key: 'begun', kind: 'progress', config: { done: 1, total: 3 } },
        ask('who', 'name'),
        { key: 'going', kind: 'progress', config: { done: 2, total: 3 } },
        answer('{{ steps.who.name }}'),
      ),
      graph(
        'ask_all',
        NO_ARGUMENTS,
        [
          ask('who', 'name'),
          model,
          { key: 'folders', kind: 'roots', config: {} },
          answer('{{ steps.who.name }}, {{ steps.capital.text }}, {{ steps.folders.roots.length }}'),
        ],
        ['who', 'capital', 'folders'].flatMap((key) => [`arguments -> ${key}`, `${key} -> answer`]),
      ),
      tool('think', NO_ARGUMENTS, model, answer('{{ steps.capital.text }}')),
      graph(
        'pay',
        TEXT_SCHEMA,
        [
          { key: 'consent', kind: 'approve', config: { message: 'Pay {{ input.text }}?', by: 'caller' } },
          answer('Paid {{ input.text }}.'),
        ],
        ['arguments -> consent', 'consent:approved -> answer'],
      ),
      graph(
        'pay_team',
        TEXT_SCHEMA,
        [
          { key: 'consent', kind: 'approve', config: { message: 'Pay {{ input.text }}?', by: 'team' } },
          answer('Paid.'),
        ],
        ['arguments -> consent', 'consent:approved -> answer'],
      ),
      tool(
        'much_later',
        NO_ARGUMENTS,
        { key: 'pause', kind: 'wait', config: { mode: 'for', amount: 2, unit: 'hours' } },
        answer('late'),
      ),
      tool('structured', NO_ARGUMENTS, ask('who', 'name'), {
        key: 'answer',
        kind: 'output',
        config: {
          parts: [],
          structured: {
            value: { name: '{{ steps.who.name }}' },
            schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
          },
        },
      }),
      tool(
        'brief',
        NO_ARGUMENTS,
        {
          key: 'who',
          kind: 'ask-user',
          config: {
            message: 'Quick!',
            mode: 'fields',
            fields: [{ name: 'name', type: 'text' }],
            expiresInMinutes: 1,
          },
        },
        answer('never'),
      ),
    ],
  });
});

afterAll(() => server.close());

const begin = (capabilities: object = FORMS): Promise<LegacyClient> =>
  beginSession(project.url, project.key, capabilities as never);

const textOf = (message: Message | null) => message?.result?.content?.[0]?.text;
const accept = (content: object) => ({ action: 'accept', content }) as never;
const runs = () => server.app.db.prisma.run;
const lastRun = (workflowName: string) =>
  runs().findFirst({ where: { workflowName }, orderBy: { startedAt: 'desc' } });

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await met())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a question to the user', () => {
  it('is a request on the stream of the call, and its answer a request of its own', async () => {
    const client = await begin();
    const call = await client.call('greet');
    const asked = await call.next();
    expect(asked).toMatchObject({
      id: expect.any(String),
      method: 'elicitation/create',
      params: { message: 'What is the name?', requestedSchema: { required: ['name'] } },
    });
    expect((await client.respond(asked!, accept({ name: 'Ada' }))).status).toBe(202);
    expect(textOf(await call.next())).toBe('Hello, Ada!');
    expect(await call.next()).toBeNull();
  });

  it('whose answer does not fit is asked again, under another id', async () => {
    const client = await begin();
    const call = await client.call('greet');
    const first = await call.next();
    expect((await client.respond(first!, accept({ town: 'Ulm' }))).status).toBe(400);
    const second = await call.next();
    expect(second?.id).not.toBe(first?.id);
    expect(second?.params?.['message']).toContain('/name is missing');
    await client.respond(second!, accept({ name: 'Ada' }));
    expect(textOf(await call.next())).toBe('Hello, Ada!');
  });

  it('whose answers never fit goes to a page in the end', async () => {
    const client = await begin();
    const call = await client.call('greet');
    let message = await call.next();
    for (let times = 0; times < 10 && message?.method; times += 1) {
      await client.respond(message, accept({ town: 'Ulm' }));
      message = await call.next();
      while (message?.method === 'notifications/cancelled') message = await call.next();
    }
    expect(textOf(message)).toContain('/answer/');
    await client.call('greet').then(finish(client));
  });

  it('that is declined fails the step', async () => {
    const client = await begin();
    for (const given of [
      { result: { action: 'decline' } },
      { error: { code: -1, message: 'User rejected the request' } },
    ]) {
      const call = await client.call('greet');
      await client.send({ id: (await call.next())!.id, ...given });
      const last = await call.next();
      expect(last?.result?.isError).toBe(true);
      expect(textOf(last)).toContain('The user declined to answer.');
    }
  });

  it('that the client cannot show after all goes to a page', async () => {
    const client = await begin();
    const call = await client.call('greet');
    await client.send({ id: (await call.next())!.id, error: { code: -32_601, message: 'Method not found' } });
    const texts = textOf(await last(call));
    expect(texts).toContain('/answer/');
    await client.call('greet').then(finish(client));
  });
});

describe('questions of every kind', () => {
  it('come at once and are answered in any order', async () => {
    const client = await begin(ALL);
    const call = await client.call('ask_all');
    const asked = [await call.next(), await call.next(), await call.next()];
    const by = (method: string) => asked.find((one) => one?.method === method)!;
    await client.respond(by('roots/list'), { roots: [{ uri: 'file:///a' }] });
    const message = { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' };
    await client.respond(by('sampling/createMessage'), message);
    await client.respond(by('elicitation/create'), accept({ name: 'Ada' }));
    expect(textOf(await call.next())).toBe('Ada, Paris, 1');
  });

  it('for the model may be refused, which the step is told', async () => {
    const client = await begin(ALL);
    const call = await client.call('think');
    const asked = await call.next();
    await client.send({ id: asked!.id, error: { code: -1, message: 'User rejected sampling request' } });
    const refused = await call.next();
    expect(refused?.result?.isError).toBe(true);
    expect(textOf(refused)).toContain('User rejected sampling request');
  });

  it('need a client that can answer them', async () => {
    const client = await begin(FORMS);
    const call = await client.call('think');
    const refused = await call.next();
    expect(refused?.result?.isError).toBe(true);
    expect(textOf(refused)).toContain('sampling');
  });
});

describe('a question that is answered elsewhere', () => {
  it('is taken back from the client, which gets the result', async () => {
    const client = await begin();
    const call = await client.call('greet');
    const asked = await call.next();
    const { id: runId, state } = (await lastRun('greet'))!;
    const { expiresAt } = JSON.parse(state!).waiting[0].question;
    const link = questionLink(server.app, { runId, key: 'who', expiresAt });
    const posted = await fetch(`${server.url}/api/v1/answers/${link.split('/').at(-1)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: server.app.env.publicUrl },
      body: JSON.stringify({ answer: accept({ name: 'Grace' }) }),
    });
    expect(posted.status).toBe(204);
    expect(await call.next()).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: asked?.id },
    });
    expect(textOf(await call.next())).toBe('Hello, Grace!');
  });
});

describe('what nobody at the client can answer', () => {
  it('is the team’s consent: the text leads to its page', async () => {
    const client = await begin(ALL);
    const text = textOf(await (await client.call('pay_team', { text: '50 €' })).next());
    expect(text).toContain('The team has to consent: "Pay 50 €?"');
    expect(text).toContain(`${server.app.env.publicUrl}/projects/talks/approvals`);
    expect(text).not.toContain('/answer/');
  });

  it('is time: the text says when', async () => {
    const client = await begin(ALL);
    const text = textOf(await (await client.call('much_later')).next());
    expect(text).toMatch(/It goes on by itself at 2\d{3}-/);
    expect(text).toContain('call much_later again');
  });
});

describe('consent of the caller', () => {
  it('is recorded with the client’s name', async () => {
    const client = await begin();
    const call = await client.call('pay', { text: '40 €' });
    await client.respond((await call.next())!, accept({ approved: true }));
    expect(textOf(await call.next())).toBe('Paid 40 €.');
    const record = await server.app.db.prisma.approval.findFirst({ orderBy: { requestedAt: 'desc' } });
    expect(record).toMatchObject({ status: 'approved', decidedByName: 'Tester 3' });
  });
});

describe('an answer', () => {
  it('of another session, another key or nobody is dropped', async () => {
    const client = await begin();
    const other = await begin();
    const second = await project.newKey();
    const stranger = await beginSession(project.url, second.key, FORMS);
    const call = await client.call('greet');
    const asked = (await call.next())!;
    for (const from of [other, stranger]) {
      expect((await from.respond(asked, accept({ name: 'Eve' }))).status).toBe(202);
    }
    const bare = { jsonrpc: '2.0', id: asked.id, result: accept({ name: 'Eve' }) };
    expect((await legacy(project.url, project.key, bare)).status).toBe(202);
    expect((await client.send({ id: '0', result: accept({ name: 'Eve' }) })).status).toBe(202);
    await client.respond(asked, accept({ name: 'Ada' }));
    expect(textOf(await call.next())).toBe('Hello, Ada!');
    // Too late, and twice.
    expect((await client.respond(asked, accept({ name: 'Eve' }))).status).toBe(202);
  });

  it('is taken by a server that stops, too', async () => {
    const gateway = createGateway(server.app);
    const front = createServer((request, response) => void gateway.handle(request, response));
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}/mcp/talks`;
    const client = await beginSession(url, project.key, FORMS);
    const first = await client.call('greet_back', { text: 'Still' });
    const question = (await first.next())!;
    const closed = gateway.close();
    expect((await first.next())!.method).toBe('notifications/cancelled');
    expect(textOf((await first.next())!)).toContain('call greet_back again');
    await closed;
    expect((await client.respond(question, accept({ name: 'Ada' }))).status).toBe(202);
    const again = { name: 'greet_back', arguments: { text: 'Still' } };
    expect((await client.send({ id: 2, method: 'tools/call', params: again })).status).toBe(503);
    const { json } = await client.send({ id: 2, method: 'tools/call', params: again }, project.url);
    expect(json.result?.content).toEqual([{ type: 'text', text: 'Still Ada' }]);
    front.close();
    front.closeAllConnections();
  });

  it('is taken although the database does not answer for a moment', async () => {
    const client = await begin();
    const call = await client.call('greet_back', { text: 'Later' });
    const question = (await call.next())!;
    await server.app.db.prisma.$queryRawUnsafe('PRAGMA busy_timeout = 50');
    const other = new BetterSqlite3(join(server.app.env.dataDir, 'patchbay.db'));
    other.exec('BEGIN IMMEDIATE');
    const responded = client.respond(question, accept({ name: 'Ada' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    other.exec('ROLLBACK');
    other.close();
    expect((await responded).status).toBe(202);
    expect(textOf(await call.next())).toBe('Later Ada');
    await server.app.db.prisma.$queryRawUnsafe('PRAGMA busy_timeout = 5000');
  });

  it('finds its call among fifty clients that all count from 0', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, () => begin()));
    const calls = await Promise.all(
      clients.map((client, index) => client.call('greet_back', { text: `No. ${index}` }, 0)),
    );
    const asked = await Promise.all(calls.map((call) => call.next()));
    await Promise.all(
      clients.map((client, index) => client.respond(asked[index]!, accept({ name: `Ada ${index}` }))),
    );
    const answers = await Promise.all(calls.map((call) => call.next()));
    expect(answers.map(textOf)).toEqual(clients.map((_, index) => `No. ${index} Ada ${index}`));
    expect(answers.every((one) => one?.id === 0)).toBe(true);
  });
});

describe('a call that waits', () => {
  it('holds no place among those that run', async () => {
    const clients = await Promise.all(Array.from({ length: 70 }, () => begin()));
    // A key may have 64 calls running.
    const calls = await Promise.all(clients.map((client) => client.call('linger')));
    const asked = await Promise.all(calls.map((call) => call.next()));
    expect(asked.every((one) => one?.method === 'elicitation/create')).toBe(true);
    expect((await legacy(project.url, project.key, callOf('echo', 'x'))).json.result?.content[0]?.text).toBe(
      'x',
    );
    for (const call of calls) call.close();
  });

  it('goes on telling its progress', async () => {
    const client = await begin();
    const params = { name: 'reports', arguments: {}, _meta: { progressToken: 'p' } };
    const { openCall } = await import('./support/session.ts');
    const call = await openCall(
      project.url,
      {
        Accept: 'application/json, text/event-stream',
        Authorization: `Bearer ${project.key}`,
        'Mcp-Session-Id': client.session,
      },
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    );
    expect((await call.next())?.params).toEqual({ progressToken: 'p', progress: 1, total: 3 });
    await client.respond((await call.next())!, accept({ name: 'Ada' }));
    expect((await call.next())?.params).toEqual({ progressToken: 'p', progress: 2, total: 3 });
    expect(textOf(await call.next())).toBe('Ada');
  });

  it('ends with its run when the client takes it back', async () => {
    const client = await begin();
    const call = await client.call('greet', {}, 7);
    await call.next();
    await client.send({ method: 'notifications/cancelled', params: { requestId: 7 } });
    expect((await last(call))?.result?.isError).toBe(true);
    await until(async () => (await lastRun('greet'))?.status === 'cancelled');
  });

  it('leaves its run behind when the client goes away, and the same call finds it', async () => {
    const client = await begin();
    const call = await client.call('greet_back', { text: 'left' });
    await call.next();
    call.close();
    await until(async () => (await lastRun('greet_back'))?.awaitedBy !== null);
    const { id } = (await lastRun('greet_back'))!;
    const back = await (await begin()).call('greet_back', { text: 'left' });
    const again = (await back.next())!;
    expect(again.method).toBe('elicitation/create');
    back.close();
    const third = await begin();
    const call3 = await third.call('greet_back', { text: 'left' });
    await third.respond((await call3.next())!, accept({ name: 'Ada' }));
    expect(textOf(await call3.next())).toBe('left Ada');
    expect(await lastRun('greet_back')).toMatchObject({ id, status: 'succeeded', awaitedBy: null });
  });

  it('is told that nobody answered in time', async () => {
    const client = await begin();
    const call = await client.call('brief');
    await call.next();
    const { id, state } = (await lastRun('brief'))!;
    // A minute is long for a test: the question is made to end now.
    const sooner = JSON.stringify(
      JSON.parse(state!, (name, value) => (name === 'expiresAt' ? Date.now() - 1 : value)),
    );
    await runs().update({ where: { id }, data: { state: sooner, expiresAt: new Date() } });
    server.app.events.publish('run.answered', { runId: id });
    const told = await last(call);
    expect(told?.result?.isError).toBe(true);
    expect(textOf(told)).toContain('Nobody answered the question in time');
  });
});

describe('a client that cannot be asked', () => {
  it('gets links: without a session, without a stream, without the capability', async () => {
    const without = [
      await legacy(project.url, project.key, callOf('greet_back', 'a')),
      await legacy(project.url, project.key, callOf('greet_back', 'b'), {
        Accept: 'application/json',
        'Mcp-Session-Id': (await begin()).session,
      }),
      await legacy(project.url, project.key, callOf('greet_back', 'c'), {
        'Mcp-Session-Id': (await begin({})).session,
      }),
    ];
    for (const { json } of without) {
      expect(json.result?.isError).toBeUndefined();
      expect(json.result?.content[0]?.text).toContain('/answer/');
    }
  });

  it('is told so as an error where it was promised data', async () => {
    const { json } = await legacy(project.url, project.key, {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'structured' },
    });
    expect(json.result?.isError).toBe(true);
    expect(json.result?.content[0]?.text).toContain('/answer/');
  });
});

const callOf = (name: string, text: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: { text } },
});

/** The answer to the call, after whatever else is said. */
async function last(call: { next(): Promise<Message | null> }): Promise<Message | null> {
  for (;;) {
    const message = await call.next();
    if (!message || message.result || message.error) return message;
  }
}

/** Answers the question of a run that was left behind, so that the next test begins anew. */
const finish = (client: LegacyClient) => async (call: { next(): Promise<Message | null> }) => {
  await client.respond((await call.next())!, accept({ name: 'Ada' }));
  expect(textOf(await last(call))).toBe('Hello, Ada!');
};
