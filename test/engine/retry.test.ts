import { describe, expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import { pauseBefore } from '#lib/engine/retry.ts';
import { settled, testClock } from './clock.ts';
import { answers, capabilities, gives, planOf, runOptions, type TestNode } from './plan.ts';

/** A run of one step that throws these errors, one per attempt, and then answers with the attempt's number. */
function flaky(errors: StepError[], settings: Partial<TestNode> = {}, wallMs = 60_000) {
  const clock = testClock();
  const attempts: number[] = [];
  const node: TestNode = {
    retry: { attempts: 3, backoffMs: 100 },
    ...settings,
    run: ({ attempt }) => {
      attempts.push(attempt);
      const error = errors[attempt - 1];
      if (error) throw error;
      return { value: attempt };
    },
  };
  const events: RunEvent[] = [];
  const plan = planOf({ start: gives(0), call: node, end: answers('call') }, [
    'start -> call',
    'call -> end',
  ]);
  const running = execute(
    plan,
    runOptions({
      capabilities: { ...capabilities, ...clock },
      limits: { wallMs },
      onEvent: (event) => events.push(event),
    }),
  );
  const pauses = () => events.flatMap((event) => (event.type === 'step.failed' ? [event.retryInMs] : []));
  return { clock, attempts, running, pauses };
}

const busy = (retryAfterMs?: number) =>
  new StepError('HTTP_STATUS', 'busy', { transient: true, retryAfterMs });

describe('retry', () => {
  test('tries again after a pause that doubles', async () => {
    const { clock, attempts, running, pauses } = flaky([busy(), busy()]);
    await settled();
    expect(attempts).toEqual([1]);
    await clock.advance(74);
    expect(attempts).toEqual([1]);
    await clock.advance(1);
    expect(attempts).toEqual([1, 2]);
    await clock.advance(150);
    expect((await running).output?.parts).toEqual([{ type: 'text', text: '3' }]);
    expect(pauses()).toEqual([75, 150]);
  });

  test('gives up after the last attempt', async () => {
    const { clock, attempts, running, pauses } = flaky([busy(), busy(), busy()]);
    await clock.advance(1000);
    expect(await running).toMatchObject({ status: 'failed', error: { code: 'HTTP_STATUS' } });
    expect(attempts).toEqual([1, 2, 3]);
    expect(pauses()).toEqual([75, 150, undefined]);
  });

  test('only of errors that may pass', async () => {
    const { attempts, running } = flaky([new StepError('HTTP_STATUS', '404')]);
    expect((await running).status).toBe('failed');
    expect(attempts).toEqual([1]);
  });

  test('waits as long as the other side asked', async () => {
    const { clock, attempts, running, pauses } = flaky([busy(7000)]);
    await clock.advance(6999);
    expect(attempts).toEqual([1]);
    await clock.advance(1);
    expect((await running).status).toBe('succeeded');
    expect(pauses()).toEqual([7000]);
  });

  test('fails at once when the pause would outlast the run', async () => {
    const { running, attempts } = flaky([busy(7000)], {}, 5000);
    expect(await running).toMatchObject({ status: 'failed', error: { message: 'busy' } });
    expect(attempts).toEqual([1]);
  });

  test('goes on after the last attempt when the node says so', async () => {
    const { clock, running } = flaky([busy(), busy(), busy()], { onError: 'continue' });
    await clock.advance(1000);
    expect((await running).status).toBe('succeeded');
  });

  test('a node’s own time limit counts for each attempt', async () => {
    const clock = testClock();
    const attempts: number[] = [];
    const slow: TestNode = {
      timeoutMs: 50,
      retry: { attempts: 2, backoffMs: 10 },
      run: ({ attempt }) => {
        attempts.push(attempt);
        return attempt === 1 ? new Promise(() => {}) : Promise.resolve({ value: 'second' });
      },
    };
    const plan = planOf({ start: gives(0), slow, end: answers('slow') }, ['start -> slow', 'slow -> end']);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(60);
    expect((await running).output?.parts).toEqual([{ type: 'text', text: '"second"' }]);
    expect(attempts).toEqual([1, 2]);
  });

  test('what an attempt says after its time is not heard', async () => {
    const clock = testClock();
    const finish: ((value: string) => void)[] = [];
    const signals: AbortSignal[] = [];
    const slow: TestNode = {
      timeoutMs: 50,
      retry: { attempts: 2, backoffMs: 10 },
      run: ({ signal }) => {
        signals.push(signal);
        return new Promise((resolve) => finish.push((value) => resolve({ value })));
      },
    };
    const plan = planOf({ start: gives(0), slow, end: answers('slow') }, ['start -> slow', 'slow -> end']);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(60);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    finish[0]!('late');
    await settled();
    finish[1]!('second');
    expect((await running).output?.parts).toEqual([{ type: 'text', text: '"second"' }]);
  });

  test('the clock of an attempt that has its outcome is stopped', async () => {
    const clock = testClock();
    let open: () => void = () => {};
    const quick: TestNode = { timeoutMs: 50, run: async () => ({ value: 1 }) };
    const wait: TestNode = {
      run: () =>
        new Promise((resolve) => {
          open = () => resolve({ value: 2 });
        }),
    };
    const plan = planOf({ quick, wait, end: answers('wait') }, ['quick -> wait', 'wait -> end']);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await settled();
    expect(clock.asleep()).toEqual([60_000]);
    open();
    expect((await running).status).toBe('succeeded');
    expect(clock.asleep()).toEqual([]);
  });

  test('a cancelled run does not wait for the pause', async () => {
    const caller = new AbortController();
    const clock = testClock();
    const node: TestNode = {
      retry: { attempts: 2, backoffMs: 1000 },
      run: () => {
        throw busy();
      },
    };
    const running = execute(
      planOf({ start: node }, []),
      runOptions({ signal: caller.signal, capabilities: { ...capabilities, ...clock } }),
    );
    caller.abort();
    expect((await running).status).toBe('cancelled');
    expect(clock.asleep()).toEqual([]);
  });
});

test.each([
  [1, 0, 50],
  [1, 0.999, 100],
  [3, 0, 200],
  [10, 0, 25_600],
  [20, 0.999, 59_970],
])('the pause after attempt %i with chance %f is %i ms', (attempt, chance, ms) => {
  expect(pauseBefore(attempt, 100, new StepError('X', 'x'), () => chance)).toBe(ms);
});
