import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import { Breaker } from '#lib/sandbox/breaker.ts';
import type { Sandbox, SandboxOptions } from '#lib/sandbox/pool.ts';
import { httpAnswer, kindOf, type Outcome, openSandbox, smallLimits } from './harness.ts';

const opened: Sandbox[] = [];
function open(options: SandboxOptions = {}) {
  const made = openSandbox(options);
  opened.push(made.sandbox);
  return made;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sandbox) => sandbox.close()));
});

const childrenFile = `/proc/${process.pid}/task/${process.pid}/children`;
const noProc = !existsSync(childrenFile);

/** Processes that this test has started and that live. */
function children(): string[] {
  return readFileSync(childrenFile, 'utf8').trim().split(' ').filter(Boolean);
}

const killer = 'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';

describe('budgets of a run', () => {
  test('log lines', async () => {
    const { attempt } = open({ limits: { logLines: 3 } });
    const lines: string[] = [];
    const source = 'for (let i = 0; i < 9; i += 1) console.log(i); return "done"';
    expect(await attempt(source, { onLog: (_level, text) => lines.push(text) })).toEqual({ value: 'done' });
    expect(lines).toEqual(['0', '1', '2', 'The log of this run is full: what follows is left out.']);
  });

  test('characters of a log line, and of the log', async () => {
    const { attempt } = open({ limits: { logLineCharacters: 10, logCharacters: 25 } });
    const lines: string[] = [];
    const source = 'for (let i = 0; i < 9; i += 1) console.log("x".repeat(50)); return 1';
    await attempt(source, { onLog: (_level, text) => lines.push(text) });
    expect(lines.map((line) => line.length)).toEqual([10, 10, 10, 10]);
  });

  test('requests', async () => {
    const { attempt } = open({ limits: { hostCalls: 3 } });
    let sent = 0;
    const http = async () => {
      sent += 1;
      return httpAnswer('{}');
    };
    const source =
      'for (let i = 0; i < 9; i += 1) { try { await http.fetch("https://api.test/") } catch (error) { return [i, error.code] } }';
    expect(await attempt(source, { http })).toEqual({ value: [3, 'BUDGET'] });
    expect(sent).toBe(3);
  });

  test('characters of a request, bytes of an answer', async () => {
    const { attempt } = open({ limits: { requestCharacters: 1000, answerBytes: 1000 } });
    const http = async () => httpAnswer('x'.repeat(1001));
    const large =
      'try { await http.fetch("https://api.test/", { method: "POST", body: "x".repeat(1001) }) } catch (error) { return error.code }';
    expect(await attempt(large, { http })).toEqual({ value: 'TOO_LARGE' });
    const answer = 'try { await http.fetch("https://api.test/") } catch (error) { return error.code }';
    expect(await attempt(answer, { http })).toEqual({ value: 'TOO_LARGE' });
  });

  test('what is handed in, and the code', async () => {
    const { attempt } = open({ limits: { inputCharacters: 1000, sourceCharacters: 1000 } });
    expect(await attempt('return 1', { input: 'x'.repeat(1001) })).toMatchObject({ code: 'CODE_INPUT' });
    // Small in memory, and written out more than any memory.
    const shared = { list: Array.from({ length: 100_000 }, () => 'x'.repeat(1000).repeat(100)) };
    expect(await attempt('return 1', { input: shared })).toMatchObject({ code: 'CODE_INPUT' });
    expect(await attempt(`return 1 // ${'x'.repeat(1001)}`)).toMatchObject({ code: 'CODE_SYNTAX' });
  });

  test('processor time, in however small portions it is used', async () => {
    const { attempt } = open({ limits: { cpuMs: 150 } });
    const source =
      'let x = 0; for (let i = 0; i < 60; i += 1) { for (let j = 0; j < 2e6; j += 1) x += j; await sleep(1) } return 1';
    const outcome = await attempt(source, { timeoutMs: 60_000 });
    expect(outcome).toMatchObject({ code: 'CODE_TIMEOUT', details: { limit: 'cpu', cpuMs: 150 } });
  });

  test('waiting uses none of it', async () => {
    const { attempt } = open({ limits: { cpuMs: 100 } });
    expect(await attempt('await sleep(400); return 1')).toEqual({ value: 1 });
  });
});

