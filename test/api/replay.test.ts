import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { publishAll } from '#lib/operations/publish-all.ts';
import { exampleDocument } from '#lib/workflow/example.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft } from './documents.ts';
import { eventually, mcp, projectWith, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
/** The world outside: counts who comes, and never answers the same twice. */
let outside: Server;
let outsideUrl: string;
let visits = 0;

beforeAll(async () => {
  server = await startTestServer();
  outside = createServer((_request, response) => {
    visits += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ visit: visits, access_token: `canary-${visits}`, pad: 'x' }));
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});
afterAll(async () => {
  outside.closeAllConnections();
  outside.close();
  await server.close();
});
beforeEach(() => {
  visits = 0;
});

interface Changes {
  url?: string;
  code?: string;
  text?: string;
}

/** Fetches, computes with time, chance and a request of its own, and answers in words. */
function draft(changes: Changes = {}): JsonObject {
  const {
    url = `${outsideUrl}/{{ input.text }}`,
    code = `const more = await http.fetch('${outsideUrl}/code'); return { now: Date.now(), dice: Math.random(), visit: (await more.json()).visit };`,
    text = 'visit {{ steps.fetch.body.visit }}, {{ steps.work.visit }} at {{ now() }} {{ uuid() }} {{ run.startedAt }} {{ run.id }}',
  } = changes;
  const base = createDraft('fetch_it');
  const nodes = base['nodes'] as JsonObject[];
  const step = (id: string, kind: string, config: JsonObject): JsonObject => ({
    id,
    key: id,
    kind,
    config,
    position: { x: 0, y: 0 },
  });
  const ids = ['start', 'fetch', 'work', 'end'];
  return {
    ...base,
    nodes: [
      nodes[0]!,
      step('fetch', 'http', { method: 'GET', url }),
      step('work', 'javascript', { code }),
      step('end', 'output', { parts: [{ type: 'text', text }], structured: null }),
    ],
    edges: ids.slice(1).map((id, index) => ({
      id: `e${index}`,
      from: { node: ids[index]!, handle: 'out' },
      to: { node: id },
    })),
  };
}

const at = (slug: string, workflow: string) => `/projects/${slug}/workflows/${workflow}`;

/** Runs the saved draft to its end. */
async function run(slug: string, workflow: string, input: JsonObject = { text: 'a' }): Promise<string> {
  const { body } = await server.owner.post(`${at(slug, workflow)}/runs`, { input });
  await eventually(async () => {
    await server.app.recorder.flush();
    const { body: seen } = await server.owner.get(`/projects/${slug}/runs/${body.runId}`);
    return seen.status === 'succeeded' || seen.status === 'failed';
  });
  return body.runId as string;
}

const replay = async (slug: string, id: string) =>
  (await server.owner.post(`/projects/${slug}/runs/${id}/replay`, {})).body;

/** Saves another draft. */
async function change(slug: string, workflow: string, document: JsonObject): Promise<number> {
  const { body: before } = await server.owner.get(at(slug, workflow));
  const saved = await server.owner.put(`${at(slug, workflow)}/draft`, {
    revision: before.revision,
    document,
  });
  expect(saved.status).toBe(200);
  return saved.body.revision as number;
}

