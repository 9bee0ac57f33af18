import type { Graph } from './graph.ts';

/** What is known about the nodes that come before another: `certain` ones ran whenever it runs. */
export interface RanBefore {
  /** Whether the first node (by position in the graph) comes before the second. */
  precedes(first: number, second: number): boolean;
  /** Whether the first node certainly ran when the second runs; a branch may have left it out otherwise. */
  certain(first: number, second: number): boolean;
  /** Whether the node runs to its end in every run that nothing ends before. */
  always(node: number): boolean;
}

/**
 * A node runs when one of its incoming edges is live, and an edge is live when its node ran and chose its handle.
 * So what certainly ran before a node is what ran on each of the ways that lead to it, and whatever that entails:
 * a live handle entails the nodes it leads to, a node entails what each of its handles does. A node that takes the
 * first live way knows only what ran on all its ways: what else is entailed may still be going on.
 */
export function ranBefore(graph: Graph): RanBefore {
  const { nodes, edges, incoming } = graph;
  const entailed = entailedBy(graph);
  const rivals = rivalsIn(graph);
  // Facts: "node i ran" is i; "this handle of a node is live" comes behind the nodes. The only handle of a node is
  // live when the node ran, which is one fact.
  const handles = new Map<string, number>();
  const behind: Uint32Array[] = [];
  const handleOf = edges.map(({ from, handle, to }) => {
    if (nodes[from]!.handles.length === 1) return from;
    const name = `${from}/${handle}`;
    const number = handles.get(name) ?? handles.size;
    if (number === handles.size) {
      handles.set(name, number);
      behind.push(new Uint32Array(entailed[to]!.length));
    }
    merge(behind[number]!, entailed[to]!);
    return nodes.length + number;
  });
  const size = Math.ceil((nodes.length + handles.size) / 32);
  const before: Uint32Array[] = [];
  const sure: Uint32Array[] = [];
  // By node: those before it that are finished, or left out, when it runs.
  const decided: Uint32Array[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const ancestors = new Uint32Array(size);
    const waited = new Uint32Array(size);
    const known = new Uint32Array(size);
    const takesFirst = nodes[index]!.join === 'first';
    for (const [count, edge] of incoming[index]!.entries()) {
      const { from } = edges[edge]!;
      const handle = handleOf[edge]!;
      merge(ancestors, before[from]!);
      add(ancestors, from);
      const isWaited = !takesFirst || count === 0 || has(waited, from);
      if (!takesFirst || count === 0) merge(waited, decided[from]!);
      else intersect(waited, decided[from]!);
      if (isWaited) add(waited, from);
      const isKnown = count === 0 || has(known, handle);
      if (count === 0) known.set(sure[from]!);
      else intersect(known, sure[from]!);
      if (isKnown) add(known, handle);
    }
    // On a single way nothing is entailed that was not known where it came from.
    if (incoming[index]!.length > 1 && !takesFirst) entail(known, waited);
    add(known, index);
    before.push(ancestors);
    sure.push(known);
    decided.push(waited);
  }

  /** Adds what the known facts entail among the decided nodes. What a fact entails includes what that entails. */
  function entail(known: Uint32Array, among: Uint32Array): void {
    const all = new Uint32Array(size);
    for (const fact of factsOf(known)) {
      if (!has(all, fact)) merge(all, entailed[fact] ?? behind[fact - nodes.length]!);
    }
    intersect(all, among);
    merge(known, all);
  }

  return {
    precedes: (first, second) => has(before[second]!, first),
    certain: (first, second) => first !== second && has(sure[second]!, first),
    always: (node) => has(entailed[0]!, node) && !has(rivals, node),
  };
}

/** For each node those that run whenever it does, itself among them: what lies behind every one of its handles. */
function entailedBy({ nodes, edges, outgoing }: Graph): Uint32Array[] {
  const size = Math.ceil(nodes.length / 32);
  const entailed: Uint32Array[] = new Array<Uint32Array>(nodes.length);
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const byHandle = Map.groupBy(outgoing[index]!, (edge) => edges[edge]!.handle);
    let common: Uint32Array | null = null;
    for (const handle of nodes[index]!.handles) {
      const behind = new Uint32Array(size);
      for (const edge of byHandle.get(handle) ?? []) merge(behind, entailed[edges[edge]!.to]!);
      if (common) intersect(common, behind);
      else common = behind;
    }
    const all = common ?? new Uint32Array(size);
    add(all, index);
    entailed[index] = all;
  }
  return entailed;
}

/** Nodes that lead only to others that take the first way: those that come too late may be stopped. */
function rivalsIn({ nodes, edges, incoming, outgoing }: Graph): Uint32Array {
  const rivals = new Uint32Array(Math.ceil(nodes.length / 32));
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const ways = outgoing[index]!;
    const isRival = (to: number) =>
      has(rivals, to) || (nodes[to]!.join === 'first' && incoming[to]!.length > 1);
    if (ways.length > 0 && ways.every((edge) => isRival(edges[edge]!.to))) add(rivals, index);
  }
  return rivals;
}

function* factsOf(set: Uint32Array): Generator<number> {
  for (let word = 0; word < set.length; word += 1) {
    for (let left = set[word]!; left !== 0; left &= left - 1) yield word * 32 + 31 - Math.clz32(left & -left);
  }
}

function has(set: Uint32Array, fact: number): boolean {
  return (set[fact >> 5]! & (1 << (fact & 31))) !== 0;
}

function add(set: Uint32Array, fact: number): void {
  set[fact >> 5]! |= 1 << (fact & 31);
}

function merge(target: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < other.length; index += 1) target[index]! |= other[index]!;
}

function intersect(target: Uint32Array, other: Uint32Array): void {
  for (let index = 0; index < target.length; index += 1) target[index]! &= other[index]!;
}