describe('many runs at once', () => {
  const items = Array.from({ length: 100 }, (_, id) => ({ id, quantity: id % 5, price: id * 1.5 }));
  const source =
    'return input.items.filter((x) => x.quantity > 1).reduce((sum, x) => sum + x.quantity * x.price, input.n)';
  const sum = items.filter((x) => x.quantity > 1).reduce((total, x) => total + x.quantity * x.price, 0);

  test('128 of one version all get their own answer, ten times over', async () => {
    const { attempt, logged } = open();
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.all(
        Array.from({ length: 128 }, (_, n) => attempt(source, { versionKey: 'v1', input: { items, n } })),
      );
      expect(outcomes).toEqual(Array.from({ length: 128 }, (_, n) => ({ value: sum + n })));
    }
    expect(logged.map(({ message }) => message)).toEqual(['sandbox ready']);
  });

  test('128 that wait for the outside do not wait for each other', async () => {
    const { attempt } = open();
    let asked = 0;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Nobody gets an answer before 40 have asked: with one at a time it would never come to that.
    const http = async () => {
      asked += 1;
      if (asked === 40) release();
      await gate;
      return httpAnswer('7');
    };
    const code = 'return (await (await http.fetch("https://api.test/")).json()) + input';
    const outcomes = await Promise.all(
      Array.from({ length: 128 }, (_, input) => attempt(code, { input, http })),
    );
    expect(outcomes).toEqual(Array.from({ length: 128 }, (_, input) => ({ value: input + 7 })));
  });

  test('of many versions, more than there are isolates', async () => {
    const { attempt } = open();
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => attempt(`return ${n % 20} + input`, { input: n })),
    );
    expect(outcomes).toEqual(Array.from({ length: 60 }, (_, n) => ({ value: (n % 20) + n })));
  });

  test('of unpublished code, each in an isolate of its own', async () => {
    const { attempt } = open();
    const code = 'globalThis.n = (globalThis.n ?? 0) + 1; return n + input';
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, input) => attempt(code, { versionKey: null, input })),
    );
    expect(outcomes).toEqual(Array.from({ length: 30 }, (_, input) => ({ value: input + 1 })));
  });

  test('more than may wait are refused at once', async () => {
    const { attempt } = open({ limits: { queuedRuns: 2, activeRuns: 1 } });
    const busy = Array.from({ length: 9 }, (_, input) => attempt('return input', { input }));
    const kinds = (await Promise.all(busy)).map(kindOf);
    expect(kinds.slice(0, 2)).toEqual(['value', 'value']);
    expect(new Set(kinds.slice(2))).toEqual(new Set(['SANDBOX_BUSY']));
    expect(await attempt('return 1')).toEqual({ value: 1 });
  });

  test('one that waits too long for a place is refused', async () => {
    const { attempt } = open({ limits: { activeRuns: 1, queueMs: 300, cpuMs: 1000 } });
    // The start of the process counts as waiting too.
    await vi.waitFor(async () => expect(await attempt('return 1')).toEqual({ value: 1 }));
    const outcomes = await Promise.all([attempt('for (;;);', { timeoutMs: 1000 }), attempt('return 1')]);
    expect(outcomes.map(kindOf)).toEqual(['CODE_TIMEOUT', 'SANDBOX_BUSY']);
  });
});

