import { describe, expect, it, test } from 'vitest';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { RunOptions, RunResult } from '#lib/engine/run.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import { capabilities, runOptions } from '../engine/plan.ts';
import { answers, asks, documentOf, inside, loops, type Step, sets, takes } from '../workflow/documents.ts';

// The kinds that steer, as they are used: in a document, compiled, run by the engine.

function planOf(steps: Record<string, Step>, edges: string[]): Plan<NodeKind> {
  const { plan, problems } = compile(documentOf(steps, edges), kinds);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return plan!;
}

function run(
  steps: Record<string, Step>,
  edges: string[],
  given: Partial<RunOptions> = {},
): Promise<RunResult> {
  return execute(planOf(steps, edges), runOptions(given));
}

/** What a run answers, read as JSON. */
function told({ status, error, output }: RunResult): JsonValue {
  expect([status, error]).toEqual(['succeeded', undefined]);
  const [part] = output!.parts;
  return part?.type === 'text' ? (JSON.parse(part.text) as JsonValue) : null;
}

const start = takes({ rows: {}, text: {} });
const rows = [
  { id: 'a', n: 3 },
  { id: 'b', n: 0 },
  { id: 'c', n: 2 },
];

describe('for each', () => {
  const steps = {
    start,
    loop: loops('{{ input.rows }}'),
    double: inside('loop', sets({ id: '{{ steps.loop.item.id }}', n: '{{ steps.loop.item.n * 2 }}' })),
    end: answers('{{ steps.loop }}'),
  };
  const edges = ['start -> loop', 'loop:each -> double', 'loop -> end'];

  it('collects what the last step of each item left, in the order of the list', async () => {
    for (const concurrency of [1, 2, 20]) {
      const several = { ...steps, loop: loops('{{ input.rows }}', { concurrency }) };
      expect(told(await run(several, edges, { input: { rows } }))).toEqual({
        items: [
          { id: 'a', n: 6 },
          { id: 'b', n: 0 },
          { id: 'c', n: 4 },
        ],
        errors: [],
        count: 3,
      });
    }
  });

  it('collects what it is told to', async () => {
    const collect = '{{ steps.loop.index + steps.double.id + steps.loop.count }}';
    const picking = { ...steps, loop: loops('{{ input.rows }}', { collect }) };
    expect(told(await run(picking, edges, { input: { rows } }))).toMatchObject({
      items: ['0a3', '1b3', '2c3'],
    });
  });

  it('goes through nothing, numbers and members', async () => {
    const items = async (list: JsonValue) => {
      const result = await run(
        {
          ...steps,
          loop: loops('{{ input.rows }}'),
          double: inside('loop', sets({ it: '{{ steps.loop.item }}' })),
        },
        edges,
        { input: { rows: list } },
      );
      return (told(result) as { items: { it: JsonValue }[] }).items.map(({ it }) => it);
    };
    expect(await items([])).toEqual([]);
    expect(await items(2)).toEqual([0, 1]);
    expect(await items({ a: 1 })).toEqual([{ key: 'a', value: 1 }]);
  });

  it('is read with its items outside where it holds no steps', async () => {
    const bare = { start, loop: loops('{{ input.rows }}'), end: answers('{{ steps.loop.items }}') };
    expect(told(await run(bare, ['start -> loop', 'loop -> end'], { input: { rows: [1, 2] } }))).toEqual([
      1, 2,
    ]);
  });

  it('goes through lists of lists', async () => {
    const nested = {
      start,
      outer: loops('{{ input.rows }}', {
        collect: '{{ sum(steps.inner.items.map((x) => x.v)) }}',
        concurrency: 2,
      }),
      inner: inside('outer', loops('{{ steps.outer.item.n }}')),
      step: inside('inner', sets({ v: '{{ steps.outer.index * 100 + steps.inner.index }}' })),
      end: answers('{{ steps.outer.items }}'),
    };
    const ways = ['start -> outer', 'outer:each -> inner', 'inner:each -> step', 'outer -> end'];
    expect(told(await run(nested, ways, { input: { rows } }))).toEqual([3, 0, 401]);
  });

  const failing = {
    ...steps,
    check: inside('loop', asks('{{ steps.loop.item.n }}')),
    bad: inside('loop', { kind: 'fail', config: { message: 'No {{ steps.loop.item.id }}.' } }),
  };
  const ways = [
    'start -> loop',
    'loop:each -> check',
    'check:true -> double',
    'check:false -> bad',
    'loop -> end',
  ];

  it('fails with its first item that does', async () => {
    const { status, error } = await run(failing, ways, { input: { rows } });
    expect([status, error?.code, error?.key]).toEqual(['failed', 'FAIL', 'bad']);
    expect(error?.message).toContain('No b.');
  });

  it('collects what failed, in the shape it promises', async () => {
    const loop = loops('{{ input.rows }}', { onError: 'collect' });
    const collecting = {
      ...failing,
      loop,
      end: answers('{{ [steps.loop.items.map((x) => x.id), steps.loop.errors[0], steps.loop.count] }}'),
    };
    expect(told(await run(collecting, ways, { input: { rows } }))).toEqual([
      ['a', 'c'],
      { index: 1, error: { code: 'FAIL', message: 'No b.', step: 'bad', details: {} } },
      3,
    ]);
  });

  it('takes its errors somewhere as other steps do', async () => {
    const handled = {
      ...failing,
      loop: { ...loops('{{ input.rows }}'), settings: { onError: 'handle' } },
      mend: answers('{{ { code: steps.loop.error.code } }}'),
    };
    expect(told(await run(handled, [...ways, 'loop:error -> mend'], { input: { rows } }))).toEqual({
      code: 'FAIL',
    });
  });

  it('refuses more items than it takes before the first', async () => {
    const events: RunEvent[] = [];
    const small = { ...steps, loop: loops('{{ input.rows }}', { limit: 2 }) };
    const result = await run(small, edges, { input: { rows }, onEvent: (event) => events.push(event) });
    expect(result.error).toMatchObject({ code: 'TOO_MANY_ITEMS', key: 'loop' });
    expect(events.some((event) => 'key' in event && event.key === 'double')).toBe(false);
  });
});

