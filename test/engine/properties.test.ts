import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import { execute } from '#lib/engine/execute.ts';
import type { NodeContext, NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { Question } from '#lib/engine/question.ts';
import type { NodeState, RunOptions, RunResult, RunState } from '#lib/engine/run.ts';
import { StateSplitter } from '#lib/engine/state-pieces.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';
import { settled } from './clock.ts';
import { capabilities, forEach, planOf, runOptions, type TestBody, type TestNode } from './plan.ts';
import { StoredPieces } from './stored-pieces.ts';

/** A step of a random graph. */
interface Step {
  /** Answers at once, in a microtask, or when its turn comes. */
  pace: 'now' | 'soon' | 'turn';
  /** The handle it leaves by; `error`: it fails. */
  leaves: 'a' | 'b' | 'error' | 'all';
  asks: boolean;
  /** Fails once before it succeeds. */
  flaky: boolean;
  loop: { items: number; concurrency: number; body: Graph } | null;
}

interface Graph {
  steps: Step[];
  edges: { from: number; to: number; handle: string }[];
}

function graphs(depth: number): fc.Arbitrary<Graph> {
  const loop =
    depth === 0
      ? fc.constant(null)
      : fc.option(
          fc.record({
            items: fc.nat({ max: 3 }),
            concurrency: fc.integer({ min: 1, max: 3 }),
            body: fc.constant(null).chain(() => graphs(depth - 1)),
          }),
          { freq: 3 },
        );
  const step = fc.record({
    pace: fc.constantFrom('now' as const, 'soon' as const, 'turn' as const),
    leaves: fc.constantFrom('a' as const, 'b' as const, 'error' as const, 'all' as const, 'all' as const),
    asks: fc.boolean(),
    flaky: fc.boolean(),
    loop,
  });
  const end = fc.nat({ max: 100 });
  const edge = fc.record({ from: end, to: end, handle: fc.constantFrom('a', 'a', 'b', 'error') });
  const size = depth === 2 ? { minLength: 2, maxLength: 7 } : { minLength: 1, maxLength: 3 };
  return fc
    .record({ steps: fc.array(step, size), edges: fc.array(edge, { maxLength: 12 }) })
    .map(({ steps, edges }) => {
      const seen = new Set<string>();
      const forward = edges.flatMap(({ from, to, handle }) => {
        const [low, high] = [from % steps.length, to % steps.length].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const name = `${low}${handle}${high}`;
        if (low === high || seen.has(name)) return [];
        seen.add(name);
        return [{ from: low, to: high, handle }];
      });
      return { steps, edges: forward };
    });
}

/** A short name for a value, so that values made of values stay short. */
function hash(value: JsonValue): string {
  let sum = 0;
  for (const letter of JSON.stringify(value)) sum = (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0;
  return (sum >>> 0).toString(36);
}

const keyOf = (prefix: string, index: number) => `${prefix}n${index}`;
const isLive = ({ leaves, loop }: Step, handle: string) =>
  loop || leaves === 'all' ? handle !== 'error' : handle === leaves;

/** What the rules say: the values of the steps by their keys, and of all steps by their paths. */
function expected(
  graph: Graph,
  place: { prefix: string; path: string; item: JsonValue | null },
  all: Map<string, JsonValue>,
) {
  const values = new Map<number, JsonValue>();
  for (const [index, step] of graph.steps.entries()) {
    const into = graph.edges.filter(({ to }) => to === index);
    const ways = into.flatMap(({ from, handle }): JsonValue[] =>
      values.has(from) && isLive(graph.steps[from]!, handle)
        ? [[keyOf(place.prefix, from), handle, values.get(from)!]]
        : [],
    );
    const begins = place.item === null ? index === 0 : into.length === 0 || index === 0;
    if (!begins && ways.length === 0) continue;
    const incoming = begins && place.item !== null ? [place.item, ...ways] : ways;
    const key = keyOf(place.prefix, index);
    const path = `${place.path}id-${key}`;
    values.set(index, leftBy(step, { key, path, incoming }, all));
    all.set(path, values.get(index)!);
  }
  return values;
}

function leftBy(
  step: Step,
  { key, path, incoming }: { key: string; path: string; incoming: JsonValue[] },
  all: Map<string, JsonValue>,
): JsonValue {
  if (!step.loop) {
    if (step.leaves === 'error') return { error: { code: 'X', message: 'fails', details: {} } };
    return hash([key, incoming, step.asks ? 'yes' : null]);
  }
  const { items, body } = step.loop;
  const collected = Array.from({ length: items }, (_, index) => {
    const item = { item: `${index}`, index, count: items };
    const place = { prefix: `${key}_`, path: `${path}[${index}]/`, item: [key, 'each', item] };
    const values = expected(body, place, all);
    return hash([...values.values()]);
  });
  return { items: collected, errors: [], count: items };
}

/** Where the steps run: who ran, in which order they have their turn, and what they left behind. */
class World {
  readonly ran: string[] = [];
  private readonly waiting: (() => void)[] = [];
  private chance: number;

  constructor(seed: number) {
    this.chance = seed;
  }

  readonly capabilities = {
    ...capabilities,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        if (ms < 1000) this.waiting.push(resolve);
      }),
  };

  turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Lets one after the other have its turn, by chance, until the run has ended. */
  async drive(plan: Plan<NodeKind>, options: Partial<RunOptions>): Promise<RunResult> {
    let result: RunResult | null = null;
    const running = execute(plan, runOptions({ capabilities: this.capabilities, ...options })).then(
      (ended) => {
        result = ended;
      },
    );
    for (;;) {
      await settled();
      if (result) break;
      this.chance = (Math.imul(this.chance, 1_103_515_245) + 12_345) >>> 0;
      const [next] = this.waiting.splice(this.chance % Math.max(1, this.waiting.length), 1);
      next?.();
    }
    await running;
    return result;
  }

  plan(graph: Graph): Plan<NodeKind> {
    const { nodes, edges } = this.parts(graph, '');
    const all = graph.steps.flatMap((_, index) =>
      ['a', 'b', 'error'].map((handle) => `n${index}:${handle} -> end`),
    );
    const end: TestNode = { run: () => ({ value: null, output: { parts: [] } }) };
    return planOf({ ...nodes, end }, [...edges, ...all]);
  }

  private parts(graph: Graph, prefix: string): { nodes: Record<string, TestNode>; edges: string[] } {
    const nodes = graph.steps.map((step, index) => {
      const key = keyOf(prefix, index);
      return [key, step.loop ? this.loop(key, step.loop) : this.node(key, step)] as const;
    });
    const edges = graph.edges.map(
      ({ from, to, handle }) => `${keyOf(prefix, from)}:${handle} -> ${keyOf(prefix, to)}`,
    );
    return { nodes: Object.fromEntries(nodes), edges };
  }

  private node(key: string, step: Step): TestNode {
    const question: Question = { type: 'form', message: key, schema: {}, expiresAt: 2_000_000 };
    const finish = ({ incoming, answer = null, attempt }: NodeContext<unknown>): NodeResult => {
      if (step.flaky && attempt === 1) throw new StepError('BUSY', 'busy', { transient: true });
      if (step.leaves === 'error') throw new StepError('X', 'fails');
      const value = hash([key, incoming.map((way) => [way.key, way.handle, way.value]), answer]);
      return step.leaves === 'all' ? { value } : { value, handle: step.leaves };
    };
    return {
      onError: 'handle',
      retry: { attempts: 2, backoffMs: 0 },
      run: (context) => {
        if (step.asks && step.leaves !== 'error' && context.answer === undefined) {
          return { value: null, suspend: question };
        }
        this.ran.push(context.stepId);
        if (step.pace === 'now') return finish(context);
        return (step.pace === 'soon' ? Promise.resolve() : this.turn()).then(() => finish(context));
      },
    };
  }

  private loop(key: string, { items, concurrency, body }: Step['loop'] & object): TestNode {
    const list = Array.from({ length: items }, (_, index) => `${index}`);
    const { nodes, edges } = this.parts(body, `${key}_`);
    const inside: TestBody = {
      nodes,
      edges,
      starts: body.steps.flatMap((_, index) =>
        index === 0 || !body.edges.some(({ to }) => to === index) ? [keyOf(`${key}_`, index)] : [],
      ),
      collect: ({ steps }) => hash(body.steps.flatMap((_, index) => steps[keyOf(`${key}_`, index)] ?? [])),
    };
    return forEach(() => list, inside, { concurrency });
  }
}

