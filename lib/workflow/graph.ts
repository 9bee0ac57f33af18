import type { WorkflowEdge, WorkflowNode } from './document.ts';
import type { KindSpec } from './kind.ts';

/** A node with what its kind says about it. */
export interface GraphNode<K extends KindSpec = KindSpec> {
  node: WorkflowNode;
  kind: K;
  /** As the kind's schema gave it back; null when it does not fit. */
  config: unknown;
  /** Those that lead on; the one into the body of a container is not among them. */
  handles: readonly string[];
  /** See `PlanNode.join`. */
  join: 'all' | 'first';
}

export interface Graph<K extends KindSpec = KindSpec> {
  /** In topological order; among nodes without order, in that of the document. */
  nodes: readonly GraphNode<K>[];
  /** Edges between positions in `nodes`. */
  edges: readonly { from: number; to: number; handle: string }[];
  incoming: readonly (readonly number[])[];
  outgoing: readonly (readonly number[])[];
}

/** The nodes in an order in which every edge leads forward, or the ids of those that lie on or behind a cycle. */
export function topologicalOrder(
  nodes: readonly WorkflowNode[],
  edges: readonly WorkflowEdge[],
): { order: string[]; stuck: string[] } {
  const position = new Map(nodes.map(({ id }, index) => [id, index]));
  const waiting = new Array<number>(nodes.length).fill(0);
  const next: number[][] = nodes.map(() => []);
  for (const { from, to } of edges) {
    const source = position.get(from.node)!;
    const target = position.get(to.node)!;
    next[source]!.push(target);
    waiting[target]! += 1;
  }
  const ready = new Heap();
  for (const [index, count] of waiting.entries()) if (count === 0) ready.push(index);
  const order: string[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    order.push(nodes[index]!.id);
    for (const target of next[index]!) {
      waiting[target]! -= 1;
      if (waiting[target] === 0) ready.push(target);
    }
  }
  const stuck = nodes.filter((_, index) => waiting[index]! > 0).map(({ id }) => id);
  return { order, stuck };
}

/** The ids of one cycle among nodes of which each has a predecessor in the set. */
export function cycleAmong(stuck: readonly string[], edges: readonly WorkflowEdge[]): string[] {
  const inside = new Set(stuck);
  const before = new Map<string, string>();
  for (const { from, to } of edges) {
    if (inside.has(from.node) && inside.has(to.node)) before.set(to.node, from.node);
  }
  const seen = new Map<string, number>();
  const path: string[] = [];
  let at = stuck[0]!;
  while (!seen.has(at)) {
    seen.set(at, path.length);
    path.push(at);
    at = before.get(at)!;
  }
  return path.slice(seen.get(at)).reverse();
}

/** Whole numbers, the least first out. */
class Heap {
  private readonly items: number[] = [];

  push(value: number): void {
    const { items } = this;
    let at = items.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= value) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = value;
  }

  pop(): number | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child += 1;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