describe('a replay', () => {
  it('comes to the same, with the same time and chance, without touching the world', async () => {
    const { workflow } = await projectWith(server.owner, 'same', { document: draft(), publish: false });
    const id = await run('same', workflow);
    const { body: recorded } = await server.owner.get(`/projects/same/runs/${id}`);
    expect(recorded.output.parts[0].text).toMatch(/^visit 1, 2 at 20\S+Z [\w-]{36} 20\S+Z /);
    const answer = await replay('same', id);
    expect(answer).toEqual({
      same: true,
      difference: null,
      status: 'succeeded',
      error: null,
      output: recorded.output,
      steps: ['start', 'fetch', 'work', 'end'].map((nodeId, index) => ({
        nodeId,
        key: index === 0 ? 'arguments' : nodeId,
        same: true,
      })),
    });
    expect(visits).toBe(2);
  });

  it('keeps no credentials', async () => {
    const { workflow } = await projectWith(server.owner, 'secret', { document: draft(), publish: false });
    const id = await run('secret', workflow);
    const row = await server.app.db.prisma.run.findUniqueOrThrow({ where: { id } });
    expect(row.recording).toContain('"visit":1');
    expect(row.recording).not.toContain('canary');
  });

  it.each([
    ['a request that differs', { url: `{{ input.text }}` }, { nodeId: 'fetch', what: 'request' }],
    ['a value', { code: 'return { now: 1 };' }, { nodeId: 'work', key: 'work', what: 'value' }],
    [
      'a step that fails now',
      { code: 'throw new Error("no");' },
      { nodeId: 'work', what: 'status', now: { status: 'failed', error: { code: 'CODE_ERROR' } } },
    ],
    [
      'an answer, where no step differs',
      { text: 'done' },
      { nodeId: null, what: 'output', now: { output: { parts: [{ text: 'done' }] } } },
    ],
  ] as [string, Changes, object][])('shows the first difference: %s', async (name, changes, difference) => {
    const slug = `differs-${name.replace(/\W+/g, '-').slice(0, 20).replace(/-$/, '')}`;
    const { workflow } = await projectWith(server.owner, slug, { document: draft(), publish: false });
    const id = await run(slug, workflow);
    const url = changes.url && `${outsideUrl}/other/${changes.url}`;
    await change(slug, workflow, draft({ ...changes, ...(url && { url }) }));
    const answer = await replay(slug, id);
    expect(answer).toMatchObject({ same: false });
    expect(answer.difference).toMatchObject(difference);
    expect(visits).toBe(2);
    if (!url) return;
    expect(answer.difference).toMatchObject({
      recorded: [`GET ${outsideUrl}/a`],
      now: `GET ${outsideUrl}/other/a`,
    });
    expect(answer.error).toMatchObject({ code: 'REPLAY_MISSING', nodeId: 'fetch' });
  });

  it('works for calls of a published tool too', async () => {
    const { workflow } = await projectWith(server.owner, 'called', { document: draft() });
    const { body: key } = await server.owner.post('/projects/called/keys', { name: 'k' });
    const call = { name: 'fetch_it', arguments: { text: 'b' } };
    const called = await mcp(server.url, 'called', 'tools/call', call, key.secret);
    expect(JSON.stringify(called.body)).toContain('visit 1, 2');
    await server.app.recorder.flush();
    const { body: runs } = await server.owner.get('/projects/called/runs');
    expect((await replay('called', runs.items[0].id)).same).toBe(true);
    await change('called', workflow, draft({ code: 'return 1;' }));
    expect((await replay('called', runs.items[0].id)).difference).toMatchObject({ nodeId: 'work', now: 1 });
    expect(visits).toBe(2);
  });

  it('needs a run that has ended and a draft that can run', async () => {
    const { workflow } = await projectWith(server.owner, 'cannot', { document: draft(), publish: false });
    const id = await run('cannot', workflow);
    await change('cannot', workflow, draft({ text: '{{ steps.nobody }}' }));
    const { status, body } = await server.owner.post(`/projects/cannot/runs/${id}/replay`, {});
    expect([status, body.detail]).toEqual([422, 'This draft cannot run yet: There is no step "nobody".']);
  });
});

describe('a run that waited', () => {
  it('is answered from its recording, in a replay and in a test', async () => {
    const document = exampleDocument('approve', kinds.get('approve')!.example) as unknown as JsonObject;
    const { workflow } = await projectWith(server.owner, 'waited', { document, publish: false });
    const input = { order: 'A-17', amount: 20 };
    const { body: started } = await server.owner.post(`${at('waited', workflow)}/runs`, { input });
    const approval = await eventually(async () => {
      const { body } = await server.owner.get('/projects/waited/approvals?status=pending');
      return body.items[0];
    });
    const early = await server.owner.post(`/projects/waited/runs/${started.runId}/replay`, {});
    expect(early.status).toBe(409);
    const decision = `/projects/waited/approvals/${approval.id}/decision`;
    expect((await server.owner.post(decision, { approved: true })).status).toBe(200);
    const recorded = await eventually(async () => {
      const { body } = await server.owner.get(`/projects/waited/runs/${started.runId}`);
      return body.status === 'succeeded' && body;
    });
    expect(recorded.output.parts[0].text).toMatch(/^Refunded; .* approved it\.$/);
    expect(await replay('waited', started.runId)).toMatchObject({ same: true, output: recorded.output });
    const tests = `${at('waited', workflow)}/tests`;
    expect((await server.owner.post(tests, { name: 'approved', run: started.runId })).status).toBe(201);
    expect((await server.owner.post(`${tests}/run`, {})).body.results).toMatchObject([{ passed: true }]);
    const { body: runs } = await server.owner.get('/projects/waited/runs');
    expect(runs.items).toHaveLength(1);
  });
});

