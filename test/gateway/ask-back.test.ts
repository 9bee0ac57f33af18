import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '#lib/operations/decide-approval.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { type Answer, envelope, modern } from './support/wire.ts';
import { answer, ask, graph, NO_ARGUMENTS, type Step, TEXT_SCHEMA, tool } from './support/workflows.ts';

// How a run that waits is gone on with in 2026-07-28: the result asks back, the call is made again with the answers.

const ALL = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
const FORMS = { elicitation: {} };

const consent = (by: 'caller' | 'team'): Step => ({
  key: 'consent',
  kind: 'approve',
  config: { message: 'Pay {{ input.text }}?', details: { amount: '{{ input.text }}' }, by },
});
const paying = (name: string, by: 'caller' | 'team') =>
  graph(
    name,
    TEXT_SCHEMA,
    [consent(by), answer('Paid {{ input.text }}.')],
    ['arguments -> consent', 'consent:approved -> answer'],
  );
const note = (key: string, level: string, text: string): Step => ({
  key,
  kind: 'log',
  config: { level, text },
});
const model: Step = {
  key: 'capital',
  kind: 'ask-model',
  config: { messages: [{ role: 'user', text: 'What is the capital of France?' }], maxTokens: 100 },
};
const roots: Step = { key: 'folders', kind: 'roots', config: {} };

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  project = await server.project('asks', {
    workflows: [
      tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}!')),
      tool(
        'greet_twice',
        TEXT_SCHEMA,
        ask('who', 'name'),
        ask('where', 'city', 'Where is {{ steps.who.name }}?'),
        answer('{{ input.text }}: {{ steps.who.name }} in {{ steps.where.city }}'),
      ),
      graph(
        'ask_all',
        NO_ARGUMENTS,
        [
          ask('who', 'name'),
          ask('where', 'city'),
          model,
          roots,
          answer(
            '{{ steps.who.name }}, {{ steps.where.city }}, {{ steps.capital.text }}, {{ steps.folders.roots[0].uri }}',
          ),
        ],
        ['who', 'where', 'capital', 'folders'].flatMap((key) => [`arguments -> ${key}`, `${key} -> answer`]),
      ),
      paying('pay', 'caller'),
      paying('pay_team', 'team'),
      tool(
        'noted',
        NO_ARGUMENTS,
        note('before', 'warn', 'about to ask'),
        { key: 'code', kind: 'javascript', config: { code: "console.error('for the author'); return 1;" } },
        ask('who', 'name'),
        note('hush', 'debug', 'a detail'),
        note('after', 'info', '{{ steps.who.name }} it is'),
        answer('noted'),
      ),
      tool(
        'sign',
        NO_ARGUMENTS,
        {
          key: 'page',
          kind: 'ask-user',
          config: { message: 'Sign.', mode: 'url', url: 'https://sign.example/7' },
        },
        answer('signed'),
      ),
      tool(
        'counted',
        NO_ARGUMENTS,
        {
          key: 'count',
          kind: 'store',
          config: { action: { type: 'increment', key: 'runs', by: 1 } },
        },
        ask('who', 'name'),
        answer('{{ steps.count }} {{ steps.who.name }}'),
      ),
    ],
  });
});

afterAll(() => server.close());

interface Asked {
  resultType: string;
  inputRequests: Record<string, { method: string; params: JsonObject }>;
  requestState: string;
  content: { text: string }[];
  isError?: boolean;
}

const resultOf = (given: Answer) => given.json.result as unknown as Asked;

/** A call, from a client with these capabilities; `more` are members beside name and arguments. */
const call = (
  name: string,
  { args = {}, able = ALL, key = project.key, ...more }: CallOptions = {},
): Promise<Answer> =>
  modern(project.url, key, {
    method: 'tools/call',
    params: { name, arguments: args, _meta: envelope(able), ...more },
  });

interface CallOptions {
  args?: JsonObject;
  able?: JsonObject;
  key?: string;
  inputResponses?: unknown;
  requestState?: unknown;
}

const accept = (content: JsonObject) => ({ action: 'accept', content });

