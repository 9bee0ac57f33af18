import { expect, test } from 'vitest';
import { execute } from '#lib/engine/execute.ts';
import type { RunState } from '#lib/engine/run.ts';
import { StateSplitter } from '#lib/engine/state-pieces.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { answers, forEach, gives, planOf, runOptions } from './plan.ts';
import { StoredPieces } from './stored-pieces.ts';

const text = 'x'.repeat(5000);

test('every state of a run is the same when it is put together again, and what is not needed is gone', async () => {
  const stored = new StoredPieces();
  const states: RunState[] = [];
  const inner = forEach(() => Array.from({ length: 30 }, (_, n) => ({ n, text: 'y'.repeat(300) })), {
    nodes: { one: { run: async ({ steps }) => ({ value: { got: steps['inner'] as JsonValue, text } }) } },
    collect: ({ steps }) => steps['one'] ?? null,
  });
  const taken: string[] = [];
  const plan = planOf(
    {
      start: gives({ text }),
      outer: {
        ...forEach(() => ['a', 'b', 'c'], {
          nodes: {
            inner,
            book: {
              ...gives({ text }),
              undo: { key: 'cancel', run: async () => ({ value: taken.push('x') }) },
            },
          },
          edges: ['inner -> book'],
        }),
      },
      fail: { run: () => Promise.reject(new Error('no')) },
    },
    ['start -> outer', 'outer -> fail'],
  );
  const checkpoint = async (state: RunState) => {
    const before = structuredClone(state);
    stored.store(state);
    expect(stored.read()).toEqual(before);
    states.push(before);
  };
  await execute(plan, runOptions({ input: { text }, checkpoint }));
  expect(taken).toHaveLength(3);
  expect(states.length).toBeGreaterThan(90);
  const whole = JSON.stringify(states.at(-1)).length;
  const held = [...stored.pieces.values()].reduce((sum, piece) => sum + piece.length, 0);
  expect(held).toBeLessThan(whole + 2000);
});

test('a step of a loop stores what it adds, however much there is', async () => {
  const stored = new StoredPieces();
  const items = Array.from({ length: 2000 }, (_, n) => ({ n, text: 'y'.repeat(300) }));
  const plan = planOf(
    {
      start: gives({ items }),
      loop: forEach(() => items, {
        nodes: { work: { run: ({ steps }) => ({ value: steps['loop'] ?? null }) } },
        collect: ({ steps }) => steps['work'] ?? null,
      }),
      end: answers('start'),
    },
    ['start -> loop', 'loop -> end'],
  );
  const input = { items };
  const { status } = await execute(
    plan,
    runOptions({ input, checkpoint: async (state) => stored.store(state) }),
  );
  expect(status).toBe('succeeded');
  // Four times the list, and some KiB for each step.
  expect(stored.written).toBeLessThan(2000 * 12_000);
});

test('a state that was not stored is whole the next time, as is the first of the next process', () => {
  const state = { runId: 'r', startedAt: 1, input: { text }, nodes: { a: { value: text } }, steps: 1 };
  const stored = new StoredPieces();
  stored.splitter.split(state);
  stored.splitter.forget();
  stored.store(state);
  expect(stored.read()).toEqual(state);
  stored.splitter = new StateSplitter();
  stored.store(structuredClone(state));
  expect(stored.read()).toEqual(state);
  expect(stored.pieces.size).toBe(3);
});