describe('stop', () => {
  const loop = (what: string, text = ''): Record<string, Step> => ({
    start,
    loop: loops('{{ input.rows }}'),
    check: inside('loop', asks('{{ steps.loop.item.n }}')),
    kept: inside('loop', sets({ id: '{{ steps.loop.item.id }}' })),
    stop: inside('loop', { kind: 'stop', config: { what, text } }),
    end: answers('{{ steps.loop }}'),
  });
  const ways = [
    'start -> loop',
    'loop:each -> check',
    'check:true -> kept',
    'check:false -> stop',
    'loop -> end',
  ];

  it('ends a loop with what is done', async () => {
    expect(told(await run(loop('loop'), ways, { input: { rows } }))).toEqual({
      items: [{ id: 'a' }],
      errors: [],
      count: 3,
    });
  });

  it('ends the run from inside a loop, with its answer', async () => {
    const result = await run(loop('run', 'Stopped at {{ steps.loop.item.id }}.'), ways, { input: { rows } });
    expect(result).toMatchObject({
      status: 'succeeded',
      output: { parts: [{ type: 'text', text: 'Stopped at b.' }] },
    });
  });

  it('ends the run without an answer', async () => {
    const steps = { start, stop: { kind: 'stop', config: {} } };
    expect(await run(steps, ['start -> stop'])).toMatchObject({ status: 'succeeded', output: { parts: [] } });
  });
});

test('switch goes one way', async () => {
  const chosen = (id: string, right: string) => ({ id, operator: 'equals', right });
  const steps = {
    start,
    choose: {
      kind: 'switch',
      config: { value: '{{ input.text }}', cases: [chosen('red', 'r'), chosen('blue', 'b')] },
    },
    one: answers('{{ ["red", steps.choose] }}'),
    two: answers('{{ ["blue", steps.choose] }}'),
    none: answers('{{ ["none", steps.choose] }}'),
  };
  const edges = ['start -> choose', 'choose:red -> one', 'choose:blue -> two', 'choose:otherwise -> none'];
  const went = async (text: string) => told(await run(steps, edges, { input: { text } }));
  expect(await went('r')).toEqual(['red', { case: 'red', name: 'red' }]);
  expect(await went('b')).toEqual(['blue', { case: 'blue', name: 'blue' }]);
  expect(await went('x')).toEqual(['none', { case: 'otherwise', name: 'otherwise' }]);
});