describe('a question to the user', () => {
  it('comes back as a form, and its answer with the call', async () => {
    const asked = resultOf(await call('greet'));
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        who: {
          method: 'elicitation/create',
          params: {
            mode: 'form',
            message: 'What is the name?',
            requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
          },
        },
      },
    });
    const { requestState } = asked;
    const inputResponses = { who: accept({ name: 'Ada' }) };
    const { json } = await call('greet', { requestState, inputResponses });
    expect(json.result).toMatchObject({ resultType: 'complete', content: [{ text: 'Hello, Ada!' }] });
  });

  it('may be followed by another, with another state', async () => {
    const args = { text: 'Note' };
    const first = resultOf(await call('greet_twice', { args }));
    const second = resultOf(
      await call('greet_twice', {
        args,
        requestState: first.requestState,
        inputResponses: { who: accept({ name: 'Ada' }) },
      }),
    );
    expect(second.inputRequests['where']?.params['message']).toBe('Where is Ada?');
    expect(second.requestState).not.toBe(first.requestState);
    const last = await call('greet_twice', {
      args,
      requestState: second.requestState,
      inputResponses: { where: accept({ city: 'Ulm' }) },
    });
    expect(resultOf(last).content[0]?.text).toBe('Note: Ada in Ulm');
  });

  it('is a page, where the node asks by one', async () => {
    const { inputRequests, requestState } = resultOf(await call('sign'));
    expect(inputRequests['page']?.params).toEqual({
      mode: 'url',
      message: 'Sign.',
      url: 'https://sign.example/7',
    });
    const done = await call('sign', { requestState, inputResponses: { page: { action: 'accept' } } });
    expect(resultOf(done).content[0]?.text).toBe('signed');
  });

  it('that is declined fails the step, in words', async () => {
    const { requestState } = resultOf(await call('greet'));
    const done = await call('greet', { requestState, inputResponses: { who: { action: 'decline' } } });
    expect(resultOf(done).isError).toBe(true);
    expect(resultOf(done).content[0]?.text).toContain('The user declined to answer.');
  });
});

