import { describe, expect, test } from 'vitest';
import { AskFirst, StepError } from '#lib/engine/errors.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunState } from '#lib/engine/run.ts';
import { stateFrom } from '#lib/engine/state.ts';
import { createTape } from '#lib/engine/tape.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { settled } from './clock.ts';
import { answers, capabilities, gives, planOf, runOptions, type TestNode } from './plan.ts';

/** A question, as a node asks it. */
function form(message: string): Question {
  return { type: 'form', message, schema: {}, expiresAt: 2_000_000 };
}

/** A plan with a branch not taken, two ways in parallel and a join; counts how often each step ran. */
function counted(ran: string[]) {
  const step = (key: string, value: string, handle?: string): TestNode => ({
    run: async () => {
      await settled();
      ran.push(key);
      return handle === undefined ? { value } : { value, handle };
    },
  });
  return planOf(
    {
      start: step('start', 's'),
      choose: step('choose', 'c', 'left'),
      left: step('left', 'l'),
      right: step('right', 'r'),
      beside: step('beside', 'b'),
      join: {
        run: ({ steps }) => {
          ran.push('join');
          return { value: `${steps['left']}${steps['beside']}` };
        },
      },
      end: answers('join'),
    },
    [
      'start -> choose',
      'start -> beside',
      'choose:left -> left',
      'choose:right -> right',
      'left -> join',
      'right -> join',
      'beside -> join',
      'join -> end',
    ],
  );
}

const output = { parts: [{ type: 'text', text: '"lb"' }] };

describe('checkpoints', () => {
  test('a run can be continued from every one of them, and no finished step runs again', async () => {
    const whole: string[] = [];
    const states: string[] = [];
    const first = await execute(
      counted(whole),
      runOptions({ checkpoint: async (state) => void states.push(JSON.stringify(state)) }),
    );
    expect(first).toEqual({ status: 'succeeded', output });
    expect(states).toHaveLength(6);
    for (const text of states) {
      const state = JSON.parse(text) as RunState;
      const again: string[] = [];
      const result = await execute(counted(again), runOptions({ resume: { state } }));
      expect(result).toEqual({ status: 'succeeded', output });
      const done = whole.filter((key) => `id-${key}` in state.nodes);
      expect([...done, ...again].sort()).toEqual([...whole].sort());
    }
  });

  test('the next step waits until what came before is stored', async () => {
    const order: string[] = [];
    const step = (key: string): TestNode => ({
      run: () => {
        order.push(`run ${key}`);
        return { value: key };
      },
    });
    const plan = planOf({ a: step('a'), b: step('b'), end: answers('b') }, ['a -> b', 'b -> end']);
    const checkpoint = async (state: RunState) => {
      await settled();
      order.push(`stored ${Object.keys(state.nodes).length}`);
    };
    await execute(plan, runOptions({ checkpoint }));
    expect(order).toEqual(['run a', 'stored 1', 'run b', 'stored 2', 'stored 3']);
  });

  test('a run whose state cannot be stored fails and does not go on', async () => {
    const ran: string[] = [];
    const unexpected: unknown[] = [];
    const result = await execute(
      counted(ran),
      runOptions({
        checkpoint: () => Promise.reject(new Error('disk full')),
        onUnexpected: (error) => unexpected.push(error),
      }),
    );
    expect(result).toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
    expect(ran).toEqual(['start']);
    expect(unexpected).toEqual([new Error('disk full')]);
  });
});

test('a run that failed while a state was being stored does not go on', async () => {
  const ran: string[] = [];
  const seen: TestNode = {
    run: () => {
      ran.push('after');
      return { value: 1 };
    },
  };
  const plan = planOf(
    {
      start: gives(0),
      quick: gives(1),
      bad: { run: () => Promise.reject(new StepError('X', 'no')) },
      after: seen,
    },
    ['start -> quick', 'start -> bad', 'quick -> after'],
  );
  const stored: string[] = [];
  const checkpoint = async (state: RunState) => {
    if ('id-quick' in state.nodes) for (let turn = 0; turn < 3; turn++) await settled();
    stored.push(Object.keys(state.nodes).join());
  };
  expect((await execute(plan, runOptions({ checkpoint }))).error?.code).toBe('X');
  for (let turn = 0; turn < 5; turn++) await settled();
  expect(stored).toEqual(['id-start', 'id-start,id-quick']);
  expect(ran).toEqual([]);
});

