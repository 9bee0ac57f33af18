import { describe, expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import { ExpressionError } from '#lib/workflow/expression-error.ts';
import { settled, testClock } from './clock.ts';
import { answers, capabilities, gives, planOf, runOptions, type TestNode } from './plan.ts';

/** A node that can be told when to finish. */
function gate(value: string): TestNode & { open: () => void; began: () => number } {
  let began = 0;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    run: async () => {
      began += 1;
      await opened;
      return { value };
    },
    open: () => open(),
    began: () => began,
  };
}

function text(key: string, value: string): TestNode {
  return { run: () => ({ value: null, output: { parts: [{ type: 'text', text: `${key}=${value}` }] } }) };
}

describe('order', () => {
  test('a step reads the arguments, the environment and earlier values', async () => {
    const plan = planOf(
      {
        start: { run: ({ input }) => ({ value: input }) },
        sum: {
          config: ({ steps, env }) => ({ start: steps['start'], unit: env['UNIT'] }),
          run: ({ config }) => ({ value: config as never }),
        },
        end: answers('sum'),
      },
      ['start -> sum', 'sum -> end'],
    );
    const result = await execute(plan, runOptions({ input: { a: 1 }, env: { UNIT: 'kg' } }));
    expect(result).toEqual({
      status: 'succeeded',
      output: { parts: [{ type: 'text', text: '{"start":{"a":1},"unit":"kg"}' }] },
    });
  });

  test('synchronous steps need neither the clock’s sleep nor a listener', async () => {
    const plan = planOf({ start: gives(1), end: answers('start') }, ['start -> end']);
    const signal = new AbortController().signal;
    signal.addEventListener = () => {
      throw new Error('listened');
    };
    const sleep = () => Promise.reject(new Error('slept'));
    const result = await execute(plan, runOptions({ signal, capabilities: { ...capabilities, sleep } }));
    expect(result.status).toBe('succeeded');
  });

  test('branches without order between them run together, and a join waits for both', async () => {
    const [left, right] = [gate('L'), gate('R')];
    const both: TestNode = {
      run: ({ steps }) => ({
        value: null,
        output: { parts: [{ type: 'text', text: `${steps['left']}${steps['right']}` }] },
      }),
    };
    const plan = planOf({ start: gives(0), left, right, end: both }, [
      'start -> left',
      'start -> right',
      'left -> end',
      'right -> end',
    ]);
    const running = execute(plan, runOptions());
    expect([left.began(), right.began()]).toEqual([1, 1]);
    right.open();
    await settled();
    left.open();
    expect(await running).toEqual({ status: 'succeeded', output: { parts: [{ type: 'text', text: 'LR' }] } });
  });

  test('a node whose edges are all dead is skipped, and what only it leads to', async () => {
    const ran: string[] = [];
    const seen = (key: string): TestNode => ({
      run: () => {
        ran.push(key);
        return { value: key };
      },
    });
    const plan = planOf(
      {
        start: { run: () => ({ value: true, handle: 'yes' }) },
        yes: seen('yes'),
        no: seen('no'),
        after_no: seen('after_no'),
        join: seen('join'),
        end: answers('join'),
      },
      [
        'start:yes -> yes',
        'start:no -> no',
        'no -> after_no',
        'yes -> join',
        'after_no -> join',
        'join -> end',
      ],
    );
    const events: RunEvent[] = [];
    const result = await execute(plan, runOptions({ onEvent: (event) => events.push(event) }));
    expect(result.status).toBe('succeeded');
    expect(ran).toEqual(['yes', 'join']);
    const skipped = events.filter((event) => event.type === 'step.skipped').map(({ key }) => key);
    expect(skipped).toEqual(['no', 'after_no']);
  });

  test('a node nothing leads to never runs', async () => {
    const stray = gate('x');
    const plan = planOf({ start: gives(1), stray, end: answers('start') }, ['start -> end', 'stray -> end']);
    expect((await execute(plan, runOptions())).status).toBe('succeeded');
    expect(stray.began()).toBe(0);
  });

  test('a disabled node is passed through with null', async () => {
    const off: TestNode = { ...gives('never'), disabled: true };
    const plan = planOf({ start: gives(1), off, end: answers('off') }, ['start -> off', 'off -> end']);
    expect((await execute(plan, runOptions())).output?.parts).toEqual([{ type: 'text', text: 'null' }]);
  });

  test('a thousand steps in a row do not deepen the stack', async () => {
    const keys = Array.from({ length: 999 }, (_, index) => `n${index}`);
    const nodes = Object.fromEntries(keys.map((key) => [key, gives(1)]));
    const edges = keys.slice(1).map((key, index) => `${keys[index]} -> ${key}`);
    const plan = planOf({ ...nodes, end: answers('n998') }, [...edges, 'n998 -> end']);
    expect((await execute(plan, runOptions())).status).toBe('succeeded');
  });
});

