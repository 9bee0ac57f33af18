import { describe, expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunState } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { settled, testClock } from './clock.ts';
import { answers, capabilities, forEach, gives, planOf, runOptions, type TestNode } from './plan.ts';

/** Answers after so many ms, unless it is stopped. */
function takes(ms: number, value: string, stopped: string[] = []): TestNode {
  return {
    run: async ({ capabilities: { sleep }, signal }) => {
      await sleep(ms, signal).catch(() => stopped.push(value));
      return { value };
    },
  };
}

const question: Question = { type: 'form', message: '?', schema: {}, expiresAt: 2_000_000 };
const asks: TestNode = {
  run: ({ answer }) => (answer === undefined ? { value: null, suspend: question } : { value: answer }),
};

describe('a merge that waits for the first way', () => {
  const merge: TestNode = {
    join: 'first',
    run: ({ incoming }) => ({ value: incoming.map(({ key, handle, value }) => [key, handle, value]) }),
  };

  test('goes on with it, stops the others and tells that they were skipped', async () => {
    const clock = testClock();
    const stopped: string[] = [];
    const ran: string[] = [];
    const late: TestNode = {
      run: () => {
        ran.push('late');
        return { value: 'late' };
      },
    };
    const plan = planOf(
      {
        start: gives(0),
        slow: takes(50, 'S', stopped),
        quick: takes(10, 'Q'),
        late,
        merge,
        end: answers('merge'),
      },
      ['start -> slow', 'start -> quick', 'slow -> late', 'late -> merge', 'quick -> merge', 'merge -> end'],
    );
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => events.push(event);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock }, onEvent }));
    await clock.advance(10);
    expect((await running).output?.parts).toEqual([{ type: 'text', text: '[["quick","out","Q"]]' }]);
    expect(stopped).toEqual(['S']);
    expect(ran).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'step.skipped' ? [event.key] : []))).toEqual([
      'late',
      'slow',
    ]);
    expect(events.filter(({ type }) => type === 'step.failed')).toEqual([]);
    expect(clock.asleep()).toEqual([]);
  });

  test('lets go on what leads elsewhere too', async () => {
    const clock = testClock();
    const stopped: string[] = [];
    const plan = planOf(
      {
        start: gives(0),
        quick: gives('Q'),
        slow: takes(50, 'S', stopped),
        merge,
        end: answers('merge'),
        other: answers('slow'),
      },
      ['start -> quick', 'start -> slow', 'quick -> merge', 'slow -> merge', 'merge -> end', 'slow -> other'],
    );
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(50);
    expect((await running).output?.parts).toEqual([
      { type: 'text', text: '[["quick","out","Q"]]' },
      { type: 'text', text: '"S"' },
    ]);
    expect(stopped).toEqual([]);
  });

  test('is dead when all its ways are', async () => {
    const plan = planOf(
      {
        start: { run: () => ({ value: 1, handle: 'x' }) },
        a: gives(1),
        b: gives(2),
        merge,
        end: answers('start'),
      },
      ['start:a -> a', 'start:b -> b', 'a -> merge', 'b -> merge', 'start:x -> end'],
    );
    const events: RunEvent[] = [];
    expect((await execute(plan, runOptions({ onEvent: (event) => events.push(event) }))).status).toBe(
      'succeeded',
    );
    expect(events.filter(({ type }) => type === 'step.skipped')).toHaveLength(3);
  });

  test('takes back a question that nobody needs to answer any more', async () => {
    const plan = planOf(
      {
        start: gives(0),
        asks,
        quick: { run: () => settled().then(() => ({ value: 'Q' })) },
        merge,
        end: answers('merge'),
      },
      ['start -> asks', 'start -> quick', 'asks -> merge', 'quick -> merge', 'merge -> end'],
    );
    expect((await execute(plan, runOptions())).output?.parts).toEqual([
      { type: 'text', text: '[["quick","out","Q"]]' },
    ]);
  });

  test('keeps to the way that came first when it is resumed', async () => {
    const waitingMerge: TestNode = {
      join: 'first',
      run: ({ incoming, answer }) =>
        answer === undefined ? { value: null, suspend: question } : { value: incoming.map(({ key }) => key) },
    };
    // `a` leads elsewhere too, so that it is not stopped, and would come first in the order of the plan.
    const plan = () =>
      planOf(
        {
          start: gives(0),
          a: { run: () => settled().then(() => ({ value: 'A' })) },
          b: gives('B'),
          merge: waitingMerge,
          end: answers('merge'),
          other: answers('a'),
        },
        ['start -> a', 'start -> b', 'a -> merge', 'b -> merge', 'merge -> end', 'a -> other'],
      );
    const suspended = await execute(plan(), runOptions());
    expect(suspended.state?.nodes).toHaveProperty('id-other');
    const state = JSON.parse(JSON.stringify(suspended.state)) as RunState;
    const resumed = await execute(plan(), runOptions({ resume: { state, answers: { merge: 1 } } }));
    expect(resumed.output?.parts[0]).toEqual({ type: 'text', text: '["b"]' });
  });

  test('stops a loop that came too late', async () => {
    const clock = testClock();
    const stopped: string[] = [];
    const loop = forEach(() => [1, 2], { nodes: { wait: takes(100, 'W', stopped) } }, { concurrency: 2 });
    const plan = planOf({ start: gives(0), loop, quick: takes(10, 'Q'), merge, end: answers('merge') }, [
      'start -> loop',
      'start -> quick',
      'loop -> merge',
      'quick -> merge',
      'merge -> end',
    ]);
    const running = execute(plan, runOptions({ capabilities: { ...capabilities, ...clock } }));
    await clock.advance(10);
    expect((await running).status).toBe('succeeded');
    expect(stopped).toEqual(['W', 'W']);
  });
});

