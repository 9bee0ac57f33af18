import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { RunResult } from '#lib/engine/run.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { egressFor, serve } from '../egress/local-server.ts';
import { capabilities, runOptions } from '../engine/plan.ts';
import { memoryFiles } from './run-kind.ts';

// The kinds as they are used: in a document, compiled, run by the engine, with the real way out.

interface Step {
  kind: string;
  config: JsonObject;
  settings?: JsonObject;
}

const text: Step = {
  kind: 'input',
  config: {
    schema: {
      type: 'object',
      properties: { text: { type: 'string' }, limit: { type: 'number', default: 3 } },
    },
  },
};

function answer(template: string): Step {
  return { kind: 'output', config: { parts: [{ type: 'text', text: template }], structured: null } };
}

/** A document of steps by key, edges written `from -> to` or `from:handle -> to`. */
function documentOf(steps: Record<string, Step>, edges: string[]): JsonObject {
  return {
    schemaVersion: 1,
    kind: 'tool',
    name: 'tested',
    title: 'Tested',
    description: 'A workflow of a test.',
    nodes: Object.entries(steps).map(([key, step]) => ({
      id: `id-${key}`,
      key,
      position: { x: 0, y: 0 },
      ...step,
    })),
    edges: edges.map((edge, index) => {
      const [, from, handle = 'out', to] = /^(\w+)(?::(\w+))? -> (\w+)$/.exec(edge)!;
      return { id: `e${index}`, from: { node: `id-${from}`, handle }, to: { node: `id-${to}` } };
    }),
    settings: {},
  };
}

interface World extends Partial<Capabilities> {
  input?: JsonObject;
  env?: Record<string, string>;
  onEvent?: (event: RunEvent) => void;
}

async function run(steps: Record<string, Step>, edges: string[], world: World = {}): Promise<RunResult> {
  const { plan, problems } = compile(documentOf(steps, edges), kinds);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { input = {}, env = {}, onEvent, ...given } = world;
  const files = memoryFiles();
  return execute(
    plan!,
    runOptions({ input, env, onEvent, capabilities: { ...capabilities, files, ...given } }),
  );
}

/** The text a run answers. */
function told(result: RunResult): string {
  expect(result.error).toBeUndefined();
  return result.output!.parts.map((part) => (part.type === 'text' ? part.text : part.type)).join('|');
}

test('arguments with defaults reach the answer', async () => {
  const result = await run(
    { arguments: text, answer: answer('{{ input.text }} {{ input.limit }} {{ steps.arguments.limit }}') },
    ['arguments -> answer'],
    { input: { text: 'hi' } },
  );
  expect(told(result)).toBe('hi 3 3');
});

test('a value keeps its type on the way through set, template and a structured answer', async () => {
  const steps: Record<string, Step> = {
    arguments: text,
    values: {
      kind: 'set',
      config: {
        values: { n: '{{ input.limit * 2 }}', list: ['{{ input.text }}', 1], said: 'n={{ input.limit }}' },
      },
    },
    line: { kind: 'template', config: { text: '{{ steps.values.list }}!' } },
    answer: {
      kind: 'output',
      config: {
        parts: [],
        structured: { value: { values: '{{ steps.values }}', line: '{{ steps.line }}' } },
      },
    },
  };
  const result = await run(steps, ['arguments -> values', 'values -> line', 'line -> answer'], {
    input: { text: 'a', limit: 4 },
  });
  expect(result.output?.structured).toEqual({
    values: { n: 8, list: ['a', 1], said: 'n=4' },
    line: '["a",1]!',
  });
});

describe('a call of another service', () => {
  const steps = (settings?: JsonObject): Record<string, Step> => ({
    arguments: text,
    fetch: {
      kind: 'http',
      config: {
        method: 'POST',
        url: '{{ env.API }}/orders/{{ urlEncode(input.text) }}',
        query: { limit: '{{ input.limit }}' },
        headers: { 'x-trace': 'run-{{ run.id }}' },
        body: { type: 'json', value: { id: '{{ input.text }}', n: '{{ input.limit }}' } },
      },
      ...(settings && { settings }),
    },
    check: {
      kind: 'if',
      config: { conditions: [{ left: '{{ steps.fetch.body.price }}', operator: 'greater', right: '100' }] },
    },
    dear: answer('dear: {{ steps.fetch.body.price }}'),
    cheap: answer('cheap'),
  });
  const edges = ['arguments -> fetch', 'fetch -> check', 'check:true -> dear', 'check:false -> cheap'];

  test.each([
    [120, 'dear: 120'],
    [99, 'cheap'],
  ])('with a price of %i goes on to %s', async (price, words) => {
    const seen: unknown[] = [];
    const API = await serve(async (request, response) => {
      seen.push(
        request.method,
        request.url,
        request.headers['x-trace'],
        JSON.parse((await buffer(request)).toString()),
      );
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ price }));
    });
    const world = { input: { text: 'a/../b', limit: 2 }, env: { API }, http: egressFor() };
    expect(told(await run(steps(), edges, world))).toBe(words);
    expect(seen).toEqual(['POST', '/orders/a%2F..%2Fb?limit=2', 'run-run-1', { id: 'a/../b', n: 2 }]);
  });

  test('that is busy is asked again, and takes the error handle when it stays so', async () => {
    let asked = 0;
    const API = await serve((_, response) => {
      asked += 1;
      response.writeHead(503, { 'content-type': 'text/plain' }).end('later');
    });
    const rescued = await run(
      {
        ...steps({ retry: { attempts: 3, backoffMs: 1 }, onError: 'handle' }),
        rescue: answer('{{ steps.fetch.error.code }}: {{ steps.fetch.error.details.status }}'),
      },
      [...edges, 'fetch:error -> rescue'],
      { input: { text: 'x', limit: 1 }, env: { API }, http: egressFor() },
    );
    expect(told(rescued)).toBe('HTTP_STATUS: 503');
    expect(asked).toBe(3);
  });

  test('to an inner address is refused, and the step named', async () => {
    const world = {
      input: { text: 'x', limit: 1 },
      env: { API: 'http://169.254.169.254' },
      http: egressFor(),
    };
    const result = await run(steps(), edges, world);
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'EGRESS_BLOCKED', key: 'fetch', message: 'Blocked by egress policy (address).' },
    });
  });
});