describe('tests of a workflow', () => {
  it('are made from runs, and run before it is published', async () => {
    const { workflow } = await projectWith(server.owner, 'tested', { document: draft(), publish: false });
    const tests = `${at('tested', workflow)}/tests`;
    const id = await run('tested', workflow);
    const made = await server.owner.post(tests, { name: 'first visit', run: id });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'first visit',
      expected: { status: 'succeeded', output: { parts: [{ type: 'text' }] } },
    });
    expect((await server.owner.post(tests, { name: 'first visit', run: id })).status).toBe(409);
    expect((await server.owner.get(tests)).body.items).toEqual([made.body]);
    expect((await server.owner.post(`${tests}/run`, {})).body).toEqual({
      results: [{ id: made.body.id, name: 'first visit', passed: true, difference: null }],
    });

    const revision = await change('tested', workflow, draft({ text: 'something else' }));
    const ran = await server.owner.post(`${tests}/run`, {});
    expect(ran.body.results[0]).toMatchObject({
      passed: false,
      difference: { what: 'output', now: { output: { parts: [{ text: 'something else' }] } } },
    });
    const refused = await server.owner.post(`${at('tested', workflow)}/publish`, { revision });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toBe(
      '1 test fails of 1: "first visit". Correct the draft, or publish despite the tests.',
    );
    expect(refused.body.tests).toEqual(ran.body.results);
    const despite = { revision, despiteTests: true };
    expect((await server.owner.post(`${at('tested', workflow)}/publish`, despite)).status).toBe(200);
    expect(visits).toBe(2);

    expect((await server.owner.delete(`${tests}/${made.body.id}`)).status).toBe(204);
    expect((await server.owner.get(tests)).body.items).toEqual([]);
  });

  it('pass when the draft is what it was: publishing goes through', async () => {
    const { workflow } = await projectWith(server.owner, 'passing', { document: draft(), publish: false });
    const id = await run('passing', workflow);
    await server.owner.post(`${at('passing', workflow)}/tests`, { name: 'visit', run: id });
    const answer = await server.owner.post(`${at('passing', workflow)}/publish`, { revision: 1 });
    expect(answer.status).toBe(200);
  });

  it('expect a failure where the run failed', async () => {
    const document = draft({ code: 'throw new Error(`no ${input.text}`);' });
    const { workflow } = await projectWith(server.owner, 'failing', { document, publish: false });
    const id = await run('failing', workflow);
    const made = await server.owner.post(`${at('failing', workflow)}/tests`, { name: 'fails', run: id });
    expect(made.body.expected).toEqual({
      status: 'failed',
      error: { code: 'CODE_ERROR', key: 'work', message: expect.stringContaining('no a') },
    });
  });

  it('are not made of what the recording does not hold', async () => {
    const large = draft({ code: `return 'x'.repeat(70000);`, text: '{{ steps.work }}' });
    const { workflow } = await projectWith(server.owner, 'holds', { document: large, publish: false });
    const id = await run('holds', workflow);
    // A long text is cut in the record only: the replay makes it whole.
    const made = await server.owner.post(`${at('holds', workflow)}/tests`, { name: 'long', run: id });
    expect(made.status).toBe(201);
    const input = { text: 'x'.repeat(70_000) };
    const cut = await run('holds', workflow, input);
    const refused = await server.owner.post(`${at('holds', workflow)}/tests`, { name: 'cut', run: cut });
    expect([refused.status, refused.body.detail]).toEqual([
      422,
      'The arguments of this run were too large to be recorded, so it cannot be replayed.',
    ]);
  });
});

describe('the folder of a project', () => {
  it('has the tests, which pass in the project made from it and keep it from being published', async () => {
    const { workflow } = await projectWith(server.owner, 'folder', { document: draft(), publish: false });
    const id = await run('folder', workflow);
    await server.owner.post(`${at('folder', workflow)}/tests`, { name: 'first visit', run: id });
    const { body } = await server.owner.get('/projects/folder/export');
    const files = body.files as Record<string, string>;
    const test = JSON.parse(files['tests/fetch_it/first visit.json']!) as JsonObject;
    expect(Object.keys(test)).toEqual(['expected', 'recording']);
    expect(files['tests/fetch_it/first visit.json']).toContain('\n    "status": "succeeded",\n');

    const made = await server.owner.post('/projects/import', { slug: 'folder-again', files });
    expect([made.status, made.body]).toMatchObject([201, { workflowCount: 1 }]);
    await publishAll(server.app, { type: 'system' }, 'folder-again');

    (test['expected'] as { output: JsonObject }).output = { parts: [{ type: 'text', text: 'other' }] };
    const broken = { ...files, 'tests/fetch_it/first visit.json': JSON.stringify(test) };
    await server.owner.post('/projects/import', { slug: 'folder-broken', files: broken });
    await expect(publishAll(server.app, { type: 'system' }, 'folder-broken')).rejects.toThrow(
      'fetch_it is not published: 1 test fails of 1: "first visit".',
    );
    const done = await publishAll(server.app, { type: 'system' }, 'folder-broken', { despiteTests: true });
    expect(done).toEqual([{ name: 'fetch_it', version: 1 }]);
    expect(visits).toBe(2);
  });

  it('is refused with tests that are none', async () => {
    const { body } = await server.owner.get('/projects/folder/export');
    const files = {
      ...(body.files as Record<string, string>),
      'tests/nobody/a.json': '{}',
      'tests/fetch_it/b.json': '{',
      'tests/fetch_it/c.json': '{"expected":{"status":"succeeded"}}',
    };
    const refused = await server.owner.post('/projects/import', { slug: 'folder-odd', files });
    expect(refused.status).toBe(422);
    expect(refused.body.faults).toEqual([
      'tests/nobody/a.json: there is no workflow "nobody"',
      expect.stringMatching(/^tests\/fetch_it\/b\.json: not JSON: /),
      expect.stringMatching(/^tests\/fetch_it\/c\.json: not a test: /),
    ]);
  });
});