describe('merge', () => {
  const steps = (mode: string): Record<string, Step> => ({
    start,
    a: sets({ x: 1, who: 'a' }),
    check: asks('{{ input.text }}'),
    b: sets({ y: 2, who: 'b' }),
    c: sets({ z: 3, who: 'c' }),
    merged: { kind: 'merge', config: { mode } },
    end: answers('{{ steps.merged }}'),
  });
  const edges = [
    'start -> a',
    'start -> check',
    'check:true -> b',
    'check:false -> c',
    'a -> merged',
    'b -> merged',
    'c -> merged',
    'merged -> end',
  ];

  test.each<[string, boolean, JsonObject]>([
    ['all', true, { a: { x: 1, who: 'a' }, b: { y: 2, who: 'b' } }],
    ['all', false, { a: { x: 1, who: 'a' }, c: { z: 3, who: 'c' } }],
    ['combine', true, { x: 1, y: 2, who: 'b' }],
    ['combine', false, { x: 1, z: 3, who: 'c' }],
    ['first', true, { x: 1, who: 'a' }],
  ])('%s, where the branch is %j', async (mode, text, expected) => {
    expect(told(await run(steps(mode), edges, { input: { text } }))).toEqual(expected);
  });

  it('goes on with the first and stops the others', async () => {
    const later = (seconds: number): Step => ({ kind: 'wait', config: { amount: seconds } });
    const racing = {
      ...steps('first'),
      slow: later(40),
      quick: later(0),
      end: answers('{{ [steps.merged, steps.slow === undefined] }}'),
    };
    const ways = ['start -> slow', 'start -> quick', 'slow -> merged', 'quick -> merged', 'merged -> end'];
    const only = Object.fromEntries(
      Object.entries(racing).filter(([key]) => ['start', 'slow', 'quick', 'merged', 'end'].includes(key)),
    );
    expect(told(await run(only, ways))).toEqual([{ until: expect.any(String) }, true]);
  });
});

describe('wait', () => {
  const steps = {
    start,
    wait: { kind: 'wait', config: { amount: 2, unit: 'days' } },
    end: answers('{{ { until: steps.wait.until } }}'),
  };
  const edges = ['start -> wait', 'wait -> end'];
  const now = Date.UTC(2026, 10, 21);
  const clock = { ...capabilities, now: () => now };

  it('stops the run, which goes on when the time has come', async () => {
    const plan = planOf(steps, edges);
    const first = await execute(plan, runOptions({ capabilities: clock }));
    const until = now + 2 * 86_400_000;
    expect(first).toMatchObject({
      status: 'suspended',
      state: { waiting: [{ key: 'wait', question: { type: 'time', until } }] },
    });
    const state = JSON.parse(JSON.stringify(first.state));
    const resume = { state, answers: { wait: {} } };
    const later = { ...clock, now: () => until + 5 };
    const second = await execute(plan, runOptions({ capabilities: later, resume }));
    expect(told(second)).toEqual({ until: '2026-11-23T00:00:00.000Z' });
  });

  it('stops a loop in the middle of its items, and finishes none of them twice', async () => {
    const looping = {
      start,
      loop: loops('{{ 3 }}', { collect: '{{ [steps.mark.at, steps.wait.until] }}' }),
      mark: inside('loop', sets({ at: '{{ steps.loop.index }}' })),
      wait: inside('loop', { kind: 'wait', config: { amount: 1, unit: 'days' } }),
      end: answers('{{ steps.loop.items }}'),
    };
    const plan = planOf(looping, ['start -> loop', 'loop:each -> mark', 'mark -> wait', 'loop -> end']);
    const marked: (number[] | undefined)[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'step.finished' && event.key === 'mark') marked.push(event.iteration);
    };
    let day = now;
    const options = () => runOptions({ capabilities: { ...capabilities, now: () => day }, onEvent });
    let result = await execute(plan, options());
    for (let item = 0; item < 3; item += 1) {
      expect(result.state?.waiting?.map(({ key }) => key)).toEqual([`wait.${item}`]);
      day += 86_400_000;
      const resume = { state: result.state!, answers: { [`wait.${item}`]: {} } };
      result = await execute(plan, { ...options(), resume });
    }
    const days = [22, 23, 24].map((date) => `2026-11-${date}T00:00:00.000Z`);
    expect(told(result)).toEqual(days.map((until, index) => [index, until]));
    expect(marked).toEqual([[0], [1], [2]]);
  });
});

test('an undo reads what the undone step read, and its value, in a loop too', async () => {
  const undone: unknown[] = [];
  const steps = {
    start,
    first: sets({ n: 1 }, { undo: 'id-back' }),
    back: sets({ took: '{{ [steps.first.n, input.text] }}' }),
    loop: loops('{{ input.rows }}'),
    book: inside('loop', sets({ id: '{{ steps.loop.item.id }}' }, { undo: 'id-cancel' })),
    cancel: inside('loop', sets({ took: '{{ [steps.book.id, steps.loop.index, steps.first.n] }}' })),
    check: inside('loop', asks('{{ steps.loop.item.n }}')),
    bad: inside('loop', { kind: 'fail', config: { message: 'x' } }),
    end: answers('never'),
  };
  const edges = [
    'start -> first',
    'first -> loop',
    'loop:each -> book',
    'book -> check',
    'check:false -> bad',
    'loop -> end',
  ];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'step.finished' && ['back', 'cancel'].includes(event.key)) undone.push(event.value);
  };
  const result = await run(steps, edges, { input: { rows, text: 'x' }, onEvent });
  expect(result.status).toBe('failed');
  expect(undone).toEqual([{ took: ['b', 1, 1] }, { took: ['a', 0, 1] }, { took: [1, 'x'] }]);
});
