import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBase } from '#lib/operations/create-base.ts';
import { putDocument } from '#lib/operations/put-document.ts';
import { updateBase } from '#lib/operations/update-base.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { startTestServer, type TestProject, type TestServer } from './support/gateway.ts';
import { legacy, modern } from './support/wire.ts';
import { answer, ask, NO_ARGUMENTS, prompt, resource, type Step, tool } from './support/workflows.ts';

const texts = (...names: string[]): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  additionalProperties: false,
});

/** Answers with a structured value. */
const gives = (value: JsonObject): Step => ({
  key: 'answer',
  kind: 'output',
  config: { parts: [], structured: { value } },
});

let server: TestServer;
let project: TestProject;

beforeAll(async () => {
  server = await startTestServer();
  const city = prompt(
    'travel',
    texts('city', 'street', 'guide', 'tone', 'asked', 'broken', 'gone', 'free'),
    answer('Go.'),
  );
  project = await server.project('complete', {
    workflows: [
      tool(
        'streets',
        texts('value', 'city'),
        gives({
          values: ['{{ input.city + " " + input.value + " 1" }}', '{{ input.value + " 2" }}', 3, null],
        }),
      ),
      tool('tones', texts('argument'), answer('kind\n\n  {{ input.argument }}  \nkind')),
      tool('asking', NO_ARGUMENTS, ask('who', 'name'), answer('x')),
      tool('breaking', NO_ARGUMENTS, { key: 'fail', kind: 'fail', config: { message: 'no' } }),
      {
        ...city,
        settings: {
          completions: {
            city: { type: 'list', values: ['Paris', 'Berlin', 'New Paris', 'Perth'] },
            street: { type: 'workflow', workflow: 'streets' },
            tone: { type: 'workflow', workflow: 'tones' },
            asked: { type: 'workflow', workflow: 'asking' },
            broken: { type: 'workflow', workflow: 'breaking' },
            gone: { type: 'workflow', workflow: 'nowhere' },
            guide: { type: 'knowledge-base', base: 'Guides' },
          },
        },
      },
      {
        ...resource('number', { uri: 'numbers://{n}' }, texts('n'), answer('{{ input.n }}')),
        settings: {
          resource: { uri: 'numbers://{n}' },
          completions: { n: { type: 'list', values: Array.from({ length: 250 }, (_, n) => `n${n}`) } },
        },
      },
    ],
  });
  const at = (base: string) => ({ project: 'complete', base });
  const guides = await createBase(server.app, server.owner, 'complete', { name: 'Guides' });
  const open = await createBase(server.app, server.owner, 'complete', { name: 'Open' });
  await updateBase(server.app, server.owner, at(open.id), { offered: true });
  for (const [base, name] of [
    [guides.id, 'paris.md'],
    [guides.id, 'rome.md'],
    [open.id, 'hours.md'],
  ] as const) {
    await putDocument(server.app, server.owner, at(base), { path: name, name, data: Buffer.from('x') });
  }
});

afterAll(() => server.close());

const TRAVEL = { type: 'ref/prompt', name: 'travel' };

async function complete(ref: unknown, argument: unknown, context?: unknown, key = project.key) {
  const params = { ref, argument, ...(context !== undefined && { context }) };
  const { json } = await modern(project.url, key, { method: 'completion/complete', params });
  return { completion: (json.result as unknown as JsonObject)?.['completion'], error: json.error };
}