/** The paths of finished steps in a state, and how often their nodes had finished. */
function finishedIn(nodes: Record<string, NodeState>, path = ''): Map<string, JsonValue> {
  const found = new Map<string, JsonValue>();
  for (const [id, state] of Object.entries(nodes)) {
    if ('value' in state) found.set(path + id, state.value);
    if (!('loop' in state)) continue;
    for (const [index, walk] of Object.entries(state.loop.walks)) {
      for (const [inner, value] of finishedIn(walk, `${path}${id}[${index}]/`)) found.set(inner, value);
    }
  }
  return found;
}

/** Whether a step of this path has finished in a state: itself, the item it stands in, or the loop around that. */
function isFinished(path: string, state: RunState): boolean {
  const found = finishedIn(state.nodes);
  let nodes: Record<string, NodeState> = state.nodes;
  let at = '';
  for (const part of path.split('/')) {
    const [, id, index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(part)!;
    if (found.has(at + id)) return true;
    if (index === undefined) return false;
    const loop = nodes[id!];
    if (!loop || !('loop' in loop)) return false;
    if (loop.loop.done.includes(Number(index))) return true;
    nodes = loop.loop.walks[index] ?? {};
    at += `${part}/`;
  }
  return false;
}

const withoutRun = (ids: string[]) => ids.map((id) => id.slice('run-1/'.length));

function answersTo(state: RunState, keep: (index: number) => boolean): Record<string, JsonValue> {
  const asked = state.waiting ?? [];
  const chosen = asked.filter((_, index) => index === 0 || keep(index));
  return Object.fromEntries(chosen.map(({ key }) => [key, 'yes']));
}

/** Runs to the end, through JSON at every suspension. `seed` says which questions are answered each time. */
async function toTheEnd(
  graph: Graph,
  seed: number,
  from: Partial<RunOptions> = {},
): Promise<{
  world: World;
  states: { state: string; answers: Record<string, JsonValue> }[];
  last: RunState;
}> {
  const world = new World(seed);
  const states: { state: string; answers: Record<string, JsonValue> }[] = [];
  let resume = from.resume;
  for (let round = 0; ; round++) {
    const answers = { ...resume?.answers };
    const stored = new StoredPieces(new StateSplitter(16));
    const checkpoint = async (state: RunState) => {
      const whole = JSON.stringify(state);
      stored.store(state);
      states.push({ state: JSON.stringify(stored.read()), answers });
      expect(JSON.parse(states.at(-1)!.state)).toEqual(JSON.parse(whole));
    };
    const result = await world.drive(world.plan(graph), { checkpoint, ...(resume ? { resume } : {}) });
    if (result.status !== 'suspended') {
      expect(result).toMatchObject({ status: 'succeeded' });
      const last = JSON.parse(states.at(-1)?.state ?? JSON.stringify(resume?.state)) as RunState;
      return { world, states, last };
    }
    const state = JSON.parse(JSON.stringify(result.state)) as RunState;
    resume = { state, answers: answersTo(state, (index) => (seed >> (index % 16)) % 2 === round % 2) };
  }
}

function valuesOf(graph: Graph): { top: JsonObject; all: Map<string, JsonValue> } {
  const all = new Map<string, JsonValue>();
  const top = expected(graph, { prefix: '', path: '', item: null }, all);
  return { top: Object.fromEntries([...top].map(([index, value]) => [`id-n${index}`, value])), all };
}

function topOf({ nodes }: RunState): JsonObject {
  const finished = Object.entries(nodes).flatMap(([id, state]) =>
    'value' in state && id !== 'id-end' ? [[id, state.value] as const] : [],
  );
  return Object.fromEntries(finished);
}

/** On a slow machine fewer runs, not a longer wait. */
const bounds = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 3000 });

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