describe('answers', () => {
  test('several ends answer in the order of the plan', async () => {
    const structured: TestNode = {
      run: () => ({ value: null, output: { parts: [{ type: 'text', text: 'b' }], structured: { b: 1 } } }),
    };
    const plan = planOf({ start: gives(1), a: text('a', '1'), b: structured }, ['start -> a', 'start -> b']);
    expect((await execute(plan, runOptions())).output).toEqual({
      parts: [
        { type: 'text', text: 'a=1' },
        { type: 'text', text: 'b' },
      ],
      structured: { b: 1 },
    });
  });

  test('a run that reaches no end fails with words', async () => {
    const plan = planOf({ start: { run: () => ({ value: 1, handle: 'left' }) }, end: answers('start') }, [
      'start:right -> end',
    ]);
    const result = await execute(plan, runOptions());
    expect(result).toMatchObject({ status: 'failed', error: { code: 'NO_OUTPUT' } });
  });

  test('an answer over the limit fails', async () => {
    const end = text('big', 'é'.repeat(600));
    const plan = planOf({ start: gives(1), end }, ['start -> end']);
    const run = (outputBytes: number) => execute(plan, runOptions({ limits: { outputBytes } }));
    expect(await run(1024)).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_TOO_LARGE' } });
    expect((await run(2048)).status).toBe('succeeded');
  });
});

