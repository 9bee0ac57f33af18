import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '#lib/engine/clock.ts';
import { execute } from '#lib/engine/execute.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Plan } from '#lib/workflow/plan.ts';

const NODES = 500;
const ITEMS = 10_000;

/** One figure beside what it should be. */
interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The most it may be; null where another figure is the one that counts. */
  most: number | null;
}

/** The engine alone, in this process: no server, no database. True when every figure is within its target. */
export async function benchEngine(): Promise<boolean> {
  const figures = [...compiling(), ...(await stepping()), ...(await looping())];
  console.log('engine                                             measured     target');
  for (const { name, value, unit, most } of figures) {
    const target = most === null ? '' : `≤ ${most} ${unit}`;
    const over = most !== null && value > most ? '  over' : '';
    console.log(`${name.padEnd(44)} ${value.toFixed(2).padStart(10)} ${unit} ${target.padStart(11)}${over}`);
  }
  console.log();
  return figures.every(({ value, most }) => most === null || value <= most);
}

/** From the document to closures. The first time nothing is warm, as after a start. */
function compiling(): Figure[] {
  const document = wide();
  const times = Array.from({ length: 21 }, () => {
    const began = performance.now();
    planOf(document);
    return performance.now() - began;
  });
  return [
    { name: `compile ${NODES} nodes, first`, value: times[0]!, unit: 'ms', most: null },
    { name: `compile ${NODES} nodes, median`, value: median(times.slice(1)), unit: 'ms', most: 50 },
  ];
}

/** What a step costs whose own work is nothing, with its events. */
async function stepping(): Promise<Figure[]> {
  const plan = planOf(wide());
  let events = 0;
  const onEvent = () => {
    events += 1;
  };
  const times: number[] = [];
  for (let round = 0; round < 201; round++) {
    const began = performance.now();
    await run(plan, { onEvent });
    times.push(((performance.now() - began) * 1000) / NODES);
  }
  if (events < NODES * times.length) throw new Error('Steps were not told.');
  return [
    { name: 'a trivial step, first run', value: times[0]!, unit: 'µs', most: null },
    { name: 'a trivial step, median', value: median(times.slice(1)), unit: 'µs', most: 20 },
  ];
}

/** The items of a loop: what is held of them while they are run, and the longest that others wait for their turn. */
async function looping(): Promise<Figure[]> {
  const seen = { most: 0, count: 0 };
  const look = () => {
    seen.count += 1;
    if (seen.count % 1000 === 0) seen.most = Math.max(seen.most, heap());
  };
  const plan = planOf(loop());
  const body = plan.nodes.find((node) => node.body)?.body;
  const [step] = body?.nodes ?? [];
  if (!step) throw new Error('There is no step in the loop.');
  const watched = {
    ...step,
    kind: {
      ...step.kind,
      run: (context: Parameters<NodeKind['run']>[0]) => {
        look();
        return step.kind.run(context);
      },
    },
  };
  const looked: Plan<NodeKind> = {
    ...plan,
    nodes: plan.nodes.map((node) =>
      node.body ? { ...node, body: { ...node.body, nodes: [watched, ...node.body.nodes.slice(1)] } } : node,
    ),
  };
  const before = heap();
  await run(looked, { onEvent: () => {} });
  if (seen.count !== ITEMS) throw new Error(`${seen.count} items were run.`);
  const growth = (seen.most - before) / 1024 / 1024;

  const times: number[] = [];
  const holds: number[] = [];
  for (let round = 0; round < 5; round++) {
    let longest = 0;
    let last = performance.now();
    let over = false;
    const began = performance.now();
    const running = run(plan, { onEvent: () => {} }).then(() => {
      over = true;
    });
    while (!over) {
      await new Promise(setImmediate);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    await running;
    times.push(performance.now() - began);
    holds.push(longest);
  }
  return [
    { name: `loop over ${ITEMS} items`, value: median(times), unit: 'ms', most: 1000 },
    { name: 'loop: heap held while it runs', value: growth, unit: 'MB', most: 32 },
    { name: 'loop: longest hold of the event loop', value: median(holds), unit: 'ms', most: 100 },
  ];
}

function run(plan: Plan<NodeKind>, options: Partial<RunOptions>): Promise<void> {
  const given: RunOptions = {
    runId: 'bench',
    input: { n: 1 },
    env: {},
    capabilities: world,
    signal: new AbortController().signal,
    ...options,
  };
  return execute(plan, given).then(({ status, error }) => {
    if (status !== 'succeeded') throw new Error(`The run ended as ${status}: ${error?.message}`);
  });
}

/** Time, and nothing else. */
const world = { ...systemClock } as RunOptions['capabilities'];

/** Twenty ways side by side, each a chain of steps that read the one before. */
function wide(): JsonObject {
  const ways = 20;
  const names = Array.from({ length: NODES - 2 }, (_, index) => `step_${index}`);
  const steps = names.map((key, index) => {
    const before = index < ways ? 'input.n' : `steps.step_${index - ways}.n`;
    return node(key, 'set', { values: { n: `{{ ${before} + 1 }}`, way: index % ways } });
  });
  const edges = names.flatMap((key, index) => {
    const before = index < ways ? 'arguments' : `step_${index - ways}`;
    return [edge(before, key), ...(index >= names.length - ways ? [edge(key, 'answer')] : [])];
  });
  return workflow([start(), ...steps, end(`{{ steps.${names.at(-1)} }}`)], edges);
}

function loop(): JsonObject {
  const config = { list: `{{ ${ITEMS} }}`, limit: ITEMS, collect: '{{ steps.work }}' };
  const values = {
    id: '{{ steps.each.item }}',
    text: 'item {{ steps.each.index }} of {{ steps.each.count }}',
  };
  const nodes = [
    start(),
    node('each', 'for-each', config),
    { ...node('work', 'set', { values }), parent: 'each' },
    end('{{ steps.each.count }}'),
  ];
  return workflow(nodes, [edge('arguments', 'each'), edge('each', 'work', 'each'), edge('each', 'answer')]);
}

function workflow(nodes: JsonObject[], edges: JsonObject[]): JsonObject {
  const face = { name: 'bench', title: 'Bench', description: 'Measures the engine.' };
  return { schemaVersion: 1, kind: 'tool', ...face, nodes, edges, settings: {} };
}

function start(): JsonObject {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  return node('arguments', 'input', { schema });
}

function end(text: string): JsonObject {
  return node('answer', 'output', { parts: [{ type: 'text', text }], structured: null });
}

function node(key: string, kind: string, config: JsonObject): JsonObject {
  return { id: key, key, kind, config, position: { x: 0, y: 0 } };
}

function edge(from: string, to: string, handle = 'out'): JsonObject {
  return { id: `${from}-${to}`, from: { node: from, handle }, to: { node: to } };
}

function planOf(document: JsonObject): Plan<NodeKind> {
  const { plan, problems } = compile(document, kinds);
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are held, without what nobody needs any more. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
