import { describe, expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunResult, RunState } from '#lib/engine/run.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { settled, testClock } from './clock.ts';
import {
  answers,
  capabilities,
  forEach,
  gives,
  planOf,
  runOptions,
  type TestBody,
  type TestNode,
} from './plan.ts';

const question = (message: string): Question => ({ type: 'form', message, schema: {}, expiresAt: 2_000_000 });

/** What the only step of a body made of its item. */
const doubled: TestBody = {
  nodes: { double: { run: ({ steps }) => ({ value: 2 * (itemOf(steps) as number) }) } },
  collect: ({ steps }) => steps['double']!,
};

function itemOf(steps: Readonly<Record<string, JsonValue>>, loop = 'loop'): JsonValue {
  return (steps[loop] as { item: JsonValue }).item;
}

function looping(loop: TestNode, after: Record<string, TestNode> = {}, edges: string[] = []) {
  return planOf({ start: gives([1, 2, 3]), loop, ...after, end: answers('loop') }, [
    'start -> loop',
    'loop -> end',
    ...edges,
  ]);
}

/** The value that the loop left behind. */
function leftBy({ output }: RunResult): JsonObject {
  const [part] = output?.parts ?? [];
  return part?.type === 'text' ? (JSON.parse(part.text) as JsonObject) : {};
}

const items = ({ steps }: { steps: Readonly<Record<string, JsonValue>> }) => steps['start'] as JsonValue[];

describe('items', () => {
  test('run one after the other, see themselves and what came before, and are collected in order', async () => {
    const seen: JsonValue[] = [];
    const body: TestBody = {
      nodes: {
        look: {
          config: ({ steps }) => steps['loop'],
          run: ({ config, steps }) => {
            seen.push(config as JsonValue);
            return { value: (steps['start'] as JsonValue[]).length };
          },
        },
        after: { run: ({ steps, incoming }) => ({ value: [steps['look']!, incoming[0]!.key] }) },
      },
      edges: ['look -> after'],
      collect: ({ steps }) => [itemOf(steps), ...(steps['after'] as JsonValue[])],
    };
    const result = await execute(looping(forEach(items, body)), runOptions());
    expect(leftBy(result)).toEqual({
      items: [
        [1, 3, 'look'],
        [2, 3, 'look'],
        [3, 3, 'look'],
      ],
      errors: [],
      count: 3,
    });
    expect(seen).toEqual([1, 2, 3].map((item, index) => ({ item, index, count: 3 })));
  });

  test('of an empty list leave an empty list', async () => {
    const result = await execute(looping(forEach(() => [], doubled)), runOptions());
    expect(leftBy(result)).toEqual({ items: [], errors: [], count: 0 });
  });

  test('run as many together as they may, and are collected in the order of the list', async () => {
    const clock = testClock();
    let most = 0;
    let now = 0;
    const body: TestBody = {
      nodes: {
        wait: {
          run: async ({ steps, capabilities: { sleep }, signal }) => {
            most = Math.max(most, ++now);
            await sleep(100 - 10 * (itemOf(steps) as number), signal);
            now -= 1;
            return { value: null };
          },
        },
      },
      collect: ({ steps }) => itemOf(steps),
    };
    const list = [1, 2, 3, 4, 5, 6, 7];
    const plan = looping(forEach(() => list, body, { concurrency: 3 }));
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(1000);
    expect(leftBy(await running)['items']).toEqual(list);
    expect(most).toBe(3);
  });

  test('branch, and what a branch left out is not there', async () => {
    const body: TestBody = {
      nodes: {
        odd: { run: ({ steps }) => ({ value: null, handle: (itemOf(steps) as number) % 2 ? 'yes' : 'no' }) },
        yes: gives('odd'),
        no: gives('even'),
      },
      edges: ['odd:yes -> yes', 'odd:no -> no'],
      collect: ({ steps }) => steps['yes'] ?? steps['no']!,
    };
    const result = await execute(looping(forEach(items, body)), runOptions());
    expect(leftBy(result)['items']).toEqual(['odd', 'even', 'odd']);
  });

  test('hold loops themselves', async () => {
    const inner = forEach(({ steps }) => itemOf(steps) as JsonValue[], {
      nodes: { add: { run: ({ steps }) => ({ value: (itemOf(steps, 'inner') as number) + 1 }) } },
      collect: ({ steps }) => steps['add']!,
    });
    const body: TestBody = {
      nodes: { inner },
      collect: ({ steps }) => (steps['inner'] as JsonObject)['items']!,
    };
    const events: RunEvent[] = [];
    const plan = looping(forEach(() => [[1, 2], [], [3]], body, { concurrency: 2 }));
    const result = await execute(plan, runOptions({ onEvent: (event) => events.push(event) }));
    expect(leftBy(result)['items']).toEqual([[2, 3], [], [4]]);
    const inside = events.flatMap((event) =>
      event.type === 'step.finished' && event.key === 'add' ? [event.iteration] : [],
    );
    expect(inside).toEqual([
      [0, 0],
      [0, 1],
      [2, 0],
    ]);
  });
});