describe('failure', () => {
  const failing = (error: unknown): TestNode => ({
    run: () => {
      throw error;
    },
  });

  test('a StepError ends the run and is told as it was written', async () => {
    const error = new StepError('HTTP_STATUS', 'GET /x answered 404', { details: { status: 404 } });
    const plan = planOf({ start: gives(1), fetch: failing(error), end: answers('fetch') }, [
      'start -> fetch',
      'fetch -> end',
    ]);
    expect(await execute(plan, runOptions())).toEqual({
      status: 'failed',
      error: {
        code: 'HTTP_STATUS',
        message: 'GET /x answered 404',
        nodeId: 'id-fetch',
        key: 'fetch',
        details: { status: 404 },
      },
    });
  });

  test.each([
    ['thrown', () => failing(new TypeError('secret at /srv/app.ts:1'))],
    ['rejected', (): TestNode => ({ run: () => Promise.reject(new Error('secret')) })],
    ['a nonsensical result', (): TestNode => ({ run: () => undefined as never })],
    ['a nonsensical promise', (): TestNode => ({ run: () => Promise.resolve(undefined as never) })],
  ])('a bug (%s) names the run and nothing else', async (_, bug) => {
    const plan = planOf({ start: gives(1), bug: bug(), end: answers('bug') }, ['start -> bug', 'bug -> end']);
    const unexpected: unknown[] = [];
    const result = await execute(plan, runOptions({ onUnexpected: (error) => unexpected.push(error) }));
    expect(result.status).toBe('failed');
    expect(result.error?.code).toBe('INTERNAL');
    expect(result.error?.message).toContain('run run-1');
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(unexpected).toHaveLength(1);
    expect(unexpected[0]).toBeInstanceOf(Error);
  });

  test('continue goes on with the error as the value', async () => {
    const soft: TestNode = { ...failing(new StepError('X', 'no luck')), onError: 'continue' };
    const plan = planOf({ start: gives(1), soft, end: answers('soft') }, ['start -> soft', 'soft -> end']);
    const result = await execute(plan, runOptions());
    expect(result.output?.parts).toEqual([
      { type: 'text', text: '{"error":{"code":"X","message":"no luck","details":{}}}' },
    ]);
  });

  test('handle takes the error handle, which is dead otherwise', async () => {
    const plan = (error: unknown) =>
      planOf(
        {
          start: gives(1),
          risky: { ...(error ? failing(error) : gives('fine')), onError: 'handle' },
          ok: text('ok', '1'),
          rescue: text('rescue', '1'),
        },
        ['start -> risky', 'risky -> ok', 'risky:error -> rescue'],
      );
    const failed = await execute(plan(new StepError('X', 'no luck')), runOptions());
    expect(failed.output?.parts).toEqual([{ type: 'text', text: 'rescue=1' }]);
    const fine = await execute(plan(null), runOptions());
    expect(fine.output?.parts).toEqual([{ type: 'text', text: 'ok=1' }]);
  });

  test('an expression that fails names the field and the place in it', async () => {
    const config = () => {
      throw new ExpressionError('There is no step "fetsh".', { field: ['headers', 'x'], start: 3, end: 14 });
    };
    const plan = planOf({ start: gives(1), fetch: { ...gives(1), config } }, ['start -> fetch']);
    expect((await execute(plan, runOptions())).error).toEqual({
      code: 'EXPRESSION',
      message: 'The field "headers.x": There is no step "fetsh".',
      nodeId: 'id-fetch',
      key: 'fetch',
      details: { field: ['headers', 'x'], start: 3, end: 14 },
    });
  });

  test('a failing branch stops the others', async () => {
    const slow = gate('slow');
    let stopped = false;
    const plan = planOf(
      {
        start: gives(1),
        slow: {
          run: async (context) => {
            context.signal.addEventListener('abort', () => {
              stopped = true;
            });
            return slow.run(context);
          },
        },
        bad: { run: () => Promise.reject(new StepError('X', 'no')) },
        end: answers('slow'),
      },
      ['start -> slow', 'start -> bad', 'slow -> end'],
    );
    const events: RunEvent[] = [];
    const result = await execute(plan, runOptions({ onEvent: (event) => events.push(event) }));
    expect(result.error?.key).toBe('bad');
    expect(stopped).toBe(true);
    const ends = events
      .filter((event) => event.type === 'step.failed')
      .map(({ key, error }) => [key, error.code]);
    expect(ends).toEqual([
      ['bad', 'X'],
      ['slow', 'CANCELLED'],
    ]);
    slow.open();
    await settled();
    expect(events.at(-1)?.type).toBe('run.finished');
  });
});

describe('limits', () => {
  test('steps', async () => {
    const plan = planOf({ start: gives(1), a: gives(2), end: answers('a') }, ['start -> a', 'a -> end']);
    const result = await execute(plan, runOptions({ limits: { steps: 2 } }));
    expect(result).toMatchObject({ status: 'failed', error: { code: 'STEPS' } });
  });

  test('HTTP calls, of all steps together', async () => {
    const call: TestNode = {
      run: async ({ capabilities: { http }, signal }) => {
        await http.request({ method: 'GET', url: 'https://example.com' }, signal);
        return { value: null };
      },
    };
    let calls = 0;
    const http = {
      request: async (request: { url: string }) => {
        calls += 1;
        return { status: 200, statusText: '', headers: {}, url: request.url, body: new Uint8Array() };
      },
    };
    const plan = planOf({ start: call, b: call, c: call, end: answers('c') }, [
      'start -> b',
      'b -> c',
      'c -> end',
    ]);
    const world = { ...capabilities, http };
    const result = await execute(plan, runOptions({ capabilities: world, limits: { httpCalls: 2 } }));
    expect(result).toMatchObject({ status: 'failed', error: { code: 'HTTP_CALLS', key: 'c' } });
    expect(calls).toBe(2);
  });

  test('the time of the run', async () => {
    const clock = testClock();
    const plan = planOf({ start: gives(1), slow: gate('x'), end: answers('slow') }, [
      'start -> slow',
      'slow -> end',
    ]);
    const running = execute(
      plan,
      runOptions({ capabilities: { ...capabilities, ...clock }, limits: { wallMs: 5000 } }),
    );
    await clock.advance(5000);
    expect(await running).toMatchObject({
      status: 'timed_out',
      error: {
        code: 'TIMEOUT',
        message:
          'The run took longer than 5 s and was stopped. Raise the time limit of the workflow, or let it do less.',
      },
    });
    expect(clock.asleep()).toEqual([]);
  });

  test('the time of a node, with a signal that says so', async () => {
    const clock = testClock();
    let signal: AbortSignal | undefined;
    const slow: TestNode = {
      timeoutMs: 200,
      run: (context) => {
        signal = context.signal;
        expect(context.timeoutMs).toBe(200);
        return new Promise(() => {});
      },
    };
    const plan = planOf({ start: gives(1), slow, end: answers('slow') }, ['start -> slow', 'slow -> end']);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(199);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(signal?.aborted).toBe(true);
    expect(await running).toMatchObject({
      status: 'failed',
      error: {
        code: 'TIMEOUT',
        key: 'slow',
        message:
          'Step "slow" took longer than 0.2 s and was stopped. Raise its time limit, or let it do less.',
      },
    });
  });
});

