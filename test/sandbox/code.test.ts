import { afterAll, describe, expect, test } from 'vitest';
import type { HttpRequest } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { httpAnswer, openSandbox } from './harness.ts';

// What an author of code sees. Also the positive control of the attacks: the same sandbox answers right values.
const { sandbox, attempt } = openSandbox();
afterAll(() => sandbox.close());

describe('a value', () => {
  test.each([
    ['a number', 'return 6 * 7', 42],
    ['text with every kind of character', 'return "é\\u0000\\"\\u2028😀"', 'é\u0000"\u2028😀'],
    ['nothing', 'const x = 1', null],
    ['an awaited promise', 'return await Promise.resolve([1, { a: null }])', [1, { a: null }]],
    ['a promise', 'return Promise.resolve(true)', true],
    ['a date, as JSON writes it', 'return new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['undefined fields are left out', 'return { a: undefined, b: 1 }', { b: 1 }],
    ['objects of a class', 'class P { constructor() { this.x = 1 } } return new P()', { x: 1 }],
    ['objects without a prototype', 'const o = Object.create(null); o.a = 1; return o', { a: 1 }],
    ['a comment at the end', 'return 1 // done', 1],
    [
      'names of the scope may be declared anew',
      'const steps = [1]; const sleep = 2; return steps[0] + sleep',
      3,
    ],
    [
      'base64',
      'return [btoa("h\\u00e9llo"), atob("aOlsbG8="), atob(btoa("ab"))]',
      ['aOlsbG8=', 'héllo', 'ab'],
    ],
    ['code made at run time', 'return new Function("a", "return a + 1")(1)', 2],
  ])('%s', async (_title, source, value) => {
    expect(await attempt(source)).toEqual({ value });
  });

  test('is made of input, steps and env', async () => {
    const source = 'return { greeting: `${env.GREETING} ${input.name}`, total: steps.sum.total + 1 }';
    const scope = { input: { name: 'Ada' }, steps: { sum: { total: 2 } }, env: { GREETING: 'Hello' } };
    expect(await attempt(source, scope)).toEqual({ value: { greeting: 'Hello Ada', total: 3 } });
  });

  test('keeps a large list whole', async () => {
    const items = Array.from({ length: 5000 }, (_, id) => ({ id, name: `item ${id}` }));
    expect(await attempt('return input.items.reverse()', { input: { items } })).toEqual({
      value: items.toReversed(),
    });
  });

  test.each([
    ['return () => 1', 'the returned value is a function'],
    ['return { list: [1, { when: 10n }] }', 'the returned value.list[1].when is a BigInt'],
    ['return { a: new Map() }', 'the returned value.a is a Map'],
    ['return [new Set([1])]', 'the returned value[0] is a Set'],
    [
      'return { answer: http.fetch("https://api.test/") }',
      'value.answer is a promise (is an `await` missing?)',
    ],
    ['return { average: 0 / 0 }', 'the returned value.average is NaN'],
    ['const a = {}; a.a = a; return a', 'nesting deeper than 64 levels, or a circle'],
    ['return "x".repeat(2_000_000)', 'larger than 1048576 characters'],
    ['class P { toJSON() { throw new Error("no") } } return new P()', 'could not be turned into JSON'],
  ])('that JSON cannot carry is refused: %s', async (source, why) => {
    const outcome = await attempt(source);
    expect(outcome).toMatchObject({ code: 'CODE_RESULT', message: expect.stringContaining(why) });
  });
});

describe('a failure', () => {
  test.each([
    ['the first line', 'return input.a.b', 'TypeError', 1, 16],
    ['a later line', 'const x = 1;\n\n  return x.y.z;', 'TypeError', 3, 14],
    [
      'a function of its own',
      'function f() {\n  throw new RangeError("far");\n}\nreturn f();',
      'RangeError',
      2,
      9,
    ],
    ['after an await', 'await null;\nnull.x;', 'TypeError', 2, 6],
    [
      'an error class of its own',
      'class Mine extends Error { name = "Mine" }\nthrow new Mine("x")',
      'Mine',
      2,
      7,
    ],
  ])('tells the place: %s', async (_title, source, name, line, column) => {
    const outcome = await attempt(source);
    expect(outcome).toMatchObject({ code: 'CODE_ERROR', details: { line, column } });
    expect(outcome).toMatchObject({
      message: expect.stringMatching(`^${name}: .*\\(line ${line}, column ${column}\\)$`),
    });
  });

  test('of syntax tells the place', async () => {
    const outcome = await attempt('const a = 1;\nconst b = ;');
    expect(outcome).toEqual({
      code: 'CODE_SYNTAX',
      message: "The code has a syntax error: Unexpected token ';' (line 2, column 11)",
      details: { line: 2, column: 11 },
    });
  });

  test('of syntax at the missing end tells the last line', async () => {
    expect(await attempt('if (true) {\n  return 1;')).toMatchObject({
      code: 'CODE_SYNTAX',
      details: { line: 2 },
    });
  });

  test.each([
    ['text', 'throw "no stock"', 'no stock'],
    ['nothing', 'throw null', 'null'],
    ['a plain object', 'throw { a: 1 }', '{"a":1}'],
  ])('may be %s', async (_title, source, message) => {
    expect(await attempt(source)).toMatchObject({ code: 'CODE_ERROR', message });
  });

  test('is told at once when the code waits for what can never come', async () => {
    const outcome = await attempt('await new Promise(() => {})', { timeoutMs: 600_000 });
    expect(outcome).toMatchObject({
      code: 'CODE_ERROR',
      message: expect.stringContaining('nothing can settle'),
    });
  });
});

describe('between two runs', () => {
  test.each([
    ['globals', 'globalThis.seen = (globalThis.seen ?? 0) + 1; return seen', 1],
    ['prototypes', 'const before = [].extra; Array.prototype.extra = 1; return before ?? null', null],
    ['what a RegExp remembers', 'const before = RegExp.$1; /(s)ecret/.exec("secret"); return before', ''],
    [
      'the registry of symbols is no store',
      'const s = Symbol.for("x"); const b = s.v; return b ?? null',
      null,
    ],
    ['built-ins', 'const before = JSON.stringify({}); JSON.stringify = () => "spoilt"; return before', '{}'],
  ])('nothing is left: %s', async (_title, source, value) => {
    for (let i = 0; i < 3; i += 1) expect(await attempt(source)).toEqual({ value });
  });

  test('a run at the same time sees nothing of the other', async () => {
    const source = 'globalThis.mine = input; await sleep(20); return mine';
    const inputs = Array.from({ length: 20 }, (_, i) => i);
    const outcomes = await Promise.all(inputs.map((input) => attempt(source, { input })));
    expect(outcomes).toEqual(inputs.map((value) => ({ value })));
  });
});

describe('console', () => {
  test('passes lines on with their level, in order', async () => {
    const lines: string[] = [];
    await attempt(
      'console.log("a", { b: 1 }, [null]); console.warn(undefined); console.error(new Error("boo"))',
      {
        onLog: (level, text) => lines.push(`${level}: ${text.split('\n')[0]}`),
      },
    );
    expect(lines).toEqual(['info: a {"b":1} [null]', 'warn: undefined', 'error: Error: boo']);
  });

  test('passes on what was said before a failure', async () => {
    const lines: string[] = [];
    await attempt('console.info("here"); for (;;);', {
      timeoutMs: 1000,
      onLog: (_level, text) => lines.push(text),
    });
    expect(lines).toEqual(['here']);
  });
});

describe('http.fetch', () => {
  test('sends what it is told and answers like fetch', async () => {
    const sent: HttpRequest[] = [];
    const source = `
      const answer = await http.fetch('https://api.test/orders', {
        method: 'post', headers: { 'X-Trace': 7 }, body: { id: input.id } });
      return { ok: answer.ok, status: answer.status, type: answer.headers['content-type'],
        url: answer.url, json: await answer.json(), text: await answer.text(), body: answer.body };`;
    const outcome = await attempt(source, {
      input: { id: 5 },
      http: async (request) => {
        sent.push(request);
        return httpAnswer('{"left":3}', { status: 201, url: 'https://api.test/orders/5' });
      },
    });
    expect(sent).toEqual([
      {
        url: 'https://api.test/orders',
        method: 'POST',
        headers: { 'X-Trace': '7', 'content-type': 'application/json' },
        body: '{"id":5}',
        timeoutMs: 5000,
        maxBytes: 1024 * 1024,
      },
    ]);
    expect(outcome).toEqual({
      value: {
        ok: true,
        status: 201,
        type: 'application/json',
        url: 'https://api.test/orders/5',
        json: { left: 3 },
        text: '{"left":3}',
        body: '{"left":3}',
      },
    });
  });

  test('reads the character set of an answer', async () => {
    const body = Uint8Array.from([0x63, 0x61, 0x66, 0xe9]);
    const http = async () => ({
      ...httpAnswer(''),
      headers: { 'content-type': 'text/plain; charset=latin1' },
      body,
    });
    expect(await attempt('return (await http.fetch("https://api.test/")).body', { http })).toEqual({
      value: 'café',
    });
  });

  test('several at once get their own answers', async () => {
    const http = async ({ url }: HttpRequest) => {
      const n = Number(url.split('/').at(-1));
      await new Promise((resolve) => setTimeout(resolve, 30 - n));
      return httpAnswer(JSON.stringify(n), { url });
    };
    const source = `const asked = [...Array(20).keys()].map((n) => http.fetch('https://api.test/' + n));
      return Promise.all(asked.map(async (answer) => (await answer).json()));`;
    expect(await attempt(source, { http })).toEqual({ value: Array.from({ length: 20 }, (_, n) => n) });
  });

  test('rejects with a code, and tells the line when nobody catches it', async () => {
    const http = async () => {
      throw new StepError('EGRESS_BLOCKED', 'The address is private.');
    };
    const caught =
      'try { await http.fetch("http://10.0.0.1/") } catch (error) { return [error.code, error.message] }';
    expect(await attempt(caught, { http })).toEqual({ value: ['EGRESS_BLOCKED', 'The address is private.'] });
    const uncaught = 'const url = "http://10.0.0.1/";\nawait http.fetch(url);';
    expect(await attempt(uncaught, { http })).toMatchObject({
      code: 'CODE_ERROR',
      message: expect.stringContaining('The address is private.'),
      details: { code: 'EGRESS_BLOCKED', line: 2 },
    });
  });

  test('shows nothing of an error that was not written for the outside', async () => {
    const http = async () => {
      throw new Error('connect ECONNREFUSED /srv/app/secret.sock');
    };
    const source =
      'try { await http.fetch("https://api.test/") } catch (error) { return error.code + " " + error.message + error.stack }';
    const outcome = await attempt(source, { http });
    expect(outcome).toMatchObject({ value: expect.stringMatching(/^NETWORK The request failed\./) });
    expect(JSON.stringify(outcome)).not.toMatch(/secret|ECONNREFUSED|node:/);
  });

  test('refuses what is no request', async () => {
    const source = `try { await http.fetch('https://api.test/', { method: 'GET / HTTP' }) } catch (error) { return error.code }`;
    expect(await attempt(source, { http: async () => httpAnswer('') })).toEqual({ value: 'BAD_REQUEST' });
  });

  test('answers may be returned as they are', async () => {
    const outcome = await attempt('return http.fetch("https://api.test/")', {
      http: async () => httpAnswer('hi'),
    });
    expect(outcome).toMatchObject({ value: { status: 200, ok: true, body: 'hi' } });
  });

  test('is aborted when the run ends without waiting', async () => {
    let aborted: Promise<unknown> = Promise.resolve('never asked');
    const http = (_request: HttpRequest, signal: AbortSignal) => {
      aborted = new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted')));
      return new Promise<never>(() => {});
    };
    expect(await attempt('http.fetch("https://api.test/"); return 1', { http })).toEqual({ value: 1 });
    expect(await aborted).toBe('aborted');
  });
});
