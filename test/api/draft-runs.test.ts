import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questionLink } from '#lib/operations/question-link.ts';
import { exampleDocument, type KindExample } from '#lib/workflow/example.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { type Browser, eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let owner: Browser;
/** Counts what it was asked, by path. */
let outside: Server;
let outsideUrl: string;
const asked = new Map<string, number>();
const large = 'x'.repeat(70_000);

beforeAll(async () => {
  server = await startTestServer();
  owner = server.owner;
  outside = createServer((request, response) => {
    const path = request.url!;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path, ...(path === '/large' && { large }) }));
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await server.close();
});

const start = {
  kind: 'input',
  config: { schema: { type: 'object', properties: { text: { type: 'string' } } } },
};
const fetches = (path: string) => ({ kind: 'http', config: { method: 'GET', url: `${outsideUrl}${path}` } });
const says = (text: string) => ({ kind: 'output', config: { parts: [{ type: 'text', text }] } });
const asks = {
  kind: 'ask-user',
  config: { message: 'Which?', mode: 'fields', fields: [{ name: 'it', type: 'text', required: true }] },
};

async function make(slug: string, steps: KindExample['steps'], edges: string[]): Promise<string> {
  const document = exampleDocument('x', { summary: slug, steps, edges, input: {}, answer: {} });
  const { workflow } = await projectWith(owner, slug, {
    document: { ...document, name: 'draft' } as unknown as JsonObject,
    publish: false,
  });
  return workflow;
}

async function run(slug: string, workflow: string, body: object = {}) {
  const started = await owner.post(`/projects/${slug}/workflows/${workflow}/runs`, { input: {}, ...body });
  if (started.status !== 201) return { status: started.status, body: started.body, events: [], at: '' };
  const at = `/projects/${slug}/runs/${started.body.runId}`;
  const events = await owner.events(`${at}/events`);
  await server.app.recorder.flush();
  return { status: 201, body: (await owner.get(at)).body, events, at };
}

const chain = () =>
  ({
    input: start,
    one: fetches('/one'),
    two: fetches('/two'),
    answer: says('{{ steps.one.body.path }} {{ steps.two.body.path }}'),
  }) satisfies KindExample['steps'];
const chainEdges = ['input -> one', 'one -> two', 'two -> answer'];
const statuses = (body: { steps: { key: string; status: string; given: boolean }[] }) =>
  body.steps.map(({ key, status, given }) => `${key} ${given ? 'given' : status}`);

