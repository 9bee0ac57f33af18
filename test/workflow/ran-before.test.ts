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
