import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Abandoned, StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunResult, RunState } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { testClock } from './clock.ts';
import { answers, capabilities, forEach, gives, planOf, runOptions, type TestNode } from './plan.ts';

const question: Question = { type: 'form', message: '?', schema: {}, expiresAt: 2_000_000 };

/** A world of accounts: what was done and not taken back. */
function ledger() {
  const log: string[] = [];
  const book = (key: string, change: Partial<TestNode['undo'] & object> = {}): TestNode => ({
    run: ({ steps }) => {
      const { item } = (steps['loop'] ?? {}) as { item?: JsonValue };
      log.push(item === undefined ? key : `${key} ${item}`);
      return { value: item === undefined ? `${key}-1` : `${key}-${item}` };
    },
    undo: {
      key: `undo_${key}`,
      config: ({ steps }) => ({ booking: steps[key] }),
      run: ({ config }) => {
        log.push(`undo ${(config as { booking: string }).booking}`);
        return { value: null };
      },
      retry: { attempts: 3, backoffMs: 500 },
      ...change,
    },
  });
  return { log, book };
}

const fails: TestNode = {
  run: () => {
    throw new StepError('SOLD_OUT', 'The flight is sold out.');
  },
};

describe('a run that fails for good', () => {
  test('takes back what it did, the last first, each as a step of the run', async () => {
    const { log, book } = ledger();
    const plan = planOf(
      { start: gives(0), hotel: book('hotel'), car: book('car'), fails, end: answers('car') },
      ['start -> hotel', 'hotel -> car', 'car -> fails', 'fails -> end'],
    );
    const events: RunEvent[] = [];
    const result = await execute(plan, runOptions({ onEvent: (event) => events.push(event) }));
    expect(log).toEqual(['hotel', 'car', 'undo car-1', 'undo hotel-1']);
    expect(result).toEqual({
      status: 'failed',
      error: {
        code: 'SOLD_OUT',
        message: 'The flight is sold out. Taken back: "car", "hotel".',
        nodeId: 'id-fails',
        key: 'fails',
      },
      undone: [{ key: 'car' }, { key: 'hotel' }],
    });
    const undoes = events.flatMap((event) =>
      event.type === 'step.started' && event.undoes ? [[event.key, event.undoes, event.config]] : [],
    );
    expect(undoes).toEqual([
      ['undo_car', 'id-car', { booking: 'car-1' }],
      ['undo_hotel', 'id-hotel', { booking: 'hotel-1' }],
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', undone: [{ key: 'car' }, { key: 'hotel' }] });
  });

  test('does not take back what did not happen: what failed, was left out, given or disabled', async () => {
    const { log, book } = ledger();
    const plan = planOf(
      {
        start: { run: () => ({ value: 0, handle: 'a' }) },
        broken: { ...book('broken'), ...fails, onError: 'continue' },
        dead: book('dead'),
        off: { ...book('off'), disabled: true },
        pinned: book('pinned'),
        fails,
      },
      ['start:a -> broken', 'start:b -> dead', 'start:a -> off', 'off -> pinned', 'pinned -> fails'],
    );
    const result = await execute(plan, runOptions({ given: { 'id-pinned': { value: 1 } } }));
    expect(result).toMatchObject({ status: 'failed', error: { message: 'The flight is sold out.' } });
    expect(result.undone).toBeUndefined();
    expect(log).toEqual([]);
  });

  test('tries as often as the node says, tells what could not be taken back, and goes on with the others', async () => {
    const clock = testClock();
    const { log, book } = ledger();
    let tries = 0;
    const stuck: TestNode['run'] = () => {
      tries += 1;
      throw new StepError('HTTP_STATUS', 'The refund answered 500.');
    };
    const plan = planOf({ start: gives(0), hotel: book('hotel'), car: book('car', { run: stuck }), fails }, [
      'start -> hotel',
      'hotel -> car',
      'car -> fails',
    ]);
    const events: RunEvent[] = [];
    const running = execute(
      plan,
      runOptions({ capabilities: { ...capabilities, ...clock }, onEvent: (event) => events.push(event) }),
    );
    await clock.advance(5000);
    const result = await running;
    expect(tries).toBe(3);
    expect(log).toEqual(['hotel', 'car', 'undo hotel-1']);
    expect(result.undone).toMatchObject([{ key: 'car', error: { key: 'undo_car' } }, { key: 'hotel' }]);
    expect(result.error?.message).toBe(
      'The flight is sold out. Taken back: "hotel". Not taken back: "car" (The refund answered 500.).',
    );
    const failures = events.flatMap((event) =>
      event.type === 'step.failed' && event.key === 'undo_car' ? [event.retryInMs !== undefined] : [],
    );
    expect(failures).toEqual([true, true, false]);
    expect(clock.asleep()).toEqual([]);
  });

  test('also of the items of a loop, with what each of them saw', async () => {
    const { log, book } = ledger();
    const body = {
      nodes: {
        book: book('book'),
        then_fails: {
          run: ({ steps }: { steps: Readonly<Record<string, JsonValue>> }) => {
            if ((steps['loop'] as { item: number }).item === 3) throw new StepError('X', 'no');
            return { value: 1 };
          },
        },
      },
      edges: ['book -> then_fails'],
    };
    const plan = planOf({ start: gives(0), loop: forEach(() => [1, 2, 3], body) }, ['start -> loop']);
    const result = await execute(plan, runOptions());
    expect(log).toEqual(['book 1', 'book 2', 'book 3', 'undo book-3', 'undo book-2', 'undo book-1']);
    expect(result.undone).toEqual([{ key: 'book.2' }, { key: 'book.1' }, { key: 'book.0' }]);
  });

  test('of a loop that is done, when a later step fails', async () => {
    const { log, book } = ledger();
    const plan = planOf(
      { start: gives(0), loop: forEach(() => [1, 2], { nodes: { book: book('book') } }), fails },
      ['start -> loop', 'loop -> fails'],
    );
    await execute(plan, runOptions());
    expect(log).toEqual(['book 1', 'book 2', 'undo book-2', 'undo book-1']);
  });
});

describe('a run that is stopped', () => {
  const hangs: TestNode = { run: () => new Promise(() => {}) };

  function hanging(undo: TestNode['undo'] & object) {
    const done: TestNode = { run: () => ({ value: 1 }), undo };
    return planOf({ start: gives(0), done, hangs }, ['start -> done', 'done -> hangs']);
  }

  test('by its time takes back in time of its own, at most 60 s', async () => {
    const clock = testClock();
    let signal: AbortSignal | undefined;
    const undo: TestNode['undo'] = {
      key: 'undo',
      run: (context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    };
    const running = execute(
      hanging(undo),
      runOptions({ capabilities: { ...capabilities, ...clock }, limits: { wallMs: 1000 } }),
    );
    await clock.advance(1000);
    expect(signal?.aborted).toBe(false);
    await clock.advance(60_000);
    expect(signal?.aborted).toBe(true);
    expect(await running).toMatchObject({
      status: 'timed_out',
      undone: [{ key: 'done', error: { code: 'TIMEOUT' } }],
    });
    expect(clock.asleep()).toEqual([]);
  });

  test('by its caller takes back, with a signal that is not aborted', async () => {
    const caller = new AbortController();
    const aborted: boolean[] = [];
    const undo = {
      key: 'undo',
      run: ({ signal }: { signal: AbortSignal }) => {
        aborted.push(signal.aborted);
        return { value: 1 };
      },
    };
    const running = execute(hanging(undo), runOptions({ signal: caller.signal }));
    caller.abort();
    expect(await running).toMatchObject({ status: 'cancelled', undone: [{ key: 'done' }] });
    expect(aborted).toEqual([false]);
  });

  test('because somebody else goes on with it takes nothing back', async () => {
    const caller = new AbortController();
    const running = execute(hanging({ key: 'undo', ...gives(1) }), runOptions({ signal: caller.signal }));
    caller.abort(new Abandoned());
    const result = await running;
    expect(result.status).toBe('cancelled');
    expect(result.undone).toBeUndefined();
  });

  test('while it takes back, because somebody else goes on with that, leaves the rest to them', async () => {
    const process = new AbortController();
    const { log, book } = ledger();
    const slow = book('car', { run: () => new Promise(() => process.abort(new Abandoned())) });
    const plan = planOf({ start: gives(0), hotel: book('hotel'), slow: { ...slow }, fails }, [
      'start -> hotel',
      'hotel -> slow',
      'slow -> fails',
    ]);
    const states: RunState[] = [];
    const checkpoint = async (state: RunState) => void states.push(structuredClone(state));
    const result = await execute(plan, runOptions({ signal: process.signal, checkpoint }));
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SOLD_OUT' } });
    expect(result.state).toBeUndefined();
    expect(states.at(-1)?.effects).toHaveLength(2);
    expect(log).toEqual(['hotel', 'car']);
  });

  test('because its state could not be stored takes nothing back', async () => {
    const { log, book } = ledger();
    let stored = 0;
    const checkpoint = async () => {
      if (++stored === 3) throw new Error('fenced out');
    };
    const plan = planOf({ start: gives(0), hotel: book('hotel'), next: gives(1) }, [
      'start -> hotel',
      'hotel -> next',
    ]);
    const result = await execute(plan, runOptions({ checkpoint, onUnexpected: () => {} }));
    expect(result).toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
    expect(result.state).toBeUndefined();
    expect(log).toEqual(['hotel']);
  });
});

describe('a run that is stored', () => {
  test('takes back what it did before it was suspended, also in a loop', async () => {
    const { log, book } = ledger();
    const asks: TestNode = {
      run: ({ answer }) => {
        if (answer === undefined) return { value: null, suspend: question };
        throw new StepError('REFUSED', 'Refused.');
      },
    };
    const plan = () =>
      planOf(
        {
          start: gives(0),
          hotel: book('hotel'),
          loop: forEach(() => [1, 2], { nodes: { book: book('book') } }),
          asks,
        },
        ['start -> hotel', 'hotel -> loop', 'loop -> asks'],
      );
    const suspended = await execute(plan(), runOptions());
    const state = JSON.parse(JSON.stringify(suspended.state)) as RunState;
    const result = await execute(plan(), runOptions({ resume: { state, answers: { asks: false } } }));
    expect(log).toEqual(['hotel', 'book 1', 'book 2', 'undo book-2', 'undo book-1', 'undo hotel-1']);
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'REFUSED' },
      undone: [{ key: 'book.1' }, { key: 'book.0' }, { key: 'hotel' }],
    });
  });

  test('takes back what an item did that was waiting', async () => {
    const { log, book } = ledger();
    const asks: TestNode = {
      run: ({ answer, steps }) => {
        if (answer === undefined) return { value: null, suspend: question };
        log.push(`${steps['book']} ${answer}`);
        if (answer === 'no') throw new StepError('REFUSED', 'Refused.');
        return { value: answer };
      },
    };
    const body = { nodes: { book: book('book'), asks }, edges: ['book -> asks'] };
    const plan = () => planOf({ start: gives(0), loop: forEach(() => [1, 2], body) }, ['start -> loop']);
    const stored = (result: RunResult) => JSON.parse(JSON.stringify(result.state)) as RunState;
    const one = await execute(plan(), runOptions());
    const two = await execute(
      plan(),
      runOptions({ resume: { state: stored(one), answers: { 'asks.0': 'yes' } } }),
    );
    const last = await execute(
      plan(),
      runOptions({ resume: { state: stored(two), answers: { 'asks.1': 'no' } } }),
    );
    expect(last.undone).toEqual([{ key: 'book.1' }, { key: 'book.0' }]);
    expect(log).toEqual(['book 1', 'book-1 yes', 'book 2', 'book-2 no', 'undo book-2', 'undo book-1']);
  });

  test('from whatever state it goes on, all that was done is taken back, once', async () => {
    const part = fc.record({
      effect: fc.boolean(),
      items: fc.option(fc.nat({ max: 3 })),
      concurrency: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const plan = (open: string[]) => {
          const step = (key: string, effect: boolean): TestNode => ({
            run: ({ stepId }) => {
              if (effect) open.push(stepId);
              return { value: stepId };
            },
            ...(effect
              ? {
                  undo: {
                    key: `undo_${key}`,
                    config: ({ steps }) => steps[key],
                    run: ({ config }) => {
                      expect(open.pop()).toBe(config);
                      return { value: null };
                    },
                  },
                }
              : {}),
          });
          const nodes: Record<string, TestNode> = { start: gives(0) };
          for (const [index, { effect, items, concurrency }] of parts.entries()) {
            const list = Array.from({ length: items ?? 0 }, (_, item) => item);
            const body = { nodes: { [`in${index}`]: step(`in${index}`, effect) } };
            nodes[`n${index}`] =
              items === null ? step(`n${index}`, effect) : forEach(() => list, body, { concurrency });
          }
          const keys = [...Object.keys(nodes), 'fails'];
          return planOf(
            { ...nodes, fails },
            keys.slice(1).map((key, index) => `${keys[index]} -> ${key}`),
          );
        };
        const open: string[] = [];
        const states: { text: string; open: string[] }[] = [];
        const checkpoint = async (state: RunState) =>
          void states.push({ text: JSON.stringify(state), open: [...open] });
        const first = await execute(plan(open), runOptions({ checkpoint }));
        expect(open).toEqual([]);
        for (const stored of states) {
          const state = JSON.parse(stored.text) as RunState;
          const again = await execute(plan(stored.open), runOptions({ resume: { state } }));
          expect(stored.open).toEqual([]);
          expect(again).toEqual({ ...first, state: undefined });
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 2000 },
    );
  });

  test('and killed while it takes back goes on with that, at every state', async () => {
    const whole = ledger();
    const plan = ({ book }: ReturnType<typeof ledger>) =>
      planOf({ start: gives(0), a: book('a'), b: book('b'), c: book('c'), fails }, [
        'start -> a',
        'a -> b',
        'b -> c',
        'c -> fails',
      ]);
    const states: string[] = [];
    const checkpoint = async (state: RunState) => void states.push(JSON.stringify(state));
    const first = await execute(plan(whole), runOptions({ checkpoint }));
    const ending = states.filter((text) => (JSON.parse(text) as RunState).ending);
    expect(ending).toHaveLength(4);
    for (const [taken, text] of ending.entries()) {
      const again = ledger();
      const state = JSON.parse(text) as RunState;
      const result = await execute(plan(again), runOptions({ resume: { state } }));
      expect(again.log).toEqual(['undo c-1', 'undo b-1', 'undo a-1'].slice(taken));
      expect(result).toEqual({ ...first, state: undefined });
    }
  });

  test('is tried again from the failed step; nothing is taken back while it may be', async () => {
    const { log, book } = ledger();
    let broken = true;
    const flaky: TestNode = {
      run: () => {
        if (broken) throw new StepError('X', 'no', { transient: true });
        return { value: 'fine' };
      },
    };
    const plan = () =>
      planOf({ start: gives(0), hotel: book('hotel'), flaky, end: answers('flaky') }, [
        'start -> hotel',
        'hotel -> flaky',
        'flaky -> end',
      ]);
    const checkpoint = async () => {};
    const failed = await execute(plan(), runOptions({ checkpoint, mayRetry: true }));
    expect(failed.undone).toBeUndefined();
    broken = false;
    const state = JSON.parse(JSON.stringify(failed.state)) as RunState;
    expect((await execute(plan(), runOptions({ checkpoint, resume: { state } }))).status).toBe('succeeded');
    expect(log).toEqual(['hotel']);
  });

  test('does again what was taken back, and what came after it, under another name', async () => {
    const { log, book } = ledger();
    let broken = true;
    const ids: string[] = [];
    const flaky: TestNode = {
      run: ({ stepId }) => {
        ids.push(stepId);
        if (broken) throw new StepError('X', 'no');
        return { value: 'fine' };
      },
    };
    const counted = (key: string): TestNode => ({
      run: () => {
        log.push(key);
        return { value: key };
      },
    });
    const plan = () =>
      planOf(
        {
          start: gives(0),
          before: counted('before'),
          hotel: book('hotel'),
          after: counted('after'),
          flaky,
          end: answers('flaky'),
        },
        ['start -> before', 'before -> hotel', 'hotel -> after', 'after -> flaky', 'flaky -> end'],
      );
    const checkpoint = async () => {};
    const failed = await execute(plan(), runOptions({ checkpoint }));
    expect(failed.undone).toEqual([{ key: 'hotel' }]);
    broken = false;
    const state = JSON.parse(JSON.stringify(failed.state)) as RunState;
    expect((await execute(plan(), runOptions({ resume: { state } }))).status).toBe('succeeded');
    expect(log).toEqual(['before', 'hotel', 'after', 'undo hotel-1', 'hotel', 'after']);
    expect(ids).toEqual(['run-1/id-flaky', 'run-1/1/id-flaky']);
  });

  test('goes on with the item of a loop that failed', async () => {
    const ran: JsonValue[] = [];
    let broken = true;
    const body = {
      nodes: {
        one: {
          run: ({ steps }: { steps: Readonly<Record<string, JsonValue>> }) => {
            ran.push((steps['loop'] as { item: JsonValue }).item);
            return { value: 1 };
          },
        },
        two: {
          run: ({ steps }: { steps: Readonly<Record<string, JsonValue>> }) => {
            if (broken && (steps['loop'] as { item: JsonValue }).item === 2) throw new StepError('X', 'no');
            return { value: 1 };
          },
        },
      },
      edges: ['one -> two'],
      collect: ({ steps }: { steps: Record<string, JsonValue> }) =>
        (steps['loop'] as { item: JsonValue }).item,
    };
    const plan = () =>
      planOf({ start: gives(0), loop: forEach(() => [1, 2, 3], body), end: answers('loop') }, [
        'start -> loop',
        'loop -> end',
      ]);
    const failed = await execute(plan(), runOptions({ checkpoint: async () => {} }));
    broken = false;
    const state = JSON.parse(JSON.stringify(failed.state)) as RunState;
    const result = await execute(plan(), runOptions({ resume: { state } }));
    expect(result.output?.parts).toEqual([{ type: 'text', text: '{"items":[1,2,3],"errors":[],"count":3}' }]);
    expect(ran).toEqual([1, 2, 3]);
  });
});
