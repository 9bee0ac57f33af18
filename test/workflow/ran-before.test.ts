import { expect, it } from 'vitest';
import type { Graph, GraphNode } from '#lib/workflow/graph.ts';
import { ranBefore } from '#lib/workflow/ran-before.ts';
import { pick, seeded } from './random.ts';

/** A random graph whose nodes have one to three handles, and edges that lead forward. */
function randomGraph(random: () => number): Graph {
  const count = 3 + Math.floor(random() * 5);
  const nodes = Array.from({ length: count }, () => {
    const handles = ['a', 'b', 'c'].slice(0, 1 + Math.floor(random() * 2.4));
    return { handles } as unknown as GraphNode;
  });
  const edges: { from: number; to: number; handle: string }[] = [];
  for (let to = 1; to < count; to += 1) {
    for (let times = 0; times < 1 + Math.floor(random() * 3); times += 1) {
      const from = Math.floor(random() * to);
      edges.push({ from, to, handle: pick(random, nodes[from]!.handles) });
    }
  }
  const incoming = nodes.map((_, node) => edges.flatMap(({ to }, index) => (to === node ? [index] : [])));
  const outgoing = nodes.map((_, node) => edges.flatMap(({ from }, index) => (from === node ? [index] : [])));
  return { nodes, edges, incoming, outgoing };
}

/** Every set of nodes that can run: each node chooses one of its handles, in all combinations. */
function runsOf({ nodes, edges, incoming }: Graph): Set<number>[] {
  let choices: string[][] = [[]];
  for (const { handles } of nodes)
    choices = choices.flatMap((chosen) => handles.map((handle) => [...chosen, handle]));
  return choices.map((chosen) => {
    const ran = new Set([0]);
    for (let node = 1; node < nodes.length; node += 1) {
      const live = incoming[node]!.some((edge) => {
        const { from, handle } = edges[edge]!;
        return ran.has(from) && chosen[from] === handle;
      });
      if (live) ran.add(node);
    }
    return ran;
  });
}

function reaches({ edges }: Graph, first: number, second: number): boolean {
  const reached = new Set([first]);
  for (const node of reached) for (const { from, to } of edges) if (from === node) reached.add(to);
  return first !== second && reached.has(second);
}

/**
 * Runs of a graph in which some nodes take the first live way: what was finished when each node began. Nodes finish in
 * a random order.
 */
function* timedRuns(
  { nodes, edges, incoming, outgoing }: Graph,
  random: () => number,
): Generator<Set<number>[]> {
  for (let round = 0; round < 20; round += 1) {
    const finished = new Set<number>();
    const began: Set<number>[] = [];
    const undecided = incoming.map((ways) => ways.length);
    const live = nodes.map(() => false);
    const running = [0];
    began[0] = new Set();
    const decide = (edge: number, isLive: boolean) => {
      const { to } = edges[edge]!;
      undecided[to]! -= 1;
      live[to] ||= isLive;
      const isFirst = nodes[to]!.join === 'first';
      if (began[to]) return;
      if (live[to] && (isFirst || undecided[to] === 0)) {
        began[to] = new Set(finished);
        running.push(to);
      } else if (undecided[to] === 0) for (const next of outgoing[to]!) decide(next, false);
    };
    while (running.length > 0) {
      const [node] = running.splice(Math.floor(random() * running.length), 1);
      finished.add(node!);
      const handle = pick(random, nodes[node!]!.handles);
      for (const edge of outgoing[node!]!) decide(edge, edges[edge]!.handle === handle);
    }
    yield began;
  }
}

it('calls certain only what is finished where nodes take the first way', () => {
  const random = seeded(8);
  let certain = 0;
  for (let round = 0; round < 400; round += 1) {
    const plain = randomGraph(random);
    const nodes = plain.nodes.map((node): GraphNode => ({ ...node, join: random() < 0.4 ? 'first' : 'all' }));
    const graph = { ...plain, nodes };
    const known = ranBefore(graph);
    for (const began of timedRuns(graph, random)) {
      for (const [second, before] of began.entries()) {
        for (let first = 0; before && first < nodes.length; first += 1) {
          if (before.has(first)) expect(began[first]).toBeDefined();
          if (!known.certain(first, second)) continue;
          expect(before.has(first)).toBe(true);
          certain += 1;
        }
      }
    }
  }
  expect(certain).toBeGreaterThan(5000);
});

it('knows what always runs', () => {
  const random = seeded(9);
  let always = 0;
  for (let round = 0; round < 300; round += 1) {
    const graph = randomGraph(random);
    const known = ranBefore(graph);
    const runs = runsOf(graph);
    for (let node = 0; node < graph.nodes.length; node += 1) {
      if (!known.always(node)) continue;
      expect(runs.every((ran) => ran.has(node))).toBe(true);
      always += 1;
    }
  }
  expect(always).toBeGreaterThan(500);
});

it('calls certain only what ran in every run, and precedes what is connected', () => {
  const random = seeded(5);
  let certain = 0;
  let maybe = 0;
  for (let round = 0; round < 400; round += 1) {
    const graph = randomGraph(random);
    const known = ranBefore(graph);
    const runs = runsOf(graph);
    for (let second = 0; second < graph.nodes.length; second += 1) {
      for (let first = 0; first < graph.nodes.length; first += 1) {
        const precedes = reaches(graph, first, second);
        expect(known.precedes(first, second)).toBe(precedes);
        if (!precedes) continue;
        const always = runs.every((ran) => !ran.has(second) || ran.has(first));
        if (known.certain(first, second)) expect(always).toBe(true);
        if (always && known.certain(first, second)) certain += 1;
        else if (always) maybe += 1;
      }
    }
  }
  expect(certain).toBeGreaterThan(1000);
  // Some certainty needs the combination of several branches and is left as a warning; it is the exception.
  expect(maybe).toBeLessThan(certain / 20);
});