describe('what led to a step', () => {
  test('is told in the order of the edges, live ways only', async () => {
    const plan = planOf(
      {
        start: { run: () => ({ value: 's', handle: 'b' }) },
        a: gives('A'),
        b: gives('B'),
        c: gives('C'),
        join: { run: ({ incoming }) => ({ value: incoming.map(({ key, value }) => `${key}${value}`) }) },
        end: answers('join'),
      },
      ['start:a -> a', 'start:b -> b', 'start:b -> c', 'c -> join', 'a -> join', 'b -> join', 'join -> end'],
    );
    expect((await execute(plan, runOptions())).output?.parts).toEqual([
      { type: 'text', text: '["cC","bB"]' },
    ]);
  });

  test('begins, in a container, with the item', async () => {
    const loop = forEach(() => ['x'], {
      nodes: {
        look: {
          run: ({ incoming }) => ({ value: incoming.map(({ key, value }) => [key, value]) as JsonValue }),
        },
      },
      collect: ({ steps }) => steps['look']!,
    });
    const plan = planOf({ start: gives(0), loop, end: answers('loop') }, ['start -> loop', 'loop -> end']);
    const [part] = (await execute(plan, runOptions())).output!.parts;
    expect(part).toEqual({
      type: 'text',
      text: '{"items":[[["loop",{"item":"x","index":0,"count":1}]]],"errors":[],"count":1}',
    });
  });
});

describe('a step that ends the run', () => {
  test('answers, and stops what is under way', async () => {
    const stopped: string[] = [];
    const stop: TestNode = {
      run: () => ({ value: 1, stop: 'run', output: { parts: [{ type: 'text', text: 'enough' }] } }),
    };
    const plan = planOf({ start: gives(0), slow: takes(100, 'S', stopped), stop, end: answers('slow') }, [
      'start -> slow',
      'start -> stop',
      'slow -> end',
    ]);
    const events: RunEvent[] = [];
    expect(await execute(plan, runOptions({ onEvent: (event) => events.push(event) }))).toEqual({
      status: 'succeeded',
      output: { parts: [{ type: 'text', text: 'enough' }] },
    });
    expect(stopped).toEqual(['S']);
    expect(events.at(-2)).toMatchObject({ type: 'step.skipped', key: 'slow' });
  });

  test('may stand in a loop, and say nothing', async () => {
    const loop = forEach(() => [1, 2, 3], { nodes: { stop: { run: () => ({ value: 1, stop: 'run' }) } } });
    const plan = planOf({ start: gives(0), loop, end: answers('loop') }, ['start -> loop', 'loop -> end']);
    expect(await execute(plan, runOptions())).toEqual({ status: 'succeeded', output: { parts: [] } });
  });
});

describe('a step that ends the loop', () => {
  const found: TestNode = {
    run: ({ steps }) => {
      const { item } = steps['loop'] as { item: number };
      return item === 3 ? { value: item, stop: 'loop' } : { value: item };
    },
  };

  test('leaves what was done before', async () => {
    const loop = forEach(() => [1, 2, 3, 4], { nodes: { found }, collect: ({ steps }) => steps['found']! });
    const plan = planOf({ start: gives(0), loop, end: answers('loop') }, ['start -> loop', 'loop -> end']);
    expect((await execute(plan, runOptions())).output?.parts).toEqual([
      { type: 'text', text: '{"items":[1,2],"errors":[],"count":4}' },
    ]);
  });

  test('fails where there is none', async () => {
    const plan = planOf({ start: { run: () => ({ value: 1, stop: 'loop' }) } }, []);
    expect((await execute(plan, runOptions())).error?.code).toBe('NO_LOOP');
  });
});

