import { expect, it } from 'vitest';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { RunEvent } from '#lib/engine/events.ts';
import { execute } from '#lib/engine/execute.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { capabilities, runOptions } from '../engine/plan.ts';
import { answers, asks, documentOf, inside, loops, type Step, sets, takes } from './documents.ts';
import { pick, seeded } from './random.ts';

// The compiler says of each step what has certainly run when it is read. The engine, running random workflows in
// random order of time, must never prove it wrong.

interface Drawn {
  steps: Record<string, Step>;
  edges: string[];
}

/** Random steps beside each other, with ways between them, and loops with more steps inside. */
function draw(random: () => number, begin: string, container: string | null, drawn: Drawn): void {
  const keys: string[] = [];
  const count = 3 + Math.floor(random() * 7);
  for (let index = 0; index < count; index += 1) {
    const key = `${container ?? 'top'}_${index}`;
    const kind = random();
    const isLoop = kind < 0.15 && key.split('_').length < 5;
    const step: Step = isLoop
      ? loops(`{{ ${Math.floor(random() * 3)} }}`, { concurrency: 1 + Math.floor(random() * 2) })
      : kind < 0.4
        ? asks(`{{ ${random() < 0.5} }}`)
        : kind < 0.6
          ? { kind: 'merge', config: { mode: random() < 0.6 ? 'first' : 'all' } }
          : kind < 0.8
            ? { kind: 'wait', config: { amount: Math.floor(random() * 4) / 1000 } }
            : sets({});
    drawn.steps[key] = container === null ? step : inside(container, step);
    const ways = step.kind === 'merge' ? 2 : 1;
    for (let times = 0; times < ways + Math.floor(random() * 2); times += 1) {
      const from = random() < 0.25 || keys.length === 0 ? begin : pick(random, keys.slice(-3));
      const isBranch = drawn.steps[from]?.kind === 'if';
      const way = from === container ? ':each' : isBranch ? (random() < 0.5 ? ':true' : ':false') : '';
      drawn.edges.push(`${from}${way} -> ${key}`);
    }
    keys.push(key);
    if (isLoop) draw(random, key, key, drawn);
  }
}

/** The document, with steps that say of each value they may certainly read whether it is there. */
function withReaders(document: WorkflowDocument): WorkflowDocument {
  const nodes = document.nodes.map((node) => {
    const certain = (field?: string) =>
      scopeAt(document, node.id, kinds, field)
        .filter((entry) => entry.certain && entry.root === 'steps')
        .map(({ key }) => `"${key} at ${node.key}": steps.${key} === undefined`);
    const config =
      node.kind === 'set'
        ? { values: { missing: `{{ { ${certain().join(', ')} } }}` } }
        : node.kind === 'for-each'
          ? { ...node.config, collect: `{{ { ${certain('collect').join(', ')} } }}` }
          : node.config;
    return { ...node, config } as typeof node;
  });
  return { ...document, nodes };
}

/** A clock on which short pauses last some turns of the event loop, and long ones until they are called off. */
const clock: Pick<Capabilities, 'sleep'> = {
  sleep: async (ms, signal) => {
    if (ms >= 1000) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    for (let turn = 0; turn < ms * 3; turn += 1) await new Promise(setImmediate);
    signal.throwIfAborted();
  },
};

it('what is called certain is there, whatever way a run takes and however long its steps do', async () => {
  const random = seeded(21);
  let asked = 0;
  let finished = 0;
  for (let round = 0; round < 250; round += 1) {
    const drawn: Drawn = { steps: { start: takes(), end: answers('done') }, edges: ['start -> end'] };
    draw(random, 'start', null, drawn);
    const { plan, problems } = compile(withReaders(documentOf(drawn.steps, drawn.edges)), kinds);
    expect(problems.filter(({ severity, code }) => severity === 'error' || /maybe/.test(code))).toEqual([]);
    const missing: string[] = [];
    const check = (value: JsonValue | undefined) => {
      for (const [what, isMissing] of Object.entries(value ?? {})) {
        if (isMissing) missing.push(what);
        asked += 1;
      }
    };
    const onEvent = (event: RunEvent) => {
      if (event.type !== 'step.finished') return;
      const node = drawn.steps[event.key]!;
      if (node.kind === 'set') check((event.value as { missing: JsonValue }).missing);
      if (node.kind === 'for-each')
        for (const item of (event.value as { items: JsonValue[] }).items) check(item);
    };
    const result = await execute(plan!, runOptions({ onEvent, capabilities: { ...capabilities, ...clock } }));
    expect(result.error).toBeUndefined();
    expect(missing).toEqual([]);
    finished += 1;
  }
  expect(finished).toBe(250);
  expect(asked).toBeGreaterThan(1500);
});
