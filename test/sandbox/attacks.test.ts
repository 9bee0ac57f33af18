import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { type Attempt, httpAnswer, kindOf, type Outcome, openSandbox, smallLimits } from './harness.ts';

// Programs that try to take the sandbox, its process or the machine down. Each must come to one of the ends named
// beside it (by limits of the sandbox's own: nothing here waits longer than vitest's time-out), and a neighbour project
// must get right answers before, during and after. Where several ends are named, it depends on which wall the program
// hits first, and that on the load of the machine.
const { sandbox, attempt, logged } = openSandbox({ limits: smallLimits });
afterAll(() => sandbox.close());

const TIME = ['CODE_TIMEOUT'];
/** Memory that grows until one of the two walls. */
const EXHAUSTION = ['CODE_MEMORY', 'CODE_TIMEOUT'];
const ERROR = ['CODE_ERROR'];
const REFUSED = ['CODE_RESULT'];
const SYNTAX = ['CODE_SYNTAX'];

/** Projects of the attackers, one program at a time in each, so that each end has one cause. */
const freeLanes = ['attacker-1', 'attacker-2', 'attacker-3'];
const waiting: ((lane: string) => void)[] = [];

async function inLane<T>(work: (projectId: string) => Promise<T>): Promise<T> {
  const lane = freeLanes.pop() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
  try {
    return await work(lane);
  } finally {
    const next = waiting.shift();
    if (next === undefined) freeLanes.push(lane);
    else next(lane);
  }
}

/** Asks a harmless program, and looks at the answer. */
async function neighbourAnswers(more: Attempt = {}): Promise<void> {
  const input = Math.floor(Math.random() * 1e6);
  const outcome = await attempt('return { twice: input * 2 }', { projectId: 'neighbour', input, ...more });
  expect(outcome).toEqual({ value: { twice: input * 2 } });
}

/** Runs the program with a neighbour beside it. */
async function besideANeighbour(source: string, more: Attempt = {}): Promise<Outcome> {
  await neighbourAnswers();
  const end = inLane((projectId) => attempt(source, { projectId, timeoutMs: 300, ...more }));
  await neighbourAnswers();
  const outcome = await end;
  await neighbourAnswers();
  return outcome;
}

const http = async () => httpAnswer('{}');

