import type { Graph } from './graph.ts';

/** What is known about the nodes that come before another: `certain` ones ran whenever it runs. */
export interface RanBefore {
  /** Whether the first node (by position in the graph) comes before the second. */
  precedes(first: number, second: number): boolean;
  /** Whether the first node certainly ran when the second runs; a branch may have left it out otherwise. */
  certain(first: number, second: number): boolean;
}

/**
 * A node runs when one of its incoming edges is live, and an edge is live when its node ran and chose its handle.
 * So what certainly ran before a node is what ran on each of the ways that lead to it, and whatever that entails:
 * a node runs when a handle that leads to it is live, and the only handle of a node is live when the node ran.
 */
export function ranBefore(graph: Graph): RanBefore {
  const { nodes, edges, incoming, outgoing } = graph;
  // Facts: "node i ran" is i; "handle h of node i is live" comes behind the nodes.
  const facts = new Map<string, number>();
  const handleOf = edges.map(({ from, handle }) => {
    const name = `${from}/${handle}`;
    const fact = facts.get(name) ?? nodes.length + facts.size;
    facts.set(name, fact);
    return fact;
  });
  const size = Math.ceil((nodes.length + facts.size) / 32);
  const before: Uint32Array[] = [];
  const sure: Uint32Array[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const ancestors = new Uint32Array(size);
    const known = new Uint32Array(size);
    for (const [count, edge] of incoming[index]!.entries()) {
      const { from } = edges[edge]!;
      const handle = handleOf[edge]!;
      merge(ancestors, before[from]!);
      add(ancestors, from);
      const isKnown = count === 0 || has(known, handle);
      if (count === 0) known.set(sure[from]!);
      else intersect(known, sure[from]!);
      if (isKnown) add(known, handle);
    }
    // In topological order, so that what one fact entails is there when its own turn comes. On a single way nothing
    // is entailed that was not already known where it came from.
    if (incoming[index]!.length > 1) {
      for (let word = 0; word < size; word += 1) {
        for (let left = ancestors[word]! & ~known[word]!; left !== 0; left &= left - 1) {
          const at = word * 32 + 31 - Math.clz32(left & -left);
          if (incoming[at]!.some((edge) => has(known, handleOf[edge]!))) learn(at, known);
        }
      }
    }
    learn(index, known);
    before.push(ancestors);
    sure.push(known);
  }

  /** A node ran, and with it its handle if it has only one. */
  function learn(at: number, known: Uint32Array): void {
    add(known, at);
    if (nodes[at]!.handles.length === 1) for (const edge of outgoing[at]!) add(known, handleOf[edge]!);
  }

  return {
    precedes: (first, second) => has(before[second]!, first),
    certain: (first, second) => first !== second && has(sure[second]!, first),
  };
}

function has(set: Uint32Array, fact: number): boolean {
  return (set[fact >> 5]! & (1 << (fact & 31))) !== 0;
}

function add(set: Uint32Array, fact: number): void {
  set[fact >> 5]! |= 1 << (fact & 31);
}

function merge(target: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < target.length; index += 1) target[index]! |= other[index]!;
}

function intersect(target: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < target.length; index += 1) target[index]! &= other[index]!;
}