describe('proposals', () => {
  it('come from a list: what begins with it first, whatever the case', async () => {
    const argument = { name: 'city', value: 'p' };
    expect((await complete(TRAVEL, argument)).completion).toEqual({
      values: ['Paris', 'Perth', 'New Paris'],
      total: 3,
      hasMore: false,
    });
    const before = {
      jsonrpc: '2.0',
      id: 1,
      method: 'completion/complete',
      params: { ref: TRAVEL, argument },
    };
    expect((await legacy(project.url, project.key, before)).json.result).toEqual({
      completion: { values: ['Paris', 'Perth', 'New Paris'], total: 3, hasMore: false },
    });
  });

  it('are a hundred at most', async () => {
    const ref = { type: 'ref/resource', uri: 'numbers://{n}' };
    const { completion } = await complete(ref, { name: 'n', value: '' });
    expect(completion).toMatchObject({ total: 250, hasMore: true });
    expect((completion as { values: string[] }).values).toHaveLength(100);
  });

  it('come from a workflow, which knows what was typed and what else was given', async () => {
    const context = { arguments: { city: 'Paris', tone: 'x', street: 'y' } };
    expect((await complete(TRAVEL, { name: 'street', value: 'Rue' }, context)).completion).toEqual({
      values: ['Paris Rue 1', 'Rue 2', '3'],
      total: 3,
      hasMore: false,
    });
    expect((await complete(TRAVEL, { name: 'tone', value: '' })).completion).toMatchObject({
      values: ['kind', 'tone'],
    });
  });

  it('come from the names of documents', async () => {
    expect((await complete(TRAVEL, { name: 'guide', value: 'ro' })).completion).toMatchObject({
      values: ['rome.md'],
    });
  });

  it.each(['asked', 'broken', 'gone', 'free'])(
    'are none where there is nothing to propose: %s',
    async (name) => {
      expect((await complete(TRAVEL, { name, value: '' })).completion).toEqual({
        values: [],
        total: 0,
        hasMore: false,
      });
    },
  );

  it('leave no run behind that waits', async () => {
    await complete(TRAVEL, { name: 'asked', value: '' });
    const waiting = () => server.app.db.prisma.run.count({ where: { status: 'suspended' } });
    await expect.poll(waiting, { timeout: 60_000 }).toBe(0);
  });

  it('help to find a document that is offered', async () => {
    const ref = { type: 'ref/resource', uri: 'knowledge://{base}/{document}' };
    expect((await complete(ref, { name: 'base', value: '' })).completion).toMatchObject({ values: ['Open'] });
    const within = (base: string) => complete(ref, { name: 'document', value: 'h' }, { arguments: { base } });
    expect((await within('Open')).completion).toMatchObject({ values: ['hours.md'] });
    expect((await within('Guides')).completion).toMatchObject({ values: [] });
  });
});

describe('what cannot be completed', () => {
  it.each<[unknown, unknown]>([
    [TRAVEL, { name: 'nothing', value: '' }],
    [TRAVEL, { name: '__proto__', value: '' }],
    [TRAVEL, { name: 'city' }],
    [TRAVEL, { name: 'city', value: 1 }],
    [TRAVEL, undefined],
    [
      { type: 'ref/prompt', name: 'streets' },
      { name: 'value', value: '' },
    ],
    [
      { type: 'ref/prompt', name: 'nothing' },
      { name: 'city', value: '' },
    ],
    [
      { type: 'ref/resource', uri: 'numbers://1' },
      { name: 'n', value: '' },
    ],
    [
      { type: 'ref/other', name: 'travel' },
      { name: 'city', value: '' },
    ],
    [null, { name: 'city', value: '' }],
    [
      { type: 'ref/resource', uri: 'knowledge://{base}/{document}' },
      { name: 'n', value: '' },
    ],
  ])('%j with %j is refused', async (ref, argument) => {
    expect((await complete(ref, argument)).error?.code).toBe(-32602);
  });

  it('is what a key may not use', async () => {
    const { key } = await project.newKey(['number']);
    expect((await complete(TRAVEL, { name: 'city', value: '' }, undefined, key)).error?.code).toBe(-32602);
    const ref = { type: 'ref/resource', uri: 'knowledge://{base}/{document}' };
    expect((await complete(ref, { name: 'base', value: '' }, undefined, key)).error?.code).toBe(-32602);
  });
});