const attacks: Record<string, [title: string, source: string, ends: string[]][]> = {
  'loops without end': [
    ['for', 'for (;;);', TIME],
    ['try, catch, finally', 'for (;;) try { for (;;); } catch {} finally { for (;;); }', TIME],
    ['a trap of a proxy', 'return "x" in new Proxy({}, { has() { for (;;); } })', TIME],
    ['a generator', 'function* all() { for (;;) yield 1 } for (const one of all());', TIME],
    ['awaits', 'for (;;) await 0', TIME],
    ['a chain of promises', 'const again = () => Promise.resolve().then(again); await again()', EXHAUSTION],
    ['a microtask before the result', 'Promise.resolve().then(() => { for (;;); }); return 1', TIME],
    ['after an answer from outside', 'await http.fetch("https://api.test/"); for (;;);', TIME],
    ['in a thenable', 'await { then() { for (;;); } }', TIME],
    ['a regular expression', 'return /^(a+)+$/.test("a".repeat(40) + "!")', TIME],
    ['a back reference', 'return /^(.+)+\\1$/.test("ab".repeat(30) + "c")', TIME],
    ['a sleep that is too long', 'await sleep(1e9)', TIME],
    ['sort with a slow order', 'return [3, 2, 1].sort(() => { for (;;); })', TIME],
  ],
  floods: [
    ['console', 'for (;;) console.log("x")', TIME],
    ['console, a megabyte a line', 'const line = "x".repeat(1e6); for (;;) console.log(line)', EXHAUSTION],
    ['requests', 'for (;;) http.fetch("https://api.test/").catch(() => {})', EXHAUSTION],
    ['sleeps', 'for (;;) sleep(1).catch(() => {})', EXHAUSTION],
  ],
  'built-in functions that cannot be interrupted': [
    ['indexOf', 'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', TIME],
    ['reverse', 'return Array.prototype.reverse.call({ length: 2 ** 53 - 1 })', TIME],
    ['Array.from', 'return Array.from({ length: 2 ** 32 - 1 }).length', EXHAUSTION],
    ['fill', 'return new Array(2 ** 32 - 2).fill(0).length', EXHAUSTION],
    ['replaceAll', 'return "a".repeat(2 ** 27).replaceAll("a", "bb").length', EXHAUSTION],
    ['a huge BigInt as text', 'return (2n ** (2n ** 26n)).toString().length', EXHAUSTION],
    [
      'a product of huge BigInts',
      'const a = 3n ** (2n ** 22n); let b = a; for (;;) b *= a',
      [...EXHAUSTION, ...ERROR],
    ],
    ['sort of nothing', 'return Array.prototype.sort.call({ length: 2 ** 32 })', [...EXHAUSTION, ...ERROR]],
  ],
  memory: [
    ['arrays', 'const all = []; for (;;) all.push(new Array(1000).fill(1))', EXHAUSTION],
    ['objects', 'const all = []; for (;;) all.push({ a: { b: {} } })', EXHAUSTION],
    [
      'text',
      'const all = []; for (let i = 0; ; i += 1) all.push(`${i}`.repeat(1000).split("").join("-"))',
      EXHAUSTION,
    ],
    ['closures', 'let last = null; for (;;) { const before = last; last = () => before }', EXHAUSTION],
    [
      'typed arrays',
      'const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1))',
      [...EXHAUSTION, ...ERROR],
    ],
    ['BigInts', 'const all = []; for (let i = 0n; ; i += 1n) all.push(2n ** 10000n + i)', EXHAUSTION],
    [
      'a Map',
      'const all = new Map(); for (let i = 0; ; i += 1) all.set(i, { i })',
      [...EXHAUSTION, ...ERROR],
    ],
    ['one large object', 'const all = {}; for (let i = 0; ; i += 1) all[`key ${i}`] = i', EXHAUSTION],
    ['one array', 'return new Array(1e8).fill({}).map(() => ({})).length', EXHAUSTION],
    ['split', 'return "x".repeat(2 ** 28).split("").length', EXHAUSTION],
    ['normalize', 'return "\\u1e9b\\u0323".repeat(2 ** 26).normalize("NFKD").length', EXHAUSTION],
    ['JSON.parse', 'return JSON.parse("[".repeat(5e6))', [...EXHAUSTION, ...ERROR]],
    ['a buffer of 8 GB', 'return new ArrayBuffer(2 ** 33).byteLength', ERROR],
    [
      'a buffer that grows',
      'const b = new ArrayBuffer(0, { maxByteLength: 2 ** 32 }); for (let n = 0; ; n += 1e7) { b.resize(n); new Uint8Array(b).fill(1) }',
      [...EXHAUSTION, ...ERROR],
    ],
    [
      'Intl objects',
      'const all = []; for (;;) all.push(new Intl.DateTimeFormat("de", { month: "long" }))',
      EXHAUSTION,
    ],
    [
      'regular expressions',
      'const all = []; for (let i = 0; ; i += 1) { const r = new RegExp(`(a{1,99}b){1,9}${i}`); r.test("a"); all.push(r) }',
      EXHAUSTION,
    ],
    ['code', 'return new Function(`return ${"1+".repeat(2e7)}1`)()', [...EXHAUSTION, ...ERROR]],
  ],
  results: [
    ['50 MB of text', 'return "x".repeat(5e7)', [...REFUSED, ...EXHAUSTION]],
    [
      'a thousand times one megabyte',
      'return new Array(1000).fill("x".repeat(1e6))',
      [...REFUSED, ...EXHAUSTION],
    ],
    [
      'a graph that doubles 40 times',
      'let v = [1]; for (let i = 0; i < 40; i += 1) v = [v, v]; return v',
      EXHAUSTION,
    ],
    ['a deep list', 'let v = []; for (let i = 0; i < 1e5; i += 1) v = [v]; return v', REFUSED],
    ['a getter that loops', 'return { get a() { for (;;); } }', TIME],
    [
      'a getter that changes its list',
      'const l = [1]; Object.defineProperty(l, 0, { get() { l.push(1); return 1 } }); return l',
      ['value', ...EXHAUSTION],
    ],
    ['a then that loops', 'return { get then() { for (;;); } }', TIME],
    ['a proxy that loops', 'return new Proxy({}, { ownKeys() { for (;;); } })', TIME],
    ['toJSON that loops', 'class P { toJSON() { for (;;); } } return new P()', TIME],
    ['a symbol', 'return Symbol("x")', REFUSED],
    ['a generator', 'return (function* () {})()', REFUSED],
    [
      'a revoked proxy',
      'const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy',
      [...REFUSED, ...ERROR],
    ],
  ],
  errors: [
    ['a message that loops', 'throw { get message() { for (;;); } }', TIME],
    ['a stack that loops', 'throw { message: "x", get stack() { for (;;); } }', TIME],
    ['toString that loops', 'throw { message: { toString() { for (;;); } } }', TIME],
    ['a proxy that loops', 'throw new Proxy({}, { get() { for (;;); } })', TIME],
    ['a stack made by the code', 'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")', TIME],
    ['50 MB', 'throw new Error("x".repeat(5e7))', [...ERROR, ...EXHAUSTION]],
    ['a symbol', 'throw Symbol("x")', ERROR],
    [
      'a rejection nobody handles',
      'Promise.reject({ get message() { for (;;); } }); return 1',
      ['value', ...TIME],
    ],
    ['recursion', 'const f = () => f(); f()', ERROR],
    ['recursion that catches', 'const f = () => { try { f() } catch { f() } }; f()', TIME],
  ],
  'text that is no body of a function': [
    ['closes the wrapper', '}); evil(', SYNTAX],
    ['closes and opens', 'return 1 }) ; (async function () { return 2', SYNTAX],
    ['an argument of its own', '}, globalThis.x = 1, async function () {', SYNTAX],
    ['an open comment', '/* ', SYNTAX],
    ['an open template', 'return `', SYNTAX],
    ['a module', 'import fs from "node:fs"; return 1', SYNTAX],
    ['deeper than the parser', `return ${'['.repeat(50_000)}${']'.repeat(50_000)}`, [...SYNTAX, ...ERROR]],
  ],
};

