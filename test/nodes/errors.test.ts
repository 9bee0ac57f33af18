import { afterAll, describe, expect, test } from 'vitest';
import type { StepError } from '#lib/engine/errors.ts';
import { replay } from '#lib/engine/tape-replay.ts';
import { kinds } from '#lib/nodes/index.ts';
import { createSandbox } from '#lib/sandbox/pool.ts';
import { compile } from '#lib/workflow/compile.ts';
import { EXAMPLE_TIME } from '#lib/workflow/example.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { exampleCapabilities } from './run-example.ts';

// What a failing step tells whoever must act on it: what it got, what is needed, what to do. Through the engine, so
// that the field of a failed expression is named too.

const sandbox = createSandbox({ log() {} });
afterAll(() => sandbox.close());
const capabilities = exampleCapabilities(sandbox);

type Failure = Pick<StepError, 'code' | 'message'> & { field?: JsonValue };

/** How a step of this kind fails with this config; `value` is what its expressions read as `input.value`. */
async function failureOf(kind: string, config: JsonObject, value: JsonValue, answer?: JsonObject) {
  const node = (id: string, type: string, of: JsonObject) => ({
    id,
    key: id,
    kind: type,
    config: of,
    position: { x: 0, y: 0 },
  });
  const end = kinds.get(kind)!.role === 'end';
  const first = kinds.get(kind)!.handles(kinds.get(kind)!.config.parse(config))[0]?.id;
  const document = {
    schemaVersion: 1,
    kind: 'tool',
    name: 'fails',
    title: '',
    description: '',
    nodes: [
      node('arguments', 'input', { schema: { type: 'object', properties: { value: {} } } }),
      node('step', kind, config),
      ...(end ? [] : [node('answer', 'output', { parts: [{ type: 'text', text: 'ok' }] })]),
    ],
    edges: [
      { id: 'a', from: { node: 'arguments', handle: 'out' }, to: { node: 'step' } },
      ...(end ? [] : [{ id: 'b', from: { node: 'step', handle: first! }, to: { node: 'answer' } }]),
    ],
    settings: {},
  };
  const { plan, problems } = compile(document, kinds);
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  const exchange = answer && [{ ask: 'http' as const, request: {}, answer }];
  const { error } = await replay(
    plan,
    {
      runId: 'r',
      startedAt: EXAMPLE_TIME,
      input: { value },
      recording: { steps: exchange ? { step: { asked: exchange } } : {} },
    },
    { env: {}, capabilities, signal: new AbortController().signal },
  );
  expect(error?.key).toBe('step');
  const field = error?.details?.['field'];
  const failure: Failure = {
    code: error!.code,
    message: error!.message,
    ...(field !== undefined && { field }),
  };
  return failure;
}

const get = { method: 'GET', url: 'https://api.test/{{ input.value }}' };

describe('a failing step says what it got, what it needs and what to do', () => {
  test.each([
    [
      'http',
      { ...get, url: '{{ input.value }}' },
      'orders/7',
      [
        'BAD_URL',
        '"orders/7" is not an address. It must begin with https:// or http://; check the expressions in it.',
        ['url'],
      ],
    ],
    [
      'http',
      get,
      '../admin',
      [
        'BAD_URL',
        'The address "https://api.test/../admin" has a "." or ".." in its path, which could lead to another one than was meant. Check the values that go into it.',
        ['url'],
      ],
    ],
    [
      'list',
      { list: '{{ input.value }}', operations: [{ type: 'limit', count: 1 }] },
      'a, b',
      [
        'NOT_A_LIST',
        'A list is needed, but this is a text. Where it may be missing write {{ … ?? [] }}.',
        ['list'],
      ],
    ],
    [
      'list',
      {
        list: '{{ input.value }}',
        operations: [{ type: 'aggregate', measures: [{ name: 'sum', of: 'sum', path: 'price' }] }],
      },
      [{ price: 'dear' }],
      [
        'NOT_A_NUMBER',
        '"price" of an item is "dear", which is no number and cannot be added up. Filter such items out first.',
      ],
    ],
    [
      'output',
      { parts: [], structured: { value: '{{ input.value }}' } },
      [1],
      [
        'OUTPUT_NOT_OBJECT',
        'The structured value of the answer is a list; an object is needed, for example { "items": … }.',
        ['structured', 'value'],
      ],
    ],
    [
      'validate',
      {
        value: '{{ input.value }}',
        schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        onInvalid: 'fail',
      },
      {},
      [
        'VALIDATION',
        expect.stringMatching(
          /^The value does not fit the schema: .*id.*\. Correct the value, or the schema of this step\.$/,
        ),
      ],
    ],
    [
      'parse',
      { source: '{{ input.value }}', format: { type: 'json' } },
      7,
      [
        'NOT_A_TEXT',
        'A text or a file is needed to be read, but this is a number. What is data already needs no parsing.',
        ['source'],
      ],
    ],
    [
      'wait',
      { mode: 'until', until: '{{ input.value }}' },
      'soon',
      ['BAD_TIME', '"soon" is not a time: 2026-11-21T09:30:00Z or ms since 1970 is expected.', ['until']],
    ],
    [
      'store',
      { action: { type: 'get', key: '{{ input.value }}' } },
      '',
      ['BAD_KEY', 'The key is empty. Check the expression in it.', ['action', 'key']],
    ],
    [
      'template',
      { text: '{{ input.value.name.first }}' },
      { name: null },
      ['EXPRESSION', expect.stringMatching(/^The field "text": /), ['text']],
    ],
  ] as [string, JsonObject, JsonValue, [string, unknown, JsonValue?]][])(
    '%s %j',
    async (kind, config, value, expected) => {
      const [code, message, field] = expected;
      expect(await failureOf(kind, config, value)).toEqual({
        code,
        message,
        ...(field !== undefined && { field }),
      });
    },
  );

  test.each([
    [401, 'Check the connection of this step.'],
    [403, 'Check what the connection of this step may do.'],
    [404, 'Check the address and the values in it.'],
    [422, 'Check what is sent.'],
    [429, 'Call it less often, or try again later.'],
    [503, 'Try again later.'],
  ])('http: status %i', async (status, advice) => {
    const answer = {
      status,
      statusText: 'Word',
      headers: { 'content-type': 'text/plain' },
      text: 'no such order',
    };
    const told = status < 500 ? ': no such order' : '';
    expect(await failureOf('http', get, 'a', answer)).toEqual({
      code: 'HTTP_STATUS',
      message: `GET https://api.test/a answered ${status} Word${told}. ${advice}`,
    });
  });
});