describe('cancellation', () => {
  test('ends the run at once and aborts what is under way, even if that does not listen', async () => {
    const caller = new AbortController();
    const signals: AbortSignal[] = [];
    const deaf: TestNode = {
      run: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    const plan = planOf({ start: gives(1), a: deaf, b: { ...deaf, timeoutMs: 1000 } }, [
      'start -> a',
      'start -> b',
    ]);
    const running = execute(plan, runOptions({ signal: caller.signal }));
    caller.abort();
    expect(await running).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('before the first step, nothing runs', async () => {
    const start = gate('x');
    const result = await execute(planOf({ start }, []), runOptions({ signal: AbortSignal.abort() }));
    expect(result.status).toBe('cancelled');
    expect(start.began()).toBe(0);
  });

  test('during a synchronous step, the next does not run', async () => {
    const caller = new AbortController();
    const next = gate('x');
    const start: TestNode = {
      run: () => {
        caller.abort();
        return { value: 1 };
      },
    };
    const result = await execute(
      planOf({ start, next }, ['start -> next']),
      runOptions({ signal: caller.signal }),
    );
    expect(result.status).toBe('cancelled');
    expect(next.began()).toBe(0);
  });
});

describe('events', () => {
  test('tell the whole story, in order', async () => {
    const clock = testClock(5000);
    const slow: TestNode = {
      config: () => ({ wait: 30, headers: { Authorization: 'Bearer abc' } }),
      run: async ({ capabilities: { sleep }, signal, log, progress }) => {
        await sleep(30, signal);
        return { value: { log: typeof log, progress: typeof progress }, handle: 'out' };
      },
    };
    const talk: TestNode = {
      run: (context) => {
        context.log('info', 'half way');
        context.progress(1, 2, 'half');
        return { value: null };
      },
    };
    const plan = planOf({ start: talk, slow, end: text('end', '1') }, ['start -> slow', 'slow -> end']);
    const events: RunEvent[] = [];
    const running = execute(
      plan,
      runOptions({
        input: { q: 'x' },
        capabilities: { ...capabilities, ...clock },
        onEvent: (event) => events.push(event),
      }),
    );
    await clock.advance(30);
    await running;
    const output = { parts: [{ type: 'text', text: 'end=1' }] };
    const [start, mid, end] = ['start', 'slow', 'end'].map((key) => ({ nodeId: `id-${key}`, key }));
    expect(events).toEqual([
      { type: 'run.started', at: 5000, runId: 'run-1', input: { q: 'x' } },
      { type: 'step.started', at: 5000, ...start, attempt: 1, config: {} },
      { type: 'log', at: 5000, ...start, level: 'info', text: 'half way' },
      { type: 'progress', at: 5000, done: 1, total: 2, message: 'half' },
      { type: 'step.finished', at: 5000, ...start, durationMs: 0, value: null },
      {
        type: 'step.started',
        at: 5000,
        ...mid,
        attempt: 1,
        config: { wait: 30, headers: { Authorization: '[redacted]' } },
      },
      {
        type: 'step.finished',
        at: 5030,
        ...mid,
        durationMs: 30,
        value: { log: 'function', progress: 'function' },
        handle: 'out',
      },
      { type: 'step.started', at: 5030, ...end, attempt: 1, config: {} },
      { type: 'step.finished', at: 5030, ...end, durationMs: 0, value: null },
      { type: 'run.finished', at: 5030, status: 'succeeded', durationMs: 30, output, error: undefined },
    ]);
  });
});