for (const [group, cases] of Object.entries(attacks)) {
  describe.concurrent(group, () => {
    test.each(cases)('%s', async (_title, source, ends) => {
      const outcome = await besideANeighbour(source, { http });
      expect(ends, JSON.stringify(outcome)).toContain(kindOf(outcome));
    });
  });
}

describe('escapes', () => {
  test.each([
    [
      'nothing of Node is there',
      'return [typeof process, typeof require, typeof module, typeof Buffer, typeof fetch, typeof setTimeout]',
      ['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined'],
    ],
    [
      'nor by way of constructors',
      'return (function () {}).constructor("return typeof process + typeof require")()',
      'undefinedundefined',
    ],
    [
      'nor of an async function',
      'return (async () => {}).constructor("return typeof process")()',
      'undefined',
    ],
    [
      'nor in the frames of a stack',
      'Error.prepareStackTrace = (_error, frames) => frames.slice(1).flatMap((frame) => [typeof frame.getThis(), typeof frame.getFunction()]); return [...new Set(new Error().stack)]',
      ['undefined'],
    ],
    [
      'no shared memory, no WebAssembly',
      'return ["WebAssembly", "SharedArrayBuffer", "Atomics", "Float16Array", "WeakRef", "FinalizationRegistry", "eval"].filter((name) => name in globalThis)',
      [],
    ],
    [
      '__proto__ does not come out',
      'return JSON.parse(\'{"a":{"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}\')',
      { a: {} },
    ],
    [
      'a fake time-out is an error of the code',
      'try { throw new Error("Script execution timed out.") } catch (error) { return error.message }',
      'Script execution timed out.',
    ],
  ])('%s', async (_title, source, value) => {
    expect(await attempt(source)).toEqual({ value });
  });

  test('the only globals beside those of the language are ours', async () => {
    const outcome = await attempt('return Object.getOwnPropertyNames(globalThis)');
    const ofTheLanguage = new Set(runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]);
    ofTheLanguage.delete('console');
    const names = 'value' in outcome ? (outcome.value as string[]) : [];
    expect(names.filter((name) => !ofTheLanguage.has(name)).sort()).toEqual([
      'atob',
      'btoa',
      'caller',
      'console',
      'env',
      'http',
      'input',
      'sleep',
      'steps',
    ]);
  });

  test('modules are not supported', async () => {
    expect(await attempt('return import("node:fs")')).toMatchObject({ code: 'CODE_ERROR' });
  });

  test('a thrown fake of a time-out stays an error of the code', async () => {
    expect(await attempt('throw new Error("Script execution timed out.")')).toMatchObject({
      code: 'CODE_ERROR',
      message: 'Error: Script execution timed out. (line 1, column 7)',
    });
  });

  test('built-ins that the code replaced do not speak for the sandbox', async () => {
    const source = `
      const lie = () => 'lie';
      JSON.stringify = lie; JSON.parse = lie; Reflect.apply = lie; Object.keys = lie; Array.isArray = lie;
      Number.isFinite = lie; Promise.prototype.then = lie; Function.prototype.call = lie; Function.prototype.apply = lie;
      String.prototype.slice = lie; Object.getPrototypeOf = lie; Object.defineProperty = lie;
      String = lie;
      console.log('still', 1);
      const answer = await http.fetch('https://api.test/');
      return { answer: answer.body, list: [1, 2] };`;
    const lines: string[] = [];
    const outcome = await attempt(source, {
      http: async () => httpAnswer('true'),
      onLog: (_level, text) => lines.push(text),
    });
    expect(outcome).toEqual({ value: { answer: 'true', list: [1, 2] } });
    expect(lines).toEqual(['still 1']);
  });

  test('traps on the prototypes catch nothing of the sandbox', async () => {
    const source = `
      const seen = [];
      for (const name of ['0', '1', 'resolve', 'reject', 'error', 'get', 'value', 'length', 'code'])
        Object.defineProperty(Object.prototype, name, { set(v) { seen.push(typeof v) }, get() { return undefined }, configurable: true });
      await sleep(1);
      return seen.filter((type) => type === 'function').length;`;
    const outcome = await attempt(source);
    expect(['value', 'CODE_ERROR', 'CODE_RESULT']).toContain(kindOf(outcome));
    if ('value' in outcome) expect(outcome.value).toBe(0);
  });
});