test('whatever the order in which steps finish and questions are answered, the values are what the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(graphs(2), seeds, async (graph, seed) => {
      const { top, all } = valuesOf(graph);
      const { world, last } = await toTheEnd(graph, seed);
      expect(topOf(last)).toEqual(top);
      const steps = [...all.keys()].filter((path) => !isLoop(graph, path));
      expect(new Set(withoutRun(world.ran))).toEqual(new Set(steps));
    }),
    bounds(250),
  );
});

test('resumed from any stored state, no finished step runs again, and the values are the same', async () => {
  await fc.assert(
    fc.asyncProperty(graphs(2), seeds, async (graph, seed) => {
      const { top } = valuesOf(graph);
      const { states } = await toTheEnd(graph, seed);
      for (const { state: text, answers } of states) {
        const state = JSON.parse(text) as RunState;
        const again = await toTheEnd(graph, seed + 1, { resume: { state, answers } });
        expect(topOf(again.last)).toEqual(top);
        const repeated = withoutRun(again.world.ran).filter((path) =>
          isFinished(path, JSON.parse(text) as RunState),
        );
        expect(repeated).toEqual([]);
      }
    }),
    bounds(30),
  );
});

test('of several ways the first goes on, the others are stopped, and it stays the first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }),
      seeds,
      async (ways, seed) => {
        const finished: string[] = [];
        const world = new World(seed);
        const plan = () => {
          const step = (key: string): TestNode => ({
            run: async ({ signal }) => {
              await world.turn();
              signal.throwIfAborted();
              finished.push(key);
              return { value: key };
            },
          });
          const nodes: Record<string, TestNode> = { start: { run: () => ({ value: null }) } };
          const edges: string[] = [];
          for (const [way, length] of ways.entries()) {
            for (let at = 0; at < length; at++) {
              nodes[`w${way}_${at}`] = step(`w${way}_${at}`);
              edges.push(`${at === 0 ? 'start' : `w${way}_${at - 1}`} -> w${way}_${at}`);
            }
            edges.push(`w${way}_${length - 1} -> merge`);
          }
          nodes['merge'] = {
            join: 'first',
            run: ({ incoming }) => ({ value: incoming.map(({ key }) => key) }),
          };
          nodes['end'] = {
            run: ({ steps }) => ({
              value: steps['merge']!,
              output: { parts: [], structured: steps['merge']! },
            }),
          };
          return planOf(nodes, [...edges, 'merge -> end']);
        };
        const states: string[] = [];
        const checkpoint = async (state: RunState) => void states.push(JSON.stringify(state));
        const result = await world.drive(plan(), { checkpoint });
        const lasts = ways.map((length, way) => `w${way}_${length - 1}`);
        const winner = finished.find((key) => lasts.includes(key));
        expect(result.output?.structured).toEqual([winner]);
        for (const text of states) {
          const state = JSON.parse(text) as RunState;
          const merged = state.nodes['id-merge'];
          const again = await world.drive(plan(), { resume: { state } });
          const [won] = again.output!.structured as string[];
          expect(lasts).toContain(won);
          if (merged) expect(won).toBe(winner);
        }
      },
    ),
    bounds(60),
  );
});

/** Whether a path is that of a container, which runs without being told here. */
function isLoop(graph: Graph, path: string): boolean {
  let { steps } = graph;
  const indexes = [...path.matchAll(/n(\d+)(?=\[|$)/g)].map(([, index]) => Number(index));
  for (const index of indexes.slice(0, -1)) steps = steps[index]!.loop!.body.steps;
  return steps[indexes.at(-1)!]!.loop !== null;
}
