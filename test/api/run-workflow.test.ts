import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#lib/workflow/json.ts';
import { createDraft } from './documents.ts';
import { eventually, mcp, startTestServer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

type Step = [key: string, kind: string, config: JsonObject, inside?: string];

/** Steps one after the other; the answer's text is that of the last. */
function chain(
  name: string,
  steps: Step[],
  options: { schema?: JsonObject; answer?: JsonObject } = {},
): JsonObject {
  const draft = createDraft(name);
  const schema = options.schema ?? { type: 'object', properties: { text: { type: 'string' } } };
  const answer = options.answer ?? { parts: [{ type: 'text', text: `{{ steps.${steps.at(-1)![0]} }}` }] };
  const all: Step[] = [['arguments', 'input', { schema }], ...steps, ['answer', 'output', answer]];
  return {
    ...draft,
    nodes: all.map(([key, kind, config], index) => ({
      id: key,
      key,
      kind,
      config,
      position: { x: index * 200, y: 0 },
    })),
    edges: all.slice(1).map(([key], index) => ({
      id: `e${index}`,
      from: { node: all[index]![0], handle: all[index]![1] === 'approve' ? 'approved' : 'out' },
      to: { node: key },
    })),
  };
}

const call = (
  workflow: string,
  input: JsonObject = { text: '{{ input.text }}' },
  more: JsonObject = {},
): Step => ['called', 'run-workflow', { workflow, input, ...more }];

async function project(
  slug: string,
  workflows: JsonObject[],
): Promise<{ key: string; ids: Record<string, string> }> {
  await server.owner.post('/projects', { name: slug, slug });
  const ids: Record<string, string> = {};
  for (const document of workflows) {
    const made = await server.owner.post(`/projects/${slug}/workflows`, { name: document['name'], document });
    ids[String(document['name'])] = made.body.id;
    const published = await server.owner.post(`/projects/${slug}/workflows/${made.body.id}/publish`, {
      revision: made.body.revision,
    });
    expect(published.status, JSON.stringify(published.body)).toBe(200);
  }
  const { body } = await server.owner.post(`/projects/${slug}/keys`, { name: 'test' });
  return { key: body.secret, ids };
}

async function use(slug: string, key: string, name: string, args: JsonObject = {}) {
  const { body } = await mcp(server.url, slug, 'tools/call', { name, arguments: args }, key);
  return body.result ?? body;
}

/** The runs of a project as they are recorded, by the name of the workflow. */
async function runs(slug: string): Promise<Map<string, JsonObject[]>> {
  const { body } = await server.owner.get(`/projects/${slug}/runs`);
  return Map.groupBy(body.items as JsonObject[], ({ workflowName }) => String(workflowName));
}

/** A tool that calls a workflow for each of 40 items. */
function fanOut(name: string, workflow: string): JsonObject {
  const list = `{{ [${Array.from({ length: 40 }, (_, n) => n).join(', ')}] }}`;
  const document = chain(name, [['each', 'for-each', { list, concurrency: 10 }]]);
  const inside = chain(name, [call(workflow, { text: 'x' })])['nodes'] as JsonObject[];
  return {
    ...document,
    nodes: [...(document['nodes'] as JsonObject[]), { ...inside[1]!, parent: 'each' }],
    edges: [
      ...(document['edges'] as JsonObject[]),
      { id: 'in', from: { node: 'each', handle: 'each' }, to: { node: 'called' } },
    ],
  };
}

describe('a workflow that runs another', () => {
  it('calls no more than 1,000, with all that these call', async () => {
    const { key } = await project('fans', [
      createDraft('echo'),
      fanOut('middle', 'echo'),
      fanOut('outer', 'middle'),
    ]);
    const { isError, content } = await use('fans', key, 'outer');
    expect(isError).toBe(true);
    expect(content[0].text).toContain('have called more than 1000');
    await eventually(async () => {
      const count = await server.app.db.prisma.run.count({ where: { cause: 'workflow' } });
      return count > 900 && count <= 1000;
    });
  });

  it('goes on with its text, or with its structured answer; the other is a run of its own', async () => {
    const data = chain('data', [['sum', 'set', { values: { total: '{{ input.a + input.b }}' } }]], {
      schema: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      },
      answer: { parts: [], structured: { value: { total: '{{ steps.sum.total }}' } } },
    });
    const { key, ids } = await project('values', [
      createDraft('echo', 'said: '),
      data,
      chain('texts', [call('echo')]),
      chain('numbers', [
        ['called', 'run-workflow', { workflow: 'data', input: { a: '{{ 1 + 1 }}', b: 40 } }],
        ['text', 'template', { text: 'it is {{ steps.called.total }}' }],
      ]),
    ]);
    expect(await use('values', key, 'texts', { text: 'hi' })).toMatchObject({
      content: [{ text: 'said: hi' }],
    });
    expect(await use('values', key, 'numbers')).toMatchObject({ content: [{ text: 'it is 42' }] });
    const recorded = await eventually(async () => {
      const found = await runs('values');
      return found.size === 4 && found;
    });
    const [parent, child] = [recorded.get('texts')![0]!, recorded.get('echo')![0]!];
    expect(child).toMatchObject({
      cause: 'workflow',
      parentId: parent['id'],
      status: 'succeeded',
      workflowId: ids['echo'],
    });
    expect(parent['parentId']).toBeNull();
  });

  it('is found by its id too, and in a version that was pinned', async () => {
    const { key, ids } = await project('pinned', [createDraft('echo', 'old ')]);
    const at = `/projects/pinned/workflows/${ids['echo']}`;
    const { body } = await server.owner.put(`${at}/draft`, {
      revision: 1,
      document: createDraft('echo', 'new '),
    });
    await server.owner.post(`${at}/publish`, { revision: body.revision });
    for (const [name, more] of [
      ['live', {}],
      ['first', { version: 1 }],
      ['none', { version: 9 }],
    ] as const) {
      const made = await server.owner.post('/projects/pinned/workflows', {
        name,
        document: chain(name, [call(ids['echo']!, undefined, more)]),
      });
      await server.owner.post(`/projects/pinned/workflows/${made.body.id}/publish`, {
        revision: made.body.revision,
      });
    }
    expect(await use('pinned', key, 'live', { text: 'x' })).toMatchObject({ content: [{ text: 'new x' }] });
    expect(await use('pinned', key, 'first', { text: 'x' })).toMatchObject({ content: [{ text: 'old x' }] });
    const none = await use('pinned', key, 'none', { text: 'x' });
    expect(none.isError).toBe(true);
    expect(none.content[0].text).toContain('has no version 9');
  });

  it('fails with it, and says at which step of which workflow', async () => {
    const { key } = await project('failing', [
      chain('inner', [['refuse', 'list', { list: '{{ input.text }}', operations: [] }]]),
      chain('outer', [call('inner')]),
      chain('mistaken', [call('inner', { text: 7 })]),
      chain('nowhere', [call('absent')]),
    ]);
    const failed = await use('failing', key, 'outer', { text: 'no list' });
    expect(failed.isError).toBe(true);
    expect(failed.content[0].text).toContain('The workflow "inner" failed at the step "refuse"');
    expect((await use('failing', key, 'mistaken')).content[0].text).toContain(
      '/text must be string, got number',
    );
    expect((await use('failing', key, 'nowhere')).content[0].text).toContain('not published');
  });

  it('is called as a part of the project, also by a key that may not call it itself', async () => {
    await project('parts', [createDraft('secret', 'inner '), chain('open', [call('secret')])]);
    const { body } = await server.owner.post('/projects/parts/keys', { name: 'narrow', tools: ['open'] });
    expect(await use('parts', body.secret, 'open', { text: 'x' })).toMatchObject({
      content: [{ text: 'inner x' }],
    });
    const refused = await use('parts', body.secret, 'secret', { text: 'x' });
    expect(refused.content).toBeUndefined();
  });

  it('is not one of another project', async () => {
    const { ids } = await project('theirs', [createDraft('hidden')]);
    const { key } = await project('ours', [chain('reach', [call(ids['hidden']!)])]);
    const answer = await use('ours', key, 'reach', { text: 'x' });
    expect(answer.isError).toBe(true);
    expect(answer.content[0].text).toContain('not published');
  });

  it('ends when workflows call each other in a circle', async () => {
    const { key } = await project('circle', [chain('ping', [call('pong')]), chain('pong', [call('ping')])]);
    const answer = await use('circle', key, 'ping', { text: 'x' });
    expect(answer.isError).toBe(true);
    expect(answer.content[0].text).toContain('8 deep at most');
    const recorded = await eventually(async () => {
      const found = await runs('circle');
      return (found.get('ping')?.length ?? 0) + (found.get('pong')?.length ?? 0) === 9 && found;
    });
    expect(recorded.get('ping')).toHaveLength(5);
  });
});

