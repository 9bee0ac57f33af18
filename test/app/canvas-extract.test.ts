import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Extraction, extract } from '#app/canvas/system/extract.ts';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import { execute } from '#lib/engine/execute.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { capabilities, runOptions } from '#test/engine/plan.ts';
import { drawing, wires } from './canvas-support.ts';

type Steps = Record<string, [kind: string, config?: JsonObject, parent?: string]>;

function flow(steps: Steps, edges: string[]): WorkflowDocument {
  const document = drawing(
    Object.fromEntries(Object.entries(steps).map(([key, [kind]]) => [key, kind])),
    edges,
  );
  for (const node of document.nodes) {
    const [, config, parent] = steps[node.key]!;
    if (config) node.config = config;
    if (parent !== undefined) node.parent = parent;
  }
  return document;
}

const input = (properties: JsonObject, required = Object.keys(properties)): [string, JsonObject] => [
  'input',
  { schema: { type: 'object', properties, required } },
];
const set = (values: JsonObject, parent?: string): [string, JsonObject, string?] => [
  'set',
  { values },
  parent,
];
const answer = (value: JsonObject): [string, JsonObject] => ['output', { parts: [], structured: { value } }];

let count = 0;
const taken = (document: WorkflowDocument, ids: string[], name = 'part') =>
  extract(document, ids, { kinds, newId: () => `id-${++count}`, name });
function done(document: WorkflowDocument, ids: string[]): Extraction {
  const result = taken(document, ids);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}
const refused = (document: WorkflowDocument, ids: string[]): string => {
  const result = taken(document, ids);
  return 'refused' in result ? result.refused : '';
};

/** Runs a workflow; what it calls is looked for among the others, and its arguments are checked as the gateway does. */
async function run(
  document: WorkflowDocument,
  given: JsonObject,
  others: Record<string, WorkflowDocument> = {},
): Promise<JsonValue> {
  const { plan, contract, problems } = compile(document, kinds);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (!plan || !contract) throw new Error(errors.map(({ message }) => message).join(' '));
  const faults = compileSchema(contract.inputSchema)(given);
  expect(faults, `arguments of ${document.name}`).toBeNull();
  const world: Capabilities = {
    ...capabilities,
    code: {
      run: async ({ source, input: passed, steps, env }) => {
        const context = createContext({ input: passed, steps, env });
        const value = await new Script(`(async () => {${source}\n})()`).runInContext(context);
        return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
      },
    } as Capabilities['code'],
    workflows: {
      run: async ({ workflow, input: passed }: { workflow: string; input: JsonObject }) => ({
        value: await run(others[workflow]!, JSON.parse(JSON.stringify(passed)) as JsonObject, others),
      }),
    } as unknown as Capabilities['workflows'],
  };
  const result = await execute(plan as never, runOptions({ input: given, capabilities: world }));
  if (result.status !== 'succeeded') throw new Error(JSON.stringify(result));
  const structured = result.output?.structured ?? null;
  if (contract.outputSchema) expect(compileSchema(contract.outputSchema)(structured)).toBeNull();
  return structured;
}

async function sameAnswer(document: WorkflowDocument, ids: string[], given: JsonObject): Promise<Extraction> {
  const made = done(document, ids);
  const before = await run(document, given);
  expect(await run(made.document, given, { part: made.workflow })).toEqual(before);
  expect(before).not.toBeNull();
  return made;
}

const text = { type: 'string' };
const order = flow(
  {
    start: input({ name: text, times: { type: 'integer', default: 2 } }, ['name']),
    first: set({ greeting: 'Hello {{ input.name }}' }),
    second: set({ loud: '{{ steps.first.greeting.toUpperCase() }}', n: '{{ input.times }}' }),
    third: set({ all: '{{ [steps.second.loud, steps.first.greeting] }}' }),
    answer: answer({ all: '{{ steps.third.all }}', n: '{{ steps.second.n }}', name: '{{ input.name }}' }),
  },
  ['start>first', 'first>second', 'second>third', 'third>answer'],
);