describe('the breaker', () => {
  test('refuses a version that ended three processes, and no other', async () => {
    const { attempt, sandbox, logged } = open({ limits: smallLimits });
    const poison = { versionKey: 'poison', timeoutMs: 100 };
    const kinds: string[] = [];
    // On a loaded machine its time may be over before it has begun; that kills nothing.
    while (kinds.length < 20 && kinds.at(-1) !== 'SANDBOX_REFUSED')
      kinds.push(kindOf(await attempt(killer, poison)));
    expect(kinds.slice(0, -1)).toEqual(kinds.slice(0, -1).fill('CODE_TIMEOUT'));
    expect(kinds.at(-1)).toBe('SANDBOX_REFUSED');
    expect(logged.filter(({ facts }) => facts['versionKey'] === 'poison')).toHaveLength(3);
    expect(await attempt('return 1', { versionKey: 'other' })).toEqual({ value: 1 });
    expect(await attempt('return 1', { versionKey: 'poison', projectId: 'another' })).toEqual({ value: 1 });
    const refused = sandbox.run(
      {
        projectId: 'project',
        source: killer,
        input: 1,
        steps: {},
        env: {},
        onLog() {},
        http: async () => httpAnswer(''),
        ...poison,
      },
      new AbortController().signal,
    );
    await expect(refused).rejects.toSatisfy(
      (error) => error instanceof StepError && error.retryAfterMs! > 50_000 && error.retryAfterMs! <= 60_000,
    );
  });

  test('doubles its pause up to a quarter of an hour, and forgets after good times', () => {
    const breaker = new Breaker();
    const pauses: number[] = [];
    let now = 0;
    for (let i = 0; i < 6; i += 1) {
      for (let kill = 0; kill < 3; kill += 1) breaker.killed('v', now);
      pauses.push(breaker.waitMs('v', now) / 60_000);
      now += breaker.waitMs('v', now);
      expect(breaker.waitMs('v', now)).toBe(0);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
    now += 16 * 60_000;
    for (let kill = 0; kill < 3; kill += 1) breaker.killed('v', now);
    expect(breaker.waitMs('v', now)).toBe(60_000);
  });

  test('three kills that are far apart are no poison', () => {
    const breaker = new Breaker();
    for (const at of [0, 40_000, 80_000]) breaker.killed('v', at);
    expect(breaker.waitMs('v', 80_000)).toBe(0);
  });
});

describe('cancelling', () => {
  /** Fails when the run is not over; vitest's time-out is the bound. */
  const cancelled = { code: 'CANCELLED', message: 'The run was cancelled.', details: {} };

  test.each([
    ['while it computes', 'for (;;);'],
    ['while it waits', 'await sleep(60_000)'],
    ['in a built-in function that cannot be interrupted', killer],
  ])('%s ends the run, and the sandbox goes on', async (_title, source) => {
    const { attempt } = open({ limits: { activeRuns: 1, cpuMs: 60_000 } });
    await attempt('return 1');
    const controller = new AbortController();
    const run = attempt(source, { timeoutMs: 60_000, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    expect(await run).toEqual(cancelled);
    // There is one place: this run gets it only if the other has really gone.
    expect(await attempt('return 2')).toEqual({ value: 2 });
  });

  test('leaves a run beside it alone', async () => {
    const { attempt } = open();
    const source = 'if (input === 0) for (;;); await sleep(300); return input';
    const controller = new AbortController();
    const runs = [0, 1, 2, 3].map((input) =>
      attempt(source, { input, timeoutMs: 10_000, ...(input === 0 ? { signal: controller.signal } : {}) }),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    expect(await Promise.all(runs)).toEqual([cancelled, { value: 1 }, { value: 2 }, { value: 3 }]);
  });

  test('aborts the request that the run waits for', async () => {
    const { attempt } = open();
    const controller = new AbortController();
    const seen = new Promise<string>((resolve) => {
      const http = (_request: unknown, signal: AbortSignal) => {
        signal.addEventListener('abort', () => resolve('aborted'));
        queueMicrotask(() => controller.abort());
        return new Promise<never>(() => {});
      };
      void attempt('await http.fetch("https://api.test/")', { http, signal: controller.signal });
    });
    expect(await seen).toBe('aborted');
  });

  test('before the start, or in the queue, starts nothing', async () => {
    const { attempt } = open({ limits: { activeRuns: 1 } });
    expect(await attempt('return 1', { signal: AbortSignal.abort() })).toEqual(cancelled);
    const controller = new AbortController();
    const lines: string[] = [];
    const first = attempt('await sleep(100); return 1');
    const second = attempt('console.log("started")', {
      signal: controller.signal,
      onLog: (_level, text) => lines.push(text),
    });
    controller.abort();
    expect(await second).toEqual(cancelled);
    expect(await first).toEqual({ value: 1 });
    expect(lines).toEqual([]);
  });
});

describe('processes', () => {
  test('there is none before the first run, and none after closing', async ({ skip }) => {
    skip(noProc, 'the system does not list processes');
    const { sandbox, attempt } = open();
    expect(children()).toEqual([]);
    await attempt('return 1');
    expect(children()).toHaveLength(1);
    const open1 = attempt('await sleep(60_000)', { timeoutMs: 60_000 });
    await sandbox.close();
    expect(await open1).toMatchObject({ code: 'SANDBOX_CRASHED' });
    expect(children()).toEqual([]);
    expect(await attempt('return 1')).toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
  });

  test('each project has its own', async ({ skip }) => {
    skip(noProc, 'the system does not list processes');
    const { attempt } = open();
    await Promise.all(['a', 'b', 'a'].map((projectId) => attempt('return 1', { projectId })));
    expect(children()).toHaveLength(2);
  });

  test('are replaced after a number of runs, and no run is lost on the way', async ({ skip }) => {
    skip(noProc, 'the system does not list processes');
    const { attempt } = open({ limits: { runsPerProcess: 40 } });
    const seen = new Set<string>();
    const outcomes: Outcome[] = [];
    for (let round = 0; round < 20; round += 1) {
      const runs = Array.from({ length: 16 }, (_, input) =>
        attempt('await sleep(5); return input', { input }),
      );
      outcomes.push(...(await Promise.all(runs)));
      for (const pid of children()) seen.add(pid);
    }
    expect(outcomes).toEqual(outcomes.map((_, n) => ({ value: n % 16 })));
    expect(seen.size).toBeGreaterThan(1);
  });

  test('that were idle for long end', async ({ skip }) => {
    skip(noProc, 'the system does not list processes');
    const { attempt } = open({ limits: { idleMs: 200 } });
    await attempt('return 1');
    await vi.waitFor(() => expect(children()).toEqual([]), { timeout: 60_000 });
    expect(await attempt('return 2')).toEqual({ value: 2 });
  });

  test('are never more than allowed: idle ones make room, busy ones are waited for', async ({ skip }) => {
    skip(noProc, 'the system does not list processes');
    const { attempt } = open({ maxProcesses: 2 });
    const projects = ['a', 'b', 'c', 'd', 'e'];
    const runs = projects.map((projectId, input) =>
      attempt('await sleep(50); return input', { projectId, input }),
    );
    expect(await Promise.all(runs)).toEqual(projects.map((_, input) => ({ value: input })));
    await vi.waitFor(() => expect(children().length).toBeLessThanOrEqual(2));
  });

  test('that grow too large are killed, and the culprit is told', async ({ skip }) => {
    skip(noProc, 'the memory of a process is read from /proc');
    const { attempt, logged } = open({ limits: { processMb: 150, isolateMb: 512, cpuMs: 20_000 } });
    const source = 'const all = []; for (;;) all.push(new Array(10_000).fill(all.length))';
    const innocent = Array.from({ length: 3 }, (_, input) =>
      attempt('await sleep(100); return input', { input }),
    );
    expect(await attempt(source, { timeoutMs: 20_000 })).toMatchObject({ code: 'CODE_MEMORY' });
    expect((await Promise.all(innocent)).map((outcome) => 'value' in outcome && outcome.value)).toEqual([
      0, 1, 2,
    ]);
    expect(logged.some(({ facts }) => facts['reason'] === 'memory')).toBe(true);
  });
});