describe('several questions', () => {
  it('come together, of every kind, and what is missing or does not fit is asked again', async () => {
    const first = resultOf(await call('ask_all'));
    expect(Object.entries(first.inputRequests).map(([key, { method }]) => [key, method])).toEqual([
      ['who', 'elicitation/create'],
      ['where', 'elicitation/create'],
      ['capital', 'sampling/createMessage'],
      ['folders', 'roots/list'],
    ]);
    expect(first.inputRequests['capital']?.params).toMatchObject({ maxTokens: 100 });
    const second = resultOf(
      await call('ask_all', {
        requestState: first.requestState,
        inputResponses: {
          who: accept({ name: 'Ada' }),
          where: accept({ town: 'Ulm' }),
          folders: { roots: [{ uri: 'file:///a' }] },
          nobody_asked: accept({}),
        },
      }),
    );
    expect(Object.keys(second.inputRequests)).toEqual(['where', 'capital']);
    expect(second.inputRequests['where']?.params['message']).toContain('/city is missing');
    const message = { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' };
    const last = await call('ask_all', {
      requestState: second.requestState,
      inputResponses: { where: accept({ city: 'Ulm' }), capital: message },
    });
    expect(resultOf(last).content[0]?.text).toBe('Ada, Ulm, Paris, file:///a');
  });

  it.each([null, undefined, 'Ada', { other: accept({ name: 'Ada' }) }, { who: 12_345 }, { who: null }])(
    'are asked again, without an error, when the answer is %j',
    async (inputResponses) => {
      const { requestState } = resultOf(await call('greet'));
      const again = resultOf(await call('greet', { requestState, inputResponses }));
      expect(again.resultType).toBe('input_required');
      expect(Object.keys(again.inputRequests)).toEqual(['who']);
      const done = await call('greet', {
        requestState: again.requestState,
        inputResponses: { who: accept({ name: 'Ada' }) },
      });
      expect(resultOf(done).content[0]?.text).toBe('Hello, Ada!');
    },
  );
});

describe('an answer', () => {
  it('that comes with the first call is taken, as from a client that forgot the state', async () => {
    const { json } = await call('greet', { inputResponses: { who: accept({ name: 'Ada' }), more: {} } });
    expect(json.result).toMatchObject({ resultType: 'complete', content: [{ text: 'Hello, Ada!' }] });
  });

  it('that got lost on its way back is given again, and nothing is run twice', async () => {
    const { requestState } = resultOf(await call('counted'));
    const answers = { requestState, inputResponses: { who: accept({ name: 'Ada' }) } };
    const texts = [await call('counted', answers), await call('counted', answers)].map(
      (given) => resultOf(given).content[0]?.text,
    );
    expect(texts[0]).toMatch(/^\d+ Ada$/);
    expect(texts[1]).toBe(texts[0]);
  });

  it('that comes twice at the same time is taken once', async () => {
    const { requestState } = resultOf(await call('counted'));
    const given = await Promise.all(
      ['Ada', 'Ada', 'Ada', 'Ada'].map((name) =>
        call('counted', { requestState, inputResponses: { who: accept({ name }) } }),
      ),
    );
    const texts = new Set(given.map((one) => resultOf(one).content[0]?.text));
    expect(texts.size).toBe(1);
  });
});

describe('a client that listens to the log', () => {
  it('hears the Log steps from its level on, before and after a question', async () => {
    const meta = { ...envelope(FORMS), 'io.modelcontextprotocol/logLevel': 'info' };
    const params = { name: 'noted', arguments: {}, _meta: meta };
    const messages = ({ text }: Answer) =>
      [...text.matchAll(/^data: (.*)$/gm)]
        .map(([, json]) => JSON.parse(json!))
        .filter(({ method }) => method === 'notifications/message')
        .map(({ params: told }) => told);
    const asked = await modern(project.url, project.key, { method: 'tools/call', params });
    expect(messages(asked)).toEqual([{ level: 'warning', logger: 'before', data: 'about to ask' }]);
    const { requestState } = resultOf(asked);
    const inputResponses = { who: accept({ name: 'Ada' }) };
    const done = await modern(project.url, project.key, {
      method: 'tools/call',
      params: { ...params, requestState, inputResponses },
    });
    expect(messages(done)).toEqual([{ level: 'info', logger: 'after', data: 'Ada it is' }]);
    expect(resultOf(done).content[0]?.text).toBe('noted');
  });

  it('hears nothing when it did not ask to', async () => {
    const { text, headers } = await call('noted', { able: FORMS });
    expect(headers['content-type']).toBe('application/json');
    expect(text).not.toContain('about to ask');
  });
});

describe('the state of a call', () => {
  const refused = async (given: Promise<Answer>) => {
    const { status, json } = await given;
    return [status, json.error?.code, json.error?.data?.['reason']];
  };

  it('is refused before anything is run when it was changed, or belongs to something else', async () => {
    const args = { text: 'Note' };
    const { requestState } = resultOf(await call('greet_twice', { args }));
    const inputResponses = { who: accept({ name: 'Ada' }) };
    const other = await project.newKey();
    const cases: Record<string, Promise<Answer>> = {
      tampered: call('greet_twice', { args, inputResponses, requestState: `${requestState}-TAMPERED` }),
      'made up': call('greet_twice', { args, inputResponses, requestState: 'state' }),
      'no text': call('greet_twice', { args, inputResponses, requestState: 7 }),
      'another key': call('greet_twice', { args, inputResponses, requestState, key: other.key }),
    };
    for (const [what, given] of Object.entries(cases)) {
      expect([what, ...(await refused(given))]).toEqual([what, 200, -32_602, 'invalid']);
    }
    const mismatch = [200, -32_602, 'mismatch'];
    const elsewhere = call('greet_twice', { args: { text: 'Else' }, inputResponses, requestState });
    expect(await refused(elsewhere)).toEqual(mismatch);
    expect(await refused(call('greet', { inputResponses, requestState }))).toEqual(mismatch);
    const good = resultOf(await call('greet_twice', { args, inputResponses, requestState }));
    expect(Object.keys(good.inputRequests)).toEqual(['where']);
  });
});

describe('consent of the caller', () => {
  it('is a form with the details, and a record of who decided', async () => {
    const args = { text: '40 €' };
    const { inputRequests, requestState } = resultOf(await call('pay', { args }));
    expect(inputRequests['consent']?.params).toMatchObject({
      message: 'Pay 40 €?\n\n{\n  "amount": "40 €"\n}',
      requestedSchema: { properties: { approved: { type: 'boolean' } }, required: ['approved'] },
    });
    const inputResponses = { consent: accept({ approved: true, comment: 'as agreed' }) };
    const done = await call('pay', { args, requestState, inputResponses });
    expect(resultOf(done).content[0]?.text).toBe('Paid 40 €.');
    const record = await server.app.db.prisma.approval.findFirst({ orderBy: { requestedAt: 'desc' } });
    expect(record).toMatchObject({
      status: 'approved',
      by: 'caller',
      decidedByName: 'test 1',
      comment: 'as agreed',
      details: '{"amount":"40 €"}',
    });
  });

  it('refused is an error that says so', async () => {
    const args = { text: '41 €' };
    const { requestState } = resultOf(await call('pay', { args }));
    const inputResponses = { consent: accept({ approved: false }) };
    const done = resultOf(await call('pay', { args, requestState, inputResponses }));
    expect(done.isError).toBe(true);
    expect(done.content[0]?.text).toContain('This was refused by test 1');
  });

  it('closed without a word stays open, for the link', async () => {
    const args = { text: '42 €' };
    const { requestState } = resultOf(await call('pay', { args }));
    const put = resultOf(
      await call('pay', { args, requestState, inputResponses: { consent: { action: 'cancel' } } }),
    );
    expect(put.resultType).toBe('complete');
    expect(put.isError).toBeUndefined();
    expect(put.content[0]?.text).toMatch(/\/answer\/\S+/);
    const again = resultOf(await call('pay', { args }));
    expect(Object.keys(again.inputRequests)).toEqual(['consent']);
  });
});

describe('a client that cannot be asked', () => {
  it('gets a text with the link for the person, and the result when it calls again', async () => {
    const first = resultOf(await call('greet', { able: {} }));
    expect(first.resultType).toBe('complete');
    expect(first.isError).toBeUndefined();
    const text = first.content[0]!.text;
    expect(text).toContain('greet has not finished');
    expect(text).toContain('call greet again later with the same arguments');
    const link = /https?:\S+\/answer\/(\S+)/.exec(text)?.[1];
    const again = resultOf(await call('greet', { able: {} }));
    expect(again.content[0]?.text).toContain('has not finished');
    const posted = await fetch(`${server.url}/api/v1/answers/${link}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: server.app.env.publicUrl },
      body: JSON.stringify({ answer: accept({ name: 'Ada' }) }),
    });
    expect(posted.status).toBe(204);
    const done = resultOf(await call('greet', { able: {} }));
    expect(done.content[0]?.text).toBe('Hello, Ada!');
    // Fetched once: the next call is a new one.
    expect(resultOf(await call('greet', { able: {} })).content[0]?.text).toContain('has not finished');
  });

  it('is asked what it can be asked, and the rest by link', async () => {
    const able = { sampling: {}, roots: {} };
    const { inputRequests, requestState } = resultOf(await call('ask_all', { able }));
    expect(Object.keys(inputRequests)).toEqual(['capital', 'folders']);
    const message = { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' };
    const rest = resultOf(
      await call('ask_all', {
        able,
        requestState,
        inputResponses: { capital: message, folders: { roots: [] } },
      }),
    );
    expect(rest.content[0]?.text.match(/\/answer\//g)).toHaveLength(2);
  });

  it('is refused a tool that needs more of it, before anything is run', async () => {
    const { status, json } = await call('ask_all', { able: FORMS });
    expect([status, json.error?.code, json.error?.data]).toEqual([
      400,
      -32_021,
      { requiredCapabilities: { sampling: {}, roots: {} } },
    ]);
  });
});

describe('consent of the team', () => {
  it('is a page, and asked for until somebody decided', async () => {
    const args = { text: '50 €' };
    const { inputRequests, requestState } = resultOf(await call('pay_team', { args }));
    expect(inputRequests['consent']?.params).toMatchObject({
      mode: 'url',
      url: `${server.app.env.publicUrl}/projects/asks/approvals`,
    });
    const visited = call('pay_team', {
      args,
      requestState,
      inputResponses: { consent: { action: 'accept', content: { approved: true } } },
    });
    const approval = await server.app.db.prisma.approval.findFirstOrThrow({
      orderBy: { requestedAt: 'desc' },
    });
    expect(approval).toMatchObject({ status: 'pending', by: 'team' });
    await decideApproval(server.app, server.owner, {
      project: 'asks',
      approval: approval.id,
      approved: true,
      name: 'Grace',
    });
    expect(resultOf(await visited).content[0]?.text).toBe('Paid 50 €.');
  });
});