describe('steps become a workflow of their own', () => {
  test('with what they read as arguments, and what is read of theirs as the answer', async () => {
    const made = await sameAnswer(order, ['second', 'third'], { name: 'Ada', times: 3 });
    expect(made.arguments).toEqual([
      { name: 'times', from: 'input.times', schema: { type: 'integer', default: 2 }, required: true },
      {
        name: 'first',
        from: 'steps.first',
        schema: expect.objectContaining({ type: 'object' }),
        required: true,
      },
    ]);
    expect(made.answers).toEqual([
      { key: 'third', readers: ['answer'] },
      { key: 'second', readers: ['answer'] },
    ]);
    expect(wires(made.document)).toEqual(['first>part', 'part>answer', 'start>first']);
    expect(wires(made.workflow)).toEqual(['arguments>second', 'second>third', 'third>answer']);
    const call = made.document.nodes.find(({ id }) => id === made.id)!;
    expect(call.config).toEqual({
      workflow: 'part',
      input: { times: '{{ input.times }}', first: '{{ steps.first }}' },
    });
    const second = made.workflow.nodes.find(({ key }) => key === 'second')!;
    expect(second.config['values']).toEqual({
      loud: '{{ input.first.greeting.toUpperCase() }}',
      n: '{{ input.times }}',
    });
    expect(made.document.nodes.find(({ key }) => key === 'answer')!.config['structured']).toEqual({
      value: { all: '{{ steps.part.third.all }}', n: '{{ steps.part.second.n }}', name: '{{ input.name }}' },
    });
  });

  test('also in code, member by member, taken apart and as a whole', async () => {
    const document = flow(
      {
        start: input({ name: text }),
        first: set({ word: 'a{{ input.name }}' }),
        code: [
          'javascript',
          {
            code: 'const { first, start } = steps;\nconst { name } = input;\nconst all = { input };\nreturn { out: first.word + start.name + name + steps["first"].word + all.input.name, own: { steps: 1 }.steps };',
          },
        ],
        later: [
          'javascript',
          { code: 'const { code, first } = steps; return code.out + steps.code.own + first.word;' },
        ],
        answer: answer({ text: '{{ steps.later }}' }),
      },
      ['start>first', 'first>code', 'code>later', 'later>answer'],
    );
    const made = await sameAnswer(document, ['code'], { name: 'x' });
    expect(made.arguments.map(({ name, from }) => [name, from])).toEqual([
      ['input', 'input'],
      ['first', 'steps.first'],
      ['start', 'steps.start'],
    ]);
  });

  test('a name that is taken gets another: an argument and a step of one name', async () => {
    const document = flow(
      {
        start: input({ first: text }),
        first: set({ word: '1{{ input.first }}' }),
        mid: set({ both: '{{ input.first + steps.first.word + run.id }}' }),
        answer: answer({ both: '{{ steps.mid.both }}' }),
      },
      ['start>first', 'first>mid', 'mid>answer'],
    );
    const made = await sameAnswer(document, ['mid'], { first: 'x' });
    expect(made.arguments.map(({ name, from }) => [name, from])).toEqual([
      ['first', 'input.first'],
      ['first_2', 'steps.first'],
      ['run_id', 'run.id'],
    ]);
  });

  test('what a branch may have left out is left out as before', async () => {
    const document = flow(
      {
        start: input({ yes: { type: 'boolean' } }),
        which: ['if', kinds.get('if')!.initial as JsonObject],
        left: set({ side: 'left' }),
        right: set({ side: 'right' }),
        met: set({ side: '{{ steps.left?.side ?? steps.right.side }}' }),
        answer: answer({ side: '{{ steps.met.side }}', left: '{{ steps.left?.side ?? "none" }}' }),
      },
      ['start>which', 'left>met', 'right>met', 'met>answer'],
    );
    const which = document.nodes[1]!;
    const handles = kinds
      .get('if')!
      .handles(kinds.get('if')!.config.parse(which.config))
      .map(({ id }) => id);
    which.config = { when: 'expression', conditions: [], expression: '{{ input.yes }}' };
    document.edges.push(
      { id: 'l', from: { node: 'which', handle: handles[0]! }, to: { node: 'left' } },
      { id: 'r', from: { node: 'which', handle: handles[1]! }, to: { node: 'right' } },
    );
    for (const yes of [true, false]) {
      await sameAnswer(document, ['which', 'left', 'right', 'met'], { yes });
      const made = await sameAnswer(document, ['met'], { yes });
      expect(made.arguments.map(({ name, required }) => [name, required])).toEqual([
        ['left', false],
        ['right', false],
      ]);
      await sameAnswer(document, ['left'], { yes });
    }
  });

  test('a whole loop, and steps inside a loop', async () => {
    const document = flow(
      {
        start: input({ names: { type: 'array', items: text } }),
        each: [
          'for-each',
          {
            ...(kinds.get('for-each')!.initial as JsonObject),
            list: '{{ input.names }}',
            collect: '{{ steps.b.two }}',
          },
        ],
        a: set({ one: '{{ steps.each.item }}1' }, 'each'),
        b: set({ two: '{{ steps.a.one }}2{{ steps.each.index }}' }, 'each'),
        answer: answer({ all: '{{ steps.each.items }}' }),
      },
      ['start>each', 'each.each>a', 'a>b', 'each>answer'],
    );
    const given = { names: ['x', 'y'] };
    const loop = await sameAnswer(document, ['each'], given);
    expect(loop.workflow.nodes.find(({ key }) => key === 'a')?.parent).toBe('each');
    const first = await sameAnswer(document, ['a'], given);
    expect(first.document.nodes.find(({ id }) => id === first.id)?.parent).toBe('each');
    const last = await sameAnswer(document, ['a', 'b'], given);
    expect(last.document.nodes.find(({ key }) => key === 'each')?.config['collect']).toBe(
      '{{ steps.part.b.two }}',
    );
    expect(refused(document, ['each', 'answer'])).toContain('answer ends this workflow');
    expect(refused(document, ['a', 'answer'])).toContain('inside a loop');
    const plain = structuredClone(document);
    plain.nodes[1]!.config = { ...plain.nodes[1]!.config, collect: '' };
    expect(refused(plain, ['b'])).toContain('collects what its last step left behind');
  });

  test('any part of a random chain answers as it did', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        fc.nat(5),
        fc.string({ maxLength: 5 }),
        async (reads, one, other, word) => {
          const steps: Steps = { start: input({ word: text }) };
          for (const [index, from] of reads.entries()) {
            const parts = from.map((at) => (at < index ? `{{ steps.s${at}.v }}` : '{{ input.word }}'));
            steps[`s${index}`] = set({ v: `${index}${parts.join('-')}` });
          }
          steps['answer'] = answer(
            Object.fromEntries(reads.map((_, index) => [`v${index}`, `{{ steps.s${index}.v }}`])),
          );
          const keys = Object.keys(steps);
          const document = flow(
            steps,
            keys.slice(1).map((key, index) => `${keys[index]}>${key}`),
          );
          const [from, to] = [one % reads.length, other % reads.length].toSorted((a, b) => a - b);
          const ids = keys.slice(1 + from!, 2 + to!);
          await sameAnswer(document, ids, { word });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('refused, with a reason', () => {
  const wide = flow(
    {
      start: input({ a: text }),
      x: set({ v: '1' }),
      y: set({ v: '2' }),
      z: set({ v: '3' }),
      merged: ['merge', { mode: 'all' }],
      answer: answer({ v: '{{ steps.z.v }}' }),
    },
    ['start>x', 'start>y', 'x>merged', 'y>merged', 'merged>z', 'z>answer'],
  );
  test.each([
    ['nothing', [], 'Select the steps'],
    ['the start', ['start', 'x'], 'start starts this workflow'],
    ['an end', ['z', 'answer'], 'answer ends this workflow'],
    ['two entries', ['x', 'y', 'merged'], 'more than one step (x, y)'],
    ['a merge at the entry', ['merged', 'z'], 'merged reads the ways'],
    ['a merge behind', ['x'], 'merged, which follows'],
    ['two exits', ['x', 'z'], 'more than one step'],
  ])('%s', (_, ids, reason) => {
    expect(refused(wide, ids)).toContain(reason);
  });

  const withConfig = (key: string, config: JsonObject): WorkflowDocument => ({
    ...order,
    nodes: order.nodes.map((node) => (node.key === key ? { ...node, config } : node)),
  });
  const withCode = (key: string, code: string): WorkflowDocument => ({
    ...order,
    nodes: order.nodes.map((node) =>
      node.key === key ? { ...node, kind: 'javascript', config: { code } } : node,
    ),
  });
  test.each([
    [
      'an expression that does not parse',
      withConfig('second', { values: { a: '{{ steps. }}' } }),
      'an expression with a fault',
    ],
    ['code that does not parse', withCode('second', 'return ('), 'does not parse'],
    [
      'a name known only while running',
      withCode('second', 'const k = "first"; return steps[k];'),
      'cannot be followed',
    ],
    ['all steps at once', withCode('second', 'return Object.keys(steps);'), 'cannot be followed'],
    ['a name that is hidden', withCode('second', 'const input = 1; return input;'), 'something of its own'],
    [
      'a name that a pattern hides',
      withCode('second', 'const { steps } = input; return 1;'),
      'something of its own',
    ],
    [
      'later code that cannot be followed',
      withCode('third', 'const k = "second"; return steps[k];'),
      'third reads steps',
    ],
  ])('%s', (_, document, reason) => {
    expect(refused(document, ['second'])).toContain(reason);
  });

  test('a way that ends inside, and a step that is taken back', () => {
    const open = { ...order, nodes: [...order.nodes, { ...order.nodes[1]!, id: 'side', key: 'side' }] };
    open.edges = [
      ...order.edges,
      { id: 'side', from: { node: 'second', handle: 'out' }, to: { node: 'side' } },
    ];
    expect(refused(open, ['second', 'third', 'side'])).toContain('end at side');
    const undone = structuredClone(order);
    undone.nodes[2]!.settings = { undo: 'third' };
    expect(refused(undone, ['second'])).toContain('taken back');
  });
});