describe('a part of a draft', () => {
  it('ends at a step', async () => {
    const workflow = await make('until', chain(), chainEdges);
    const { body } = await run('until', workflow, { until: 'one' });
    expect(body).toMatchObject({ status: 'succeeded', output: null });
    expect(statuses(body)).toEqual(['input succeeded', 'one succeeded']);
    expect(await run('until', workflow, { until: 'nowhere' })).toMatchObject({ status: 422 });
  });

  it('begins at a step, with what those before it left behind in an earlier run', async () => {
    const workflow = await make('from', chain(), chainEdges);
    const earlier = await run('from', workflow);
    const before = { one: asked.get('/one')!, two: asked.get('/two')! };
    const { body } = await run('from', workflow, { from: { node: 'two', run: earlier.body.id } });
    expect(statuses(body)).toEqual(['input succeeded', 'one given', 'two succeeded', 'answer succeeded']);
    expect(body.output.parts[0].text).toBe('/one /two');
    expect([asked.get('/one'), asked.get('/two')]).toEqual([before.one, before.two + 1]);
  });

  it('cannot begin behind a value that was not recorded in full', async () => {
    const steps = { input: start, big: fetches('/large'), two: fetches('/two'), answer: says('done') };
    const workflow = await make('cut', steps, ['input -> big', 'big -> two', 'two -> answer']);
    const earlier = await run('cut', workflow);
    const refused = await run('cut', workflow, { from: { node: 'two', run: earlier.body.id } });
    expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('Step "big"') } });
    // What comes before the large one may be left out all the same.
    expect((await run('cut', workflow, { from: { node: 'big', run: earlier.body.id } })).body.status).toBe(
      'succeeded',
    );
  });

  it('cannot begin with a run of another workflow', async () => {
    const workflow = await make('mine', chain(), chainEdges);
    await make('theirs', chain(), chainEdges);
    const other = await owner.get('/projects/from/runs');
    const from = { node: 'two', run: other.body.items[0].id };
    expect(await run('mine', workflow, { from })).toMatchObject({ status: 404 });
  });

  it('gives pinned samples instead of running the steps; what is published does not', async () => {
    const workflow = await make('pinned', chain(), chainEdges);
    const at = `/projects/pinned/workflows/${workflow}`;
    const pins = { one: { body: { path: 'a sample' } } };
    expect((await owner.put(`${at}/pins`, { pins })).body).toEqual({ pins });
    expect((await owner.get(`${at}/pins`)).body).toEqual({ pins });
    const before = asked.get('/one');
    const { body, events } = await run('pinned', workflow);
    expect(body.output.parts[0].text).toBe('a sample /two');
    expect(statuses(body)).toContain('one given');
    expect(events.find(({ key }) => key === 'one')).toMatchObject({ type: 'step.finished', given: true });
    expect(asked.get('/one')).toBe(before);

    await owner.patch('/projects/pinned', { access: 'public' });
    await owner.post(`${at}/publish`, { revision: 1 });
    const called = await mcp(server.url, 'pinned', 'tools/call', { name: 'draft', arguments: {} });
    expect(called.body).toMatchObject({ result: { content: [{ text: '/one /two' }] } });
    expect(asked.get('/one')).toBe((before ?? 0) + 1);
  });

  it('goes one way when the sample is of a step with several', async () => {
    const workflow = await make(
      'ways',
      {
        input: start,
        check: {
          kind: 'if',
          config: {
            when: 'all',
            conditions: [{ left: '{{ input.text }}', operator: 'equals', right: 'yes' }],
          },
        },
        yes: says('yes'),
        no: says('no'),
      },
      ['input -> check', 'check:true -> yes', 'check:false -> no'],
    );
    const at = `/projects/ways/workflows/${workflow}`;
    await owner.put(`${at}/pins`, { pins: { check: true } });
    const { body } = await run('ways', workflow, { input: { text: 'no' } });
    expect(body).toMatchObject({ status: 'succeeded', output: { parts: [{ text: 'yes' }] } });
  });
});