describe('beside a program that ends the process', () => {
  const killer = 'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';

  test('runs of the same project that asked nothing of the outside are run again', async () => {
    const more = { projectId: 'shared', timeoutMs: 3000 };
    const innocent =
      'console.log("once"); const until = Date.now() + 100; while (Date.now() < until); return input';
    const lines: string[] = [];
    const [end, ...others] = await Promise.all([
      attempt(killer, { ...more, versionKey: 'killer' }),
      ...[1, 2, 3].map((input) =>
        attempt(innocent, { ...more, timeoutMs: 5000, input, onLog: (_level, text) => lines.push(text) }),
      ),
    ]);
    expect(end).toMatchObject({ code: 'CODE_TIMEOUT' });
    expect(others).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
    expect(lines).toEqual(['once', 'once', 'once']);
  });

  // The positive control of every "the neighbour answers" above: a run in the same process, which may not be run again
  // because it has asked the outside for something, does feel the killer.
  test('a run of the same project that has sent a request is lost, and says so', async () => {
    const more = { projectId: 'control', timeoutMs: 3000 };
    let asked = () => {};
    const sent = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const never = () => {
      asked();
      return new Promise<never>(() => {});
    };
    const victim = attempt('return http.fetch("https://api.test/")', {
      ...more,
      timeoutMs: 60_000,
      http: never,
    });
    await sent;
    await attempt(killer, more);
    expect(await victim).toMatchObject({ code: 'SANDBOX_CRASHED' });
  });

  test('the check of the neighbour fails when the neighbour does', async () => {
    await expect(neighbourAnswers({ source: 'return { twice: 0 }' } as Attempt)).rejects.toThrow();
    const aborted = AbortSignal.abort();
    await expect(neighbourAnswers({ signal: aborted })).rejects.toThrow();
  });

  test('the log tells the administrator why', () => {
    const reasons = logged
      .filter(({ message }) => message === 'a sandbox process ended')
      .map(({ facts }) => facts['reason']);
    expect(reasons).toContain('stuck');
  });
});
