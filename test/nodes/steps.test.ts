import { describe, expect, test } from 'vitest';
import type { CodeRequest } from '#lib/engine/capabilities.ts';
import { javascript } from '#lib/nodes/javascript.ts';
import { progress } from '#lib/nodes/progress.ts';
import { set } from '#lib/nodes/set.ts';
import { template } from '#lib/nodes/template.ts';
import { runKind } from './run-kind.ts';

describe('javascript', () => {
  test('hands code and data to the sandbox, and its log to the run', async () => {
    const asked: CodeRequest[] = [];
    const code = {
      run: async (request: CodeRequest) => {
        asked.push(request);
        request.onLog('warn', 'look');
        return { n: 1 };
      },
    };
    const world = { code, input: { a: 1 }, steps: { s: 2 }, timeoutMs: 3000 };
    const done = await runKind(javascript, { code: 'return 1' }, world);
    expect(done).toMatchObject({ value: { n: 1 }, logs: ['warn: look'] });
    expect(asked[0]).toMatchObject({ source: 'return 1', input: { a: 1 }, steps: { s: 2 }, timeoutMs: 3000 });
  });

  test('the body of an async function parses', () => {
    const code =
      'const r = await http.get("x");\nfor await (const x of r) console.log(x);\nreturn r?.a ?? 1;';
    expect(javascript.check?.({ code })).toEqual([]);
  });

  test('code that does not parse is told with its place', () => {
    const code = 'const a = 1;\nreturn a +;\n';
    expect(javascript.check?.({ code })).toEqual([
      {
        code: 'javascript_syntax',
        severity: 'error',
        message: 'The code does not parse (line 2, column 11): Unexpected token.',
        field: ['code'],
        start: 23,
        end: 24,
      },
    ]);
  });
});

test('set leaves its values', async () => {
  const values = { a: [1, { b: null }] };
  expect((await runKind(set, { values })).value).toEqual(values);
});

test.each([
  ['text', 'text'],
  [{ a: 1 }, '{"a":1}'],
  [12, '12'],
  [null, ''],
])('template makes a text of %j', async (text, value) => {
  expect((await runKind(template, { text })).value).toBe(value);
});

describe('progress', () => {
  test('tells how far the run is, and leaves that behind', async () => {
    const done = await runKind(progress, { done: '3', total: 10, message: 'three' });
    expect(done.progress).toEqual([[3, 10, 'three']]);
    expect(done.value).toEqual({ done: 3, total: 10, message: 'three' });
  });

  test('without a total or a message', async () => {
    const done = await runKind(progress, { done: 1 });
    expect(done.progress).toEqual([[1, undefined, undefined]]);
    expect(done.value).toEqual({ done: 1 });
  });
});
