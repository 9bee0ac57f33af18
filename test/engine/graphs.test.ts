import { expect, test } from 'vitest';
import { execute } from '#lib/engine/execute.ts';
import type { RunState } from '#lib/engine/run.ts';
import { settled } from './clock.ts';
import { planOf, runOptions, type TestNode } from './plan.ts';

/** Chance that repeats (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A random graph: nodes that answer at once or later, take one of two handles or both, are disabled, or fail
 * and go on by their error handle; the last is the end, which every other reaches.
 */
function randomGraph(seed: number) {
  const random = seeded(seed);
  const size = 4 + Math.floor(random() * 8);
  const keys = Array.from({ length: size }, (_, index) => `n${index}`);
  const end = `n${size}`;
  const edges: { from: string; handle: string; to: string }[] = [];
  const taken: Record<string, string | undefined> = {};
  for (const [index, key] of keys.entries()) {
    const chance = random();
    taken[key] = chance < 0.3 ? 'a' : chance < 0.5 ? 'b' : chance < 0.65 ? 'error' : undefined;
    for (let to = index + 1; to < size; to++) {
      if (random() < 0.4)
        edges.push({ from: key, handle: ['a', 'b', 'error'][Math.floor(random() * 3)]!, to: keys[to]! });
    }
    edges.push({ from: key, handle: taken[key] ?? 'a', to: end });
  }
  // What should run, straight from the rule: live edges into it, in topological order.
  const runs = new Set(['n0']);
  for (const key of [...keys.slice(1), end]) {
    const live = edges.some(
      ({ from, handle, to }) =>
        to === key && runs.has(from) && (taken[from] ? handle === taken[from] : handle !== 'error'),
    );
    if (live) runs.add(key);
  }
  const delays = Object.fromEntries(keys.map((key) => [key, Math.floor(random() * 3)]));
  return {
    runs,
    edges,
    plan(ran: string[]) {
      const nodeOf = (key: string): TestNode => ({
        onError: 'handle',
        run: ({ steps }) => {
          for (const { from, to } of edges)
            if (to === key && runs.has(from)) expect(steps).toHaveProperty(from);
          ran.push(key);
          const finish = () => {
            if (taken[key] === 'error') throw new Error('fails');
            return { value: key, handle: taken[key] };
          };
          if (delays[key] === 0) return finish();
          return delays[key] === 1 ? Promise.resolve().then(finish) : settled().then(finish);
        },
      });
      const nodes = Object.fromEntries(keys.map((key) => [key, nodeOf(key)]));
      const last: TestNode = {
        run: () => {
          ran.push(end);
          return { value: null, output: { parts: [] } };
        },
      };
      return planOf(
        { ...nodes, [end]: last },
        edges.map(({ from, handle, to }) => `${from}:${handle} -> ${to}`),
      );
    },
  };
}

test.each(Array.from({ length: 60 }, (_, index) => index + 1))(
  'graph %i runs what is live, once, after what it depends on, and from every checkpoint',
  async (seed) => {
    const graph = randomGraph(seed);
    const ran: string[] = [];
    const states: RunState[] = [];
    const checkpoint = async (state: RunState) => void states.push(structuredClone(state));
    expect((await execute(graph.plan(ran), runOptions({ checkpoint }))).status).toBe('succeeded');
    expect([...ran].sort()).toEqual([...graph.runs].sort());
    for (const state of states) {
      const again: string[] = [];
      expect((await execute(graph.plan(again), runOptions({ resume: { state } }))).status).toBe('succeeded');
      const done = ran.filter((key) => `id-${key}` in state.nodes);
      expect([...done, ...again].sort()).toEqual([...ran].sort());
    }
  },
);
