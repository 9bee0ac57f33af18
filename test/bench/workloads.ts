import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonSchema } from '#lib/workflow/json.ts';
import type { Task } from './load.ts';
import type { Speech } from './speech.ts';

export const BENCH_FOLDER = join(import.meta.dirname, '../../examples/bench');

export type WorkloadName = 'echo' | 'js' | 'http';

/** One tool, as every contender offers it. */
export interface Workload {
  name: WorkloadName;
  /** Arguments of the n-th call. No two calls are alike, so that an answer cannot be another's. */
  args(n: number): JsonObject;
  /** What the n-th call must be answered with, as JSON. */
  expected(n: number): string;
}

interface Item {
  id: number;
  price: number;
  qty: number;
}

function itemsOf(n: number): Item[] {
  return Array.from({ length: 100 }, (_, index) => ({
    id: n + index,
    price: ((n * 7 + index * 13) % 97) + 1,
    qty: (index % 5) + 1,
  }));
}

/** The work of the `js` tool, as the hand-written server does it; js.summary.js has the same lines. */
export function summarise(items: Item[]): { count: number; total: number; top5: number[] } {
  const rows = items.map(({ id, price, qty }) => ({ id, cost: price * qty }));
  const dearest = rows.toSorted((a, b) => b.cost - a.cost || a.id - b.id);
  return {
    count: rows.length,
    total: rows.reduce((sum, row) => sum + row.cost, 0),
    top5: dearest.slice(0, 5).map((row) => row.id),
  };
}

/** What the upstream service of the `http` tool has on record. */
export function recordOf(id: number): { id: number; name: string; city: string } {
  return { id, name: `name ${id}`, city: ['Oslo', 'Lisbon', 'Kyoto'][id % 3]! };
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'echo',
    args: (n) => ({ text: `hello ${n}`, n }),
    expected: (n) => JSON.stringify({ text: `hello ${n}`, n }),
  },
  {
    name: 'js',
    args: (n) => ({ items: itemsOf(n).map((item) => ({ ...item })) }),
    expected: (n) => JSON.stringify(summarise(itemsOf(n))),
  },
  {
    name: 'http',
    args: (n) => ({ id: n }),
    expected: (n) => JSON.stringify(recordOf(n)),
  },
];

/** The schemas of a workflow in examples/bench, for the server written by hand. */
export function schemasOf(name: WorkloadName): { input: JsonSchema; output: JsonSchema } {
  const text = readFileSync(join(BENCH_FOLDER, 'workflows', `${name}.json`), 'utf8');
  const { nodes } = JSON.parse(text) as { nodes: { kind: string; config: Record<string, never> }[] };
  const input = nodes.find(({ kind }) => kind === 'input')?.config['schema'];
  const output = nodes.find(({ kind }) => kind === 'output')?.config['structured'];
  return { input: input!, output: (output! as { schema: JsonSchema }).schema };
}

/** Calls of a tool. */
export function callsOf(workload: Workload, speech: Speech): Task {
  return {
    speech,
    say: (n) => ({
      id: n,
      method: 'tools/call',
      params: `"name":"${workload.name}","arguments":${JSON.stringify(workload.args(n))}`,
      name: workload.name,
    }),
    fault(n, { text }) {
      const { id, result } = JSON.parse(text) as { id?: unknown; result?: { structuredContent?: unknown } };
      const right = id === n && JSON.stringify(result?.structuredContent) === workload.expected(n);
      return right ? null : 'a wrong answer';
    },
  };
}

/** Tools of the long list. */
export const MANY = 1000;

/** Name of the n-th of them. */
export function manyName(n: number): string {
  return `tool_${String(n).padStart(4, '0')}`;
}

/** Lists of all of them. The first answer is looked at whole; those that follow have to be the same text. */
export function listsOf(speech: Speech): Task {
  let first: string | null = null;
  return {
    speech,
    say: (n) => ({ id: n, method: 'tools/list', params: '' }),
    fault(n, { text }) {
      const same = text.replace(`"id":${n}`, '"id":0');
      if (first === null) {
        const { id, result } = JSON.parse(text) as { id?: unknown; result?: { tools?: { name: string }[] } };
        const names = result?.tools?.map(({ name }) => name).sort() ?? [];
        const right = id === n && names.length === MANY && names.every((name, at) => name === manyName(at));
        if (!right) return 'not the list';
        first = same;
      }
      return same === first ? null : 'another list';
    },
  };
}