describe('suspension', () => {
  /** start → ask → end, with another way beside it. */
  function asking(ran: string[], besides: Record<string, TestNode> = {}, edges: string[] = []) {
    const ask: TestNode = {
      run: ({ answer }) => {
        ran.push('ask');
        return answer === undefined ? { value: null, suspend: form('Sure?') } : { value: answer };
      },
    };
    const start: TestNode = {
      run: ({ input }) => {
        ran.push('start');
        return { value: input };
      },
    };
    return planOf({ start, ask, ...besides, end: answers('ask') }, ['start -> ask', 'ask -> end', ...edges]);
  }

  test('stops with the question, and goes on with the answer in another process', async () => {
    const ran: string[] = [];
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => events.push(event);
    const suspended = await execute(asking(ran), runOptions({ input: { a: 1 }, onEvent }));
    expect(suspended.status).toBe('suspended');
    expect(suspended.state?.waiting).toEqual([
      { key: 'ask', nodeId: 'id-ask', nodeKey: 'ask', question: form('Sure?') },
    ]);
    expect(suspended.state?.steps).toBe(1);
    expect(ran).toEqual(['start', 'ask']);

    const state = JSON.parse(JSON.stringify(suspended.state)) as RunState;
    const resumed = await execute(
      asking(ran),
      runOptions({ resume: { state, answers: { ask: { yes: true } } }, onEvent }),
    );
    expect(resumed.output?.parts).toEqual([{ type: 'text', text: '{"yes":true}' }]);
    expect(ran).toEqual(['start', 'ask', 'ask']);
    expect(events.map(({ type }) => type)).toEqual([
      'run.started',
      'step.started',
      'step.finished',
      'step.started',
      'step.suspended',
      'run.finished',
      'run.resumed',
      'step.started',
      'step.finished',
      'step.started',
      'step.finished',
      'run.finished',
    ]);
  });

  test('what the start made of the arguments is there after resuming, and the arguments stay as given', async () => {
    const start: TestNode = { run: ({ input }) => ({ value: { limit: 3, ...input } }) };
    const ask: TestNode = {
      run: ({ answer, input }) =>
        answer === undefined ? { value: null, suspend: form('') } : { value: input },
    };
    const plan = planOf({ start, ask, end: answers('ask') }, ['start -> ask', 'ask -> end']);
    const suspended = await execute(plan, runOptions({ input: { a: 1 } }));
    expect(suspended.state?.input).toEqual({ a: 1 });
    const resumed = await execute(
      plan,
      runOptions({ resume: { state: suspended.state!, answers: { ask: 1 } } }),
    );
    expect(resumed.output?.parts).toEqual([{ type: 'text', text: '{"limit":3,"a":1}' }]);
  });

  test('the other ways go on until nothing can, and what they did is not done again', async () => {
    const ran: string[] = [];
    const slow: TestNode = {
      run: async () => {
        await settled();
        ran.push('slow');
        return { value: 'slow' };
      },
    };
    const plan = () => asking(ran, { slow }, ['start -> slow', 'slow -> end']);
    const suspended = await execute(plan(), runOptions());
    expect(suspended.state?.nodes['id-slow']).toEqual({ value: 'slow' });
    expect(ran).toEqual(['start', 'ask', 'slow']);
    const resumed = await execute(
      plan(),
      runOptions({ resume: { state: suspended.state!, answers: { ask: 'yes' } } }),
    );
    expect(resumed.output?.parts).toEqual([{ type: 'text', text: '"yes"' }]);
    expect(ran).toEqual(['start', 'ask', 'slow', 'ask']);
  });

  test('two questions wait together, and one without an answer goes on waiting without being run', async () => {
    const ran: string[] = [];
    const ask = (key: string): TestNode => ({
      run: ({ answer, asked }) => {
        ran.push(`${key} ${JSON.stringify(answer)} ${asked && 'message' in asked ? asked.message : ''}`);
        return answer === undefined ? { value: null, suspend: form(key) } : { value: answer };
      },
    });
    const plan = planOf({ start: gives(1), a: ask('a'), b: ask('b'), end: answers('b') }, [
      'start -> a',
      'start -> b',
      'a -> end',
      'b -> end',
    ]);
    const one = await execute(plan, runOptions());
    expect(one.state?.waiting?.map(({ key }) => key)).toEqual(['a', 'b']);
    const two = await execute(plan, runOptions({ resume: { state: one.state!, answers: { b: 'B' } } }));
    expect(two.status).toBe('suspended');
    expect(two.state?.waiting?.map(({ key }) => key)).toEqual(['a']);
    const three = await execute(plan, runOptions({ resume: { state: two.state!, answers: { a: 'A' } } }));
    expect(three).toEqual({ status: 'succeeded', output: { parts: [{ type: 'text', text: '"B"' }] } });
    expect(ran).toEqual(['a undefined ', 'b undefined ', 'b "B" b', 'a "A" a']);
  });

  test('an answer is not taken for the next question of the same step, also when the run is taken over', async () => {
    const ask: TestNode = {
      run: ({ answer, asked }) => {
        if (answer === undefined) return { value: null, suspend: form('first') };
        const first = (asked as { message: string }).message === 'first';
        return first ? { value: null, suspend: form('second') } : { value: answer };
      },
    };
    const plan = () =>
      planOf(
        {
          start: gives(1),
          ask,
          beside: { run: ({ answer }) => (answer ? { value: 1 } : { value: null, suspend: form('b') }) },
          last: gives(2),
          end: answers('ask'),
        },
        ['start -> ask', 'start -> beside', 'beside -> last', 'ask -> end', 'last -> end'],
      );
    const first = await execute(plan(), runOptions());
    const given = { ask: 'one', beside: 'yes' };
    const states: string[] = [];
    const checkpoint = async (state: RunState) => void states.push(JSON.stringify(state));
    await execute(plan(), runOptions({ resume: { state: first.state!, answers: given }, checkpoint }));
    const state = JSON.parse(states.at(-1)!) as RunState;
    const taken = await execute(plan(), runOptions({ resume: { state, answers: given } }));
    expect(taken.state?.waiting).toMatchObject([{ key: 'ask', question: { message: 'second' } }]);
    const last = await execute(
      plan(),
      runOptions({ resume: { state: taken.state!, answers: { ask: 'two' } } }),
    );
    expect(last.output?.parts).toEqual([{ type: 'text', text: '"two"' }]);
  });

  test('a run made of the values of another begins after them', async () => {
    const ran: string[] = [];
    const step = (key: string): TestNode => ({
      run: () => {
        ran.push(key);
        return { value: key };
      },
    });
    const plan = planOf({ start: step('start'), a: step('a'), b: step('b'), end: answers('b') }, [
      'start -> a',
      'a -> b',
      'b -> end',
    ]);
    const values = { 'id-start': { value: { x: 1 } }, 'id-a': { value: 'old' } };
    const state = stateFrom({ runId: 'run-2', input: { x: 1 }, values });
    expect((await execute(plan, runOptions({ runId: 'run-2', resume: { state } }))).status).toBe('succeeded');
    expect(ran).toEqual(['b']);
  });
});