describe('a workflow that runs one that waits', () => {
  const approve: Step = ['consent', 'approve', { message: 'Refund {{ input.text }}?', by: 'team' }];
  const done: Step = [
    'said',
    'template',
    { text: '{{ steps.consent.approved ? "yes" : "no" }} {{ steps.consent.comment }}' },
  ];

  async function decide(slug: string, approved: boolean): Promise<string> {
    const { items } = (await server.owner.get(`/projects/${slug}/approvals?status=pending`)).body;
    expect(items).toHaveLength(1);
    const decided = await server.owner.post(`/projects/${slug}/approvals/${items[0].id}/decision`, {
      approved,
      comment: 'fine',
    });
    expect(decided.status, JSON.stringify(decided.body)).toBe(200);
    return items[0].runId;
  }

  it('waits itself, two calls deep, and both go on with the answer', async () => {
    const { key } = await project('waiting', [
      chain('ask', [approve, done]),
      chain('between', [call('ask')]),
      chain('top', [call('between'), ['loud', 'template', { text: '{{ steps.called }}!' }]]),
    ]);
    void use('waiting', key, 'top', { text: '10' });
    await eventually(async () => {
      const { body } = await server.owner.get('/projects/waiting/approvals?status=pending');
      return body.items.length === 1;
    });
    const asking = await decide('waiting', true);
    const recorded = await eventually(async () => {
      const found = await runs('waiting');
      return found.get('top')?.[0]?.['status'] === 'succeeded' && found;
    });
    // The approval is asked for by the run that was called by somebody; each workflow ran once.
    expect(recorded.get('top')![0]!['id']).toBe(asking);
    for (const name of ['ask', 'between', 'top']) {
      expect(recorded.get(name)).toMatchObject([{ status: 'succeeded' }]);
    }
    const whole = await server.owner.get(`/projects/waiting/runs/${asking}`);
    expect(whole.body.output.parts).toEqual([{ type: 'text', text: 'yes fine!' }]);
  });

  it('fails where the consent is refused', async () => {
    const { key } = await project('refusing', [chain('ask', [approve, done]), chain('top', [call('ask')])]);
    void use('refusing', key, 'top', { text: '10' });
    await eventually(async () => {
      const { body } = await server.owner.get('/projects/refusing/approvals?status=pending');
      return body.items.length === 1;
    });
    await decide('refusing', false);
    const recorded = await eventually(async () => {
      const found = await runs('refusing');
      return found.get('top')?.[0]?.['status'] === 'failed' && found;
    });
    expect(recorded.get('ask')).toMatchObject([{ status: 'failed' }]);
    const whole = await server.owner.get(`/projects/refusing/runs/${recorded.get('top')![0]!['id']}`);
    expect(whole.body.error).toMatchObject({
      code: 'WORKFLOW_FAILED',
      details: { step: 'consent', code: 'REFUSED' },
    });
  });

  it('is not left waiting when its caller has ended', async () => {
    const { key } = await project('ended', [chain('ask', [approve, done]), chain('top', [call('ask')])]);
    void use('ended', key, 'top', { text: '10' });
    const parent = await eventually(async () => {
      const { body } = await server.owner.get('/projects/ended/approvals?status=pending');
      return body.items[0]?.runId as string | undefined;
    });
    await server.owner.post(`/projects/ended/runs/${parent}/cancel`);
    const recorded = await eventually(async () => {
      const found = await runs('ended');
      return (
        found.get('top')?.[0]?.['status'] === 'cancelled' &&
        found.get('ask')?.[0]?.['status'] === 'cancelled' &&
        found
      );
    });
    expect(recorded.get('ask')).toHaveLength(1);
  });
});