describe('a draft that waits', () => {
  const steps = () => ({
    input: start,
    one: fetches('/before'),
    ask: asks,
    answer: says('{{ steps.one.body.path }} {{ steps.ask.it }}'),
  });
  const edges = ['input -> one', 'one -> ask', 'ask -> answer'];

  it('says what it asks, is answered from the app, and is watched to its end', async () => {
    const workflow = await make('asking', steps(), edges);
    const { body, events, at } = await run('asking', workflow);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'suspended' });
    expect(events.find(({ type }) => type === 'step.suspended')).toMatchObject({
      waiting: { key: 'ask', question: { message: 'Which?' } },
    });
    expect(body).toMatchObject({ status: 'suspended', cause: 'draft', round: 1, background: false });
    expect(body.steps.at(-1)).toMatchObject({
      key: 'ask',
      status: 'waiting',
      waiting: { key: 'ask', question: { type: 'form', message: 'Which?' } },
    });
    const told = await owner.events(`${at}/events`);
    expect(told.map(({ type }) => type)).toEqual(events.map(({ type }) => type));

    const wrong = await owner.post(`${at}/answers`, { answers: { ask: { action: 'accept', content: {} } } });
    expect(wrong).toMatchObject({ status: 422, body: { faults: [expect.stringContaining('it')] } });
    const right = { ask: { action: 'accept', content: { it: 'this' } } };
    expect((await owner.post(`${at}/answers`, { answers: right })).status).toBe(204);
    const all = await eventually(async () => {
      const seen = await owner.events(`${at}/events`);
      return seen.at(-1)!['status'] === 'succeeded' && seen;
    });
    expect(all[0]).toMatchObject({ type: 'run.started' });
    expect(all.filter(({ type, key }) => type === 'step.finished' && key === 'one')).toHaveLength(1);
    expect(all.at(-1)).toMatchObject({ output: { parts: [{ text: '/before this' }] } });
    expect(asked.get('/before')).toBe(1);
    expect((await owner.post(`${at}/answers`, { answers: right })).status).toBe(410);
  });

  it('keeps its pins and its last step while it waits', async () => {
    const workflow = await make('kept', { ...steps(), more: fetches('/more'), last: fetches('/last') }, [
      'input -> one',
      'one -> ask',
      'ask -> more',
      'more -> last',
      'last -> answer',
    ]);
    const pins = { more: { pinned: true } };
    await owner.put(`/projects/kept/workflows/${workflow}/pins`, { pins });
    const { at } = await run('kept', workflow, { until: 'more' });
    await owner.put(`/projects/kept/workflows/${workflow}/pins`, { pins: {} });
    await owner.post(`${at}/answers`, { answers: { ask: { action: 'accept', content: { it: 'x' } } } });
    const { body } = await eventually(async () => {
      const now = await owner.get(at);
      return now.body.status === 'succeeded' && now;
    });
    expect(statuses(body)).toEqual(['input succeeded', 'one succeeded', 'ask succeeded', 'more given']);
    expect([asked.get('/more'), asked.get('/last')]).toEqual([undefined, undefined]);
  });

  it('is cancelled', async () => {
    const workflow = await make('stopped', steps(), edges);
    const { at } = await run('stopped', workflow);
    expect((await owner.post(`${at}/cancel`)).status).toBe(202);
    await eventually(async () => (await owner.get(at)).body.status === 'cancelled');
    const late = { ask: { action: 'accept', content: { it: 'x' } } };
    expect((await owner.post(`${at}/answers`, { answers: late })).status).toBe(410);
  });

  it('is answered by whoever has its link, without signing in', async () => {
    const workflow = await make('linked', steps(), edges);
    const { body, at } = await run('linked', workflow);
    const { question } = body.steps.at(-1).waiting;
    const link = questionLink(server.app, { runId: body.id, key: 'ask', expiresAt: question.expiresAt });
    const token = link.slice(link.lastIndexOf('/') + 1);
    const stranger = server.browser();
    const shown = await stranger.get(`/answers/${token}`);
    expect(shown).toMatchObject({
      status: 200,
      body: { project: 'linked', workflow: 'draft', status: 'open', question: { message: 'Which?' } },
    });
    const answer = (content: object) =>
      stranger.post(`/answers/${token}`, { answer: { action: 'accept', content } });
    expect(await answer({ it: 7 })).toMatchObject({ status: 422, body: { faults: [expect.any(String)] } });
    expect((await answer({ it: 'that' })).status).toBe(204);
    expect((await answer({ it: 'again' })).status).toBe(409);
    await eventually(async () => (await owner.get(at)).body.status === 'succeeded');
    expect((await stranger.get(`/answers/${token}`)).body).toMatchObject({
      status: 'answered',
      question: null,
    });
  });

  it('says the same of every link that is not good, and takes no guesses', async () => {
    const { body: runs } = await owner.get('/projects/linked/runs');
    const runId = runs.items[0].id as string;
    const wrong = [
      'nothing',
      questionLink(server.app, { runId: 'no-such-run', key: 'ask', expiresAt: Date.now() + 1000 }),
      questionLink(server.app, { runId, key: 'ask', expiresAt: Date.now() + 1000 }).slice(0, -2),
    ].map((link) => link.slice(link.lastIndexOf('/') + 1));
    const stranger = server.browser();
    const details = new Set<string>();
    for (const token of wrong) {
      const { status, body } = await stranger.get(`/answers/${token}`);
      expect(status).toBe(404);
      details.add(body.detail);
    }
    expect(details.size).toBe(1);
    for (let count = 0; count < 10; count += 1) await stranger.get('/answers/guess');
    expect((await stranger.get('/answers/guess')).status).toBe(429);
  });
});
