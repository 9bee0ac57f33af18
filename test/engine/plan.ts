import * as z from 'zod';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import { systemClock } from '#lib/engine/clock.ts';
import type { NodeContext, NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import type { Plan, PlanNode, Scope } from '#lib/workflow/plan.ts';

/** A node of a plan made by hand, so that the engine is tested without the compiler. */
export interface TestNode {
  run: (context: NodeContext<unknown>) => NodeResult | Promise<NodeResult>;
  config?: (scope: Scope) => unknown;
  timeoutMs?: number;
  retry?: PlanNode['retry'];
  onError?: PlanNode['onError'];
  disabled?: boolean;
}

/**
 * A plan from nodes by key, in topological order, the first being the start; edges are written
 * `from -> to` or `from:handle -> to`.
 */
export function planOf(nodes: Record<string, TestNode>, edges: string[], timeoutMs = 60_000): Plan<NodeKind> {
  const keys = Object.keys(nodes);
  const parsed = edges.map((text) => {
    const [, from, handle = 'out', to] = /^(\w+)(?::(\w+))? -> (\w+)$/.exec(text) ?? [];
    return { from: keys.indexOf(from!), handle, to: keys.indexOf(to!) };
  });
  return {
    start: 0,
    timeoutMs,
    nodes: keys.map((key, index) => {
      const node = nodes[key]!;
      return {
        index,
        id: `id-${key}`,
        key,
        kind: kindOf(node),
        resolve: node.config ?? (() => ({})),
        incoming: parsed.filter(({ to }) => to === index).map(({ from, handle }) => ({ from, handle })),
        outgoing: parsed.filter(({ from }) => from === index).map(({ to, handle }) => ({ to, handle })),
        timeoutMs: node.timeoutMs ?? null,
        retry: node.retry ?? { attempts: 1, backoffMs: 0 },
        onError: node.onError ?? 'fail',
        disabled: node.disabled ?? false,
        join: 'all',
        body: null,
        undo: null,
      };
    }),
  };
}

function kindOf({ run }: TestNode): NodeKind {
  return {
    type: 'test',
    title: 'Test',
    summary: 'A kind of a test.',
    icon: 'circle',
    group: 'do',
    config: z.record(z.string(), z.json()),
    initial: {},
    initialKey: 'test',
    needs: [],
    handles: () => [{ id: 'out' }],
    outputSchema: () => ({}),
    describe: () => 'test',
    run,
  };
}

/** A node that leaves this value. */
export function gives(value: NodeResult['value']): TestNode {
  return { run: () => ({ value }) };
}

/** An end that answers with what a step left. */
export function answers(key: string): TestNode {
  return {
    run: ({ steps }) => {
      const text = JSON.stringify(steps[key] ?? null);
      return { value: null, output: { parts: [{ type: 'text', text }] } };
    },
  };
}

/** The machine's clock, and no world. */
export const capabilities: Capabilities = {
  ...systemClock,
  http: { request: () => Promise.reject(new Error('no http in this test')) },
  code: { run: () => Promise.reject(new Error('no code in this test')) },
  knowledge: { search: () => Promise.reject(new Error('no knowledge in this test')) },
  files: {
    put: () => Promise.reject(new Error('no files in this test')),
    get: () => Promise.reject(new Error('no files in this test')),
  },
  store: absent('store'),
  sql: absent('sql'),
  mcp: absent('mcp'),
  workflows: absent('workflows'),
  parse: absent('parse'),
  schemas: absent('schemas'),
};

/** A capability whose every function rejects. */
function absent<Name extends keyof Capabilities>(name: Name): Capabilities[Name] {
  const reject = () => Promise.reject(new Error(`no ${name} in this test`));
  return new Proxy({}, { get: () => reject }) as Capabilities[Name];
}

/** Options of a run, with what a test wants different. */
export function runOptions(given: Partial<RunOptions> = {}): RunOptions {
  return { runId: 'run-1', input: {}, env: {}, capabilities, signal: new AbortController().signal, ...given };
}