test('code sees the arguments and earlier values; its logs are events', async () => {
  const events: RunEvent[] = [];
  const result = await run(
    {
      arguments: text,
      code: { kind: 'javascript', config: { code: 'return input.text.length;' } },
      answer: answer('{{ steps.code + 1 }}'),
    },
    ['arguments -> code', 'code -> answer'],
    {
      input: { text: 'four' },
      onEvent: (event) => events.push(event),
      code: {
        run: async ({ input, onLog }) => {
          onLog('info', 'counted');
          return (input as { text: string }).text.length;
        },
      },
    },
  );
  expect(told(result)).toBe('5');
  expect(events).toContainEqual(expect.objectContaining({ type: 'log', key: 'code', text: 'counted' }));
});

test('passages are looked up and quoted; progress is told', async () => {
  const events: RunEvent[] = [];
  const result = await run(
    {
      arguments: text,
      progress: {
        kind: 'progress',
        config: { done: 1, total: '{{ input.limit }}', message: 'Reading {{ input.text }}' },
      },
      look_up: {
        kind: 'knowledge',
        config: { base: 'docs', query: '{{ input.text }}', topK: '{{ input.limit }}' },
      },
      answer: answer('{{ steps.look_up.hits[0].text }}'),
    },
    ['arguments -> progress', 'progress -> look_up', 'look_up -> answer'],
    {
      input: { text: 'plug', limit: 2 },
      onEvent: (event) => events.push(event),
      knowledge: {
        ...capabilities.knowledge,
        search: async ({ base, text: asked, topK }) => [
          {
            ...{ document: base, documentId: '1', title: base, uri: '', headings: [], page: null },
            ...{ passage: 0, text: `${asked} ${topK}`, score: 1, snippet: '' },
          },
        ],
      },
    },
  );
  expect(told(result)).toBe('plug 2');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'progress', done: 1, total: 2, message: 'Reading plug' }),
  );
});

test('fail tells the model what the author wrote', async () => {
  const result = await run(
    {
      arguments: text,
      check: { kind: 'if', config: { when: 'expression', expression: '{{ input.text == "" }}' } },
      fail: { kind: 'fail', config: { message: 'Nothing was given ({{ input.limit }}).' } },
      answer: answer('fine'),
    },
    ['arguments -> check', 'check:true -> fail', 'check:false -> answer'],
    { input: { text: '', limit: 1 } },
  );
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'FAIL', message: 'Nothing was given (1).', key: 'fail' },
  });
});

describe('a value that does not fit', () => {
  test.each<[string, Step, string]>([
    [
      'a file',
      { kind: 'output', config: { parts: [{ type: 'image', file: '{{ input.text }}' }] } },
      'parts.0.file',
    ],
    [
      'a number of passages',
      { kind: 'knowledge', config: { base: 'docs', query: 'x', topK: '{{ input.text }}' } },
      'topK',
    ],
  ])('names the field: %s', async (_, step, field) => {
    const steps = { arguments: text, step, answer: answer('never') };
    const edges = step.kind === 'output' ? ['arguments -> step'] : ['arguments -> step', 'step -> answer'];
    if (step.kind === 'output') delete (steps as Record<string, Step>)['answer'];
    const { error } = await run(steps, edges, { input: { text: 'no' } });
    expect(error).toMatchObject({ code: 'EXPRESSION', key: 'step' });
    expect(error?.details?.['field']).toEqual(
      field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    );
  });
});

describe('data that grows without end', () => {
  const set = (value: string): Step => ({ kind: 'set', config: { values: { all: value } } });
  const structured: Step = {
    kind: 'output',
    config: { parts: [], structured: { value: { all: '{{ steps.values.all }}' } } },
  };
  const input = { text: 'ab'.repeat(450_000) };

  test('one expression that names a long text often fails its step, not the process', async () => {
    const steps = {
      arguments: text,
      values: set('{{ range(0, 20000).map((i) => input.text + i) }}'),
      answer: structured,
    };
    const result = await run(steps, ['arguments -> values', 'values -> answer'], { input });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'TOO_LARGE', key: 'values' } });
  });

  test('steps that each hand on what they read fail when it is too much together', async () => {
    const most = '{{ range(0, 60).map((i) => input.text + i) }}';
    const keys = ['one', 'two', 'three', 'four', 'five'];
    const steps = Object.fromEntries(keys.map((key) => [key, set(most)]));
    const edges = ['arguments', ...keys].map((key, at) => `${key} -> ${keys[at] ?? 'answer'}`);
    const result = await run({ arguments: text, ...steps, answer: answer('done') }, edges, { input });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'TOO_LARGE', key: 'five' } });
  });

  test('what fits goes through (positive control)', async () => {
    const steps = {
      arguments: text,
      values: set('{{ range(0, 60).map((i) => input.text + i) }}'),
      answer: answer('{{ steps.values.all.length }}'),
    };
    expect(told(await run(steps, ['arguments -> values', 'values -> answer'], { input }))).toBe('60');
  });
});