describe('failures', () => {
  const failing: TestBody = {
    nodes: {
      check: {
        run: ({ steps }) => {
          if (itemOf(steps) === 2) throw new StepError('ODD', 'Two is not odd.');
          return { value: null };
        },
      },
    },
    collect: ({ steps }) => itemOf(steps),
  };

  test('end the loop and the run, and say where', async () => {
    const result = await execute(looping(forEach(items, failing)), runOptions());
    expect(result).toEqual({
      status: 'failed',
      error: {
        code: 'ODD',
        message: 'Two is not odd. (Item 2 of 3 in "loop".)',
        nodeId: 'id-check',
        key: 'check',
        iteration: [1],
      },
    });
  });

  test('are collected beside what went well', async () => {
    const result = await execute(looping(forEach(items, failing, { onError: 'collect' })), runOptions());
    expect(leftBy(result)).toEqual({
      items: [1, 3],
      errors: [{ index: 1, error: { code: 'ODD', message: 'Two is not odd.', step: 'check', details: {} } }],
      count: 3,
    });
  });

  test('leave by the error handle of the loop', async () => {
    const loop: TestNode = { ...forEach(items, failing), onError: 'handle' };
    const plan = planOf({ start: gives([1, 2, 3]), loop, ok: answers('start'), rescue: answers('loop') }, [
      'start -> loop',
      'loop -> ok',
      'loop:error -> rescue',
    ]);
    const result = await execute(plan, runOptions());
    expect(leftBy(result)['error']).toMatchObject({ code: 'ODD' });
  });

  test('stop the other items that are under way', async () => {
    const stopped: JsonValue[] = [];
    const body: TestBody = {
      nodes: {
        work: {
          run: async ({ steps, signal }) => {
            if (itemOf(steps) === 2) throw new StepError('ODD', 'no');
            return new Promise((_, reject) => {
              signal.addEventListener('abort', () => {
                stopped.push(itemOf(steps));
                reject(signal.reason);
              });
            });
          },
        },
      },
    };
    const result = await execute(looping(forEach(items, body, { concurrency: 3 })), runOptions());
    expect(result.status).toBe('failed');
    expect(stopped).toEqual([1, 3]);
  });

  test('of what is to be collected name the loop', async () => {
    const body: TestBody = {
      ...doubled,
      collect: () => {
        throw new StepError('EXPRESSION', 'There is no step "dubble".');
      },
    };
    const result = await execute(looping(forEach(items, body)), runOptions());
    expect(result.error).toMatchObject({ code: 'EXPRESSION', key: 'loop' });
  });

  test('a loop that takes longer than it may is stopped', async () => {
    const clock = testClock();
    const body: TestBody = { nodes: { hang: { run: () => new Promise(() => {}) } } };
    const loop: TestNode = { ...forEach(items, body), timeoutMs: 500, retry: { attempts: 3, backoffMs: 1 } };
    const running = execute(looping(loop), runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(500);
    expect(await running).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT', key: 'loop' } });
    expect(clock.asleep()).toEqual([]);
  });
});

describe('limits', () => {
  test('10,000 items of all loops together', async () => {
    const list = Array.from({ length: 6000 }, (_, index) => index);
    const still: TestBody = { nodes: { idle: gives(null) } };
    const twice = planOf(
      {
        start: gives(null),
        a: forEach(() => list, still),
        b: forEach(() => list, still),
        end: answers('b'),
      },
      ['start -> a', 'a -> b', 'b -> end'],
    );
    const result = await execute(twice, runOptions());
    expect(result).toMatchObject({ status: 'failed', error: { code: 'ITEMS', key: 'b' } });
    const one = await execute(
      looping(forEach(() => [...list, ...list.slice(0, 4000)], doubled)),
      runOptions(),
    );
    expect(one.status).toBe('succeeded');
  });

  test('what the steps of an item left behind is given back when it is done', async () => {
    const body: TestBody = { nodes: { big: gives('x'.repeat(1000)) }, collect: () => 1 };
    const list = Array.from({ length: 50 }, (_, index) => index);
    const run = (valueCharacters: number) =>
      execute(looping(forEach(() => list, body)), runOptions({ limits: { valueCharacters } }));
    expect((await run(3000)).status).toBe('succeeded');
    expect((await run(900)).error?.code).toBe('TOO_LARGE');
  });

  test('a loop of synchronous steps lets others have their turn', async () => {
    let turns = 0;
    const body: TestBody = {
      nodes: {
        busy: {
          run: () => {
            const until = performance.now() + 10;
            while (performance.now() < until);
            return { value: null };
          },
        },
      },
    };
    const list = Array.from({ length: 40 }, (_, index) => index);
    const running = execute(looping(forEach(() => list, body)), runOptions());
    let over = false;
    void running.then(() => {
      over = true;
    });
    while (!over) {
      turns += 1;
      await settled();
    }
    expect(turns).toBeGreaterThan(3);
    expect((await running).status).toBe('succeeded');
  });

  test('a loop of steps that promise their answer lets others have their turn', async () => {
    let busy = 0;
    const body: TestBody = {
      nodes: {
        quick: {
          run: async () => {
            const until = performance.now() + 2;
            while (performance.now() < until);
            busy += 1;
            return { value: null };
          },
        },
      },
    };
    const list = Array.from({ length: 200 }, (_, index) => index);
    const running = execute(looping(forEach(() => list, body)), runOptions());
    await settled();
    expect(busy).toBeLessThan(100);
    expect((await running).status).toBe('succeeded');
    expect(busy).toBe(200);
  });

  test('a run that is cancelled between two goes ends', async () => {
    const caller = new AbortController();
    let ran = 0;
    const body: TestBody = {
      nodes: {
        busy: {
          run: () => {
            ran += 1;
            const until = performance.now() + 60;
            while (performance.now() < until);
            return { value: null };
          },
        },
      },
    };
    const running = execute(
      looping(forEach(() => [1, 2, 3, 4], body)),
      runOptions({ signal: caller.signal }),
    );
    caller.abort();
    expect((await running).status).toBe('cancelled');
    expect(ran).toBe(1);
  });
});

describe('events', () => {
  test('tell the first 200 items and every failure', async () => {
    const body: TestBody = {
      nodes: {
        step: {
          run: (context) => {
            const item = itemOf(context.steps) as number;
            context.log('info', 'here');
            if (item === 250) context.progress(item);
            if (item === 300) throw new StepError('X', 'no');
            return { value: null };
          },
        },
      },
    };
    const list = Array.from({ length: 400 }, (_, index) => index);
    const events: RunEvent[] = [];
    const plan = looping(forEach(() => list, body, { onError: 'collect' }));
    await execute(plan, runOptions({ onEvent: (event) => events.push(event) }));
    const count = (type: RunEvent['type']) =>
      events.filter((event) => event.type === type && 'key' in event && event.key === 'step').length;
    expect(count('step.finished')).toBe(200);
    expect(count('log')).toBe(200);
    expect(count('step.started')).toBe(201);
    const failed = events.filter((event) => event.type === 'step.failed');
    expect(failed).toMatchObject([{ key: 'step', iteration: [300] }]);
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(1);
    expect(events.filter((event) => 'key' in event && event.key === 'loop').map(({ type }) => type)).toEqual([
      'step.started',
      'step.finished',
    ]);
  });
});

describe('suspension', () => {
  function asking(ran: string[], concurrency: number) {
    const body: TestBody = {
      nodes: {
        before: {
          run: ({ steps }) => {
            ran.push(`before ${itemOf(steps)}`);
            return { value: `b${itemOf(steps)}` };
          },
        },
        ask: {
          run: ({ steps, answer, asked }) => {
            if (answer === undefined) return { value: null, suspend: question(`Item ${itemOf(steps)}?`) };
            ran.push(`${(asked as { message: string }).message} ${answer}`);
            return { value: [steps['before']!, answer] };
          },
        },
      },
      edges: ['before -> ask'],
      collect: ({ steps }) => steps['ask']!,
    };
    return looping(forEach(items, body, { concurrency }));
  }

  test('of several items: each question has its own key, and those without an answer go on waiting', async () => {
    const ran: string[] = [];
    const one = await execute(asking(ran, 2), runOptions());
    expect(one.status).toBe('suspended');
    expect(one.state?.waiting?.map(({ key, nodeKey }) => [key, nodeKey])).toEqual([
      ['ask.0', 'ask'],
      ['ask.1', 'ask'],
    ]);
    const go = (state: RunState, answered: Record<string, JsonValue>) =>
      execute(asking(ran, 2), runOptions({ resume: { state: structuredClone(state), answers: answered } }));
    const two = await go(one.state!, { 'ask.1': 'B' });
    expect(two.state?.waiting?.map(({ key }) => key).toSorted()).toEqual(['ask.0', 'ask.2']);
    const three = await go(two.state!, { 'ask.0': 'A', 'ask.2': 'C' });
    expect(leftBy(three)['items']).toEqual([
      ['b1', 'A'],
      ['b2', 'B'],
      ['b3', 'C'],
    ]);
    expect(ran).toEqual(['before 1', 'before 2', 'Item 2? B', 'before 3', 'Item 1? A', 'Item 3? C']);
  });

  test('is told of the step that asks, once, and the loop goes on without beginning again', async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => events.push(event);
    const told = () =>
      events.flatMap((event) =>
        'key' in event ? [`${event.type} ${event.key}${event.iteration ?? ''}`] : [],
      );
    const one = await execute(asking([], 3), runOptions({ onEvent }));
    expect(told().filter((line) => line.endsWith('loop'))).toEqual(['step.started loop']);
    expect(told().filter((line) => line.startsWith('step.suspended'))).toEqual([
      'step.suspended ask0',
      'step.suspended ask1',
      'step.suspended ask2',
    ]);
    events.length = 0;
    const state = structuredClone(one.state!);
    const answered = { 'ask.0': 'A', 'ask.1': 'B', 'ask.2': 'C' };
    await execute(asking([], 3), runOptions({ onEvent, resume: { state, answers: answered } }));
    expect(told().filter((line) => line.endsWith('loop'))).toEqual(['step.finished loop']);
    expect(told().filter((line) => line.startsWith('step.suspended'))).toEqual([]);
  });

  test('one after the other asks one after the other', async () => {
    let state: RunState | undefined;
    for (const [index, letter] of ['A', 'B', 'C'].entries()) {
      const result = await execute(
        asking([], 1),
        runOptions(state ? { resume: { state, answers: { [`ask.${index - 1}`]: letter } } } : {}),
      );
      expect(result.state?.waiting?.map(({ key }) => key)).toEqual([`ask.${index}`]);
      state = JSON.parse(JSON.stringify(result.state)) as RunState;
    }
  });
});
