import * as z from 'zod';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import { systemClock } from '#lib/engine/clock.ts';
import type { NodeContext, NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { RunOptions } from '#lib/engine/run.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode, Scope } from '#lib/workflow/plan.ts';

/** A node of a plan made by hand, so that the engine is tested without the compiler. */
export interface TestNode {
  run: (context: NodeContext<unknown>) => NodeResult | Promise<NodeResult>;
  config?: (scope: Scope) => unknown;
  timeoutMs?: number;
  retry?: PlanNode['retry'];
  onError?: PlanNode['onError'];
  disabled?: boolean;
  join?: PlanNode['join'];
  body?: TestBody;
  undo?: { key: string } & TestNode;
}

/** What a container runs for each item. */
export interface TestBody {
  nodes: Record<string, TestNode>;
  edges?: string[];
  /** Keys; the first node when left out. */
  starts?: string[];
  collect?: (scope: Scope) => JsonValue;
}

/**
 * A plan from nodes by key, in topological order, the first being the start; edges are written
 * `from -> to` or `from:handle -> to`.
 */
export function planOf(nodes: Record<string, TestNode>, edges: string[], timeoutMs = 60_000): Plan<NodeKind> {
  return { start: 0, timeoutMs, readsCaller: false, nodes: planNodes(nodes, edges) };
}

function planNodes(nodes: Record<string, TestNode>, edges: string[]): PlanNode<NodeKind>[] {
  const keys = Object.keys(nodes);
  const parsed = edges.map((text) => {
    const [, from, handle = 'out', to] = /^(\w+)(?::(\w+))? -> (\w+)$/.exec(text) ?? [];
    return { from: keys.indexOf(from!), handle, to: keys.indexOf(to!) };
  });
  return keys.map((key, index) => ({
    ...planNode(key, nodes[key]!),
    index,
    incoming: parsed.filter(({ to }) => to === index).map(({ from, handle }) => ({ from, handle })),
    outgoing: parsed.filter(({ from }) => from === index).map(({ to, handle }) => ({ to, handle })),
  }));
}

function planNode(key: string, node: TestNode): PlanNode<NodeKind> {
  const { body, undo } = node;
  return {
    index: 0,
    id: `id-${key}`,
    key,
    kind: kindOf(node),
    resolve: node.config ?? (() => ({})),
    incoming: [],
    outgoing: [],
    timeoutMs: node.timeoutMs ?? null,
    retry: node.retry ?? { attempts: 1, backoffMs: 0 },
    onError: node.onError ?? 'fail',
    disabled: node.disabled ?? false,
    join: node.join ?? 'all',
    body: body
      ? {
          nodes: planNodes(body.nodes, body.edges ?? []),
          starts: (body.starts ?? [Object.keys(body.nodes)[0]!]).map((start) =>
            Object.keys(body.nodes).indexOf(start),
          ),
          collect: body.collect ?? (() => null),
        }
      : null,
    undo: undo ? planNode(undo.key, undo) : null,
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
    example: { summary: 'None.', steps: {}, edges: [], input: {}, answer: {} },
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

/** A container that runs its body for each of these items. */
export function forEach(
  items: (context: NodeContext<unknown>) => JsonValue[],
  body: TestBody,
  options: { concurrency?: number; onError?: 'stop' | 'collect' } = {},
): TestNode {
  const { concurrency = 1, onError = 'stop' } = options;
  return { run: (context) => ({ value: null, each: { items: items(context), concurrency, onError } }), body };
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
  knowledge: {
    search: () => Promise.reject(new Error('no knowledge in this test')),
    read: () => Promise.reject(new Error('no knowledge in this test')),
    put: () => Promise.reject(new Error('no knowledge in this test')),
    remove: () => Promise.reject(new Error('no knowledge in this test')),
  },
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
  news: absent('news'),
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