describe('a capability that needs an answer first', () => {
  const question: Question = {
    type: 'url',
    message: 'Connect',
    url: 'https://a.example/',
    expiresAt: 2_000_000,
    connection: 'c',
  };
  const request = { method: 'GET', url: 'https://api.example/', timeoutMs: 1000 };
  const unanswered = new StepError('NOT_CONNECTED', 'It was not connected.');
  /** Its one call needs an account that is connected later. */
  const world = (isConnected: () => boolean) => ({
    ...capabilities,
    http: {
      request: async () => {
        if (!isConnected())
          throw new AskFirst('CONNECT', 'Connect an account first.', { question, unanswered });
        return { status: 200, statusText: 'OK', headers: {}, url: request.url, body: Buffer.from('hi') };
      },
    },
  });
  const plan = () =>
    planOf(
      {
        start: gives('s'),
        call: {
          run: async ({ capabilities: reach, signal }) => {
            const { body } = await reach.http.request(request, signal);
            return { value: Buffer.from(body).toString() };
          },
        },
        end: answers('call'),
      },
      ['start -> call', 'call -> end'],
    );

  test('lets the run wait, runs the step again with the answer, and is recorded once', async () => {
    let connected = false;
    const reach = world(() => connected);
    const tape = createTape();
    const asked = () => Object.values(tape.recording()?.steps ?? {}).flatMap((step) => step.asked ?? []);
    const first = await execute(
      plan(),
      runOptions({ capabilities: reach, worldOf: tape.worldOf.bind(tape) }),
    );
    expect(first).toMatchObject({ status: 'suspended', state: { waiting: [{ key: 'call', question }] } });
    expect(asked()).toEqual([]);

    connected = true;
    const second = await execute(
      plan(),
      runOptions({
        capabilities: reach,
        worldOf: tape.worldOf.bind(tape),
        resume: { state: first.state!, answers: { call: { action: 'accept' } } },
      }),
    );
    expect(second).toMatchObject({ status: 'succeeded', output: { parts: [{ text: '"hi"' }] } });
    expect(asked()).toMatchObject([{ ask: 'http' }]);
  });

  test.each<JsonObject>([{ action: 'decline' }, { expired: true }])('fails after %o', async (answer) => {
    const reach = world(() => false);
    const first = await execute(plan(), runOptions({ capabilities: reach }));
    const resume = { state: first.state!, answers: { call: answer } };
    expect(await execute(plan(), runOptions({ capabilities: reach, resume }))).toMatchObject({
      status: 'failed',
      error: { code: 'NOT_CONNECTED', message: 'It was not connected.' },
    });
  });

  test('asks again where nothing has changed', async () => {
    const reach = world(() => false);
    const first = await execute(plan(), runOptions({ capabilities: reach }));
    const answered = { state: first.state!, answers: { call: { action: 'accept' } } };
    expect(await execute(plan(), runOptions({ capabilities: reach, resume: answered }))).toMatchObject({
      status: 'suspended',
      state: { waiting: [{ key: 'call' }] },
    });
  });
});