describe('a part of a plan', () => {
  function counted(ran: string[]) {
    const step = (key: string): TestNode => ({
      run: () => {
        ran.push(key);
        return { value: key };
      },
    });
    const loop = forEach(() => [1, 2], {
      nodes: { inner: step('inner'), rest: step('rest') },
      edges: ['inner -> rest'],
      collect: ({ steps }) => steps['rest']!,
    });
    return planOf(
      { start: step('start'), a: step('a'), b: step('b'), loop, beside: step('beside'), end: answers('b') },
      ['start -> a', 'a -> b', 'a -> beside', 'b -> loop', 'loop -> end'],
    );
  }

  test('ends at a step, without an answer, and runs nothing beside it', async () => {
    const ran: string[] = [];
    expect(await execute(counted(ran), runOptions({ until: 'id-b' }))).toEqual({ status: 'succeeded' });
    expect(ran).toEqual(['start', 'a', 'b']);
  });

  test('runs a loop whole, but only its first item when it ends inside', async () => {
    const whole: string[] = [];
    await execute(counted(whole), runOptions({ until: 'id-loop' }));
    expect(whole).toEqual(['start', 'a', 'b', 'inner', 'rest', 'inner', 'rest']);
    const inside: string[] = [];
    expect((await execute(counted(inside), runOptions({ until: 'id-inner' }))).status).toBe('succeeded');
    expect(inside).toEqual(['start', 'a', 'b', 'inner']);
  });

  test('fails with words at a step that is not there', async () => {
    expect((await execute(counted([]), runOptions({ until: 'id-x' }))).error?.code).toBe('UNTIL');
  });

  test('a value that is given is left without running the node, and told', async () => {
    const ran: string[] = [];
    const events: RunEvent[] = [];
    const given = {
      'id-a': { value: 'pinned' },
      'id-inner': { value: 1 },
      'id-b': { value: null, handle: 'out' },
    };
    const result = await execute(
      counted(ran),
      runOptions({ given, until: 'id-loop', onEvent: (event) => events.push(event) }),
    );
    expect(result.status).toBe('succeeded');
    expect(ran).toEqual(['start', 'rest', 'rest']);
    const told = events.flatMap((event) =>
      event.type === 'step.finished' && event.given ? [[event.key, event.value, event.iteration]] : [],
    );
    expect(told).toEqual([
      ['a', 'pinned', undefined],
      ['b', null, undefined],
      ['inner', 1, [0]],
      ['inner', 1, [1]],
    ]);
  });
});

describe('the world of a step', () => {
  test('is made once, when it is asked for, and named by its place', async () => {
    const asked: string[] = [];
    const ids: string[] = [];
    const reach: TestNode = {
      config: ({ now }) => ({ at: now() }),
      retry: { attempts: 2, backoffMs: 0 },
      run: (context) => {
        ids.push(context.stepId);
        const { now } = context.capabilities;
        if (context.attempt === 1) throw new StepError('X', 'again', { transient: true });
        return { value: [(context.config as { at: number }).at, now()] };
      },
    };
    const loop = forEach(() => [1, 2], {
      nodes: { inner: reach },
      collect: ({ steps, random }) => [steps['inner']!, random()],
    });
    const plan = planOf({ start: gives(0), idle: gives(1), outer: reach, loop, end: answers('loop') }, [
      'start -> idle',
      'idle -> outer',
      'outer -> loop',
      'loop -> end',
    ]);
    const worldOf = (world: typeof capabilities, path: string) => {
      const position = asked.push(path);
      return { ...world, now: () => position, random: () => position };
    };
    const result = await execute(plan, runOptions({ worldOf }));
    expect(asked).toEqual([
      'id-outer',
      'id-loop[0]/id-inner',
      'id-loop[0]',
      'id-loop[1]/id-inner',
      'id-loop[1]',
    ]);
    expect(JSON.parse((result.output!.parts[0] as { text: string }).text)).toMatchObject({
      items: [
        [[2, 2], 3],
        [[4, 4], 5],
      ],
    });
    expect(ids).toEqual([
      'run-1/id-outer',
      'run-1/id-outer',
      'run-1/id-loop[0]/id-inner',
      'run-1/id-loop[0]/id-inner',
      'run-1/id-loop[1]/id-inner',
      'run-1/id-loop[1]/id-inner',
    ]);
  });
});
