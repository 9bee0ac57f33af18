import type { WorkflowEdge } from './document.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { KindSpec } from './kind.ts';
import { type RanBefore, ranBefore } from './ran-before.ts';

/** Steps that stand beside each other: those of the workflow itself, or those in the body of a container. */
export interface Level<K extends KindSpec = KindSpec> {
  /** Where its container stands; null for the workflow itself. */
  outer: { level: Level<K>; at: number } | null;
  /** Position 0 is where it begins: the start, or the container, which is the item at hand to its body. */
  graph: Graph<K>;
  ran: RanBefore;
  /** Positions by key. */
  positions: ReadonlyMap<string, number>;
  /** The bodies of its containers, by position. */
  bodies: Map<number, Level<K>>;
}

export interface LevelParts<K extends KindSpec> {
  /** All that a run reaches, in topological order. */
  nodes: readonly GraphNode<K>[];
  /** Between nodes of a level, and from a container into its body. */
  edges: readonly WorkflowEdge[];
  parents: ReadonlyMap<string, string>;
}

/** The levels, outer ones before those inside them; the first is the workflow itself. */
export function levelsOf<K extends KindSpec>({ nodes, edges, parents }: LevelParts<K>): Level<K>[] {
  const members = Map.groupBy(nodes, ({ node }) => parents.get(node.id));
  const between = Map.groupBy(edges, ({ to }) => parents.get(to.node));
  const levels = [levelOf(null, members.get(undefined) ?? [], between.get(undefined) ?? [])];
  // A list visits what is added to it while it is walked.
  for (const level of levels) {
    for (const [at, entry] of level.graph.nodes.entries()) {
      const { body } = entry.kind;
      if (!body || (at === 0 && level.outer)) continue;
      const { id } = entry.node;
      const inside = [{ ...entry, handles: [body.handle] }, ...(members.get(id) ?? [])];
      const made = levelOf({ level, at }, inside, between.get(id) ?? []);
      level.bodies.set(at, made);
      levels.push(made);
    }
  }
  return levels;
}

function levelOf<K extends KindSpec>(
  outer: Level<K>['outer'],
  nodes: GraphNode<K>[],
  edges: readonly WorkflowEdge[],
): Level<K> {
  const graph = graphOf(nodes, edges);
  const positions = new Map(nodes.map(({ node }, index) => [node.key, index]));
  return { outer, graph, ran: ranBefore(graph), positions, bodies: new Map() };
}

function graphOf<K extends KindSpec>(nodes: GraphNode<K>[], edges: readonly WorkflowEdge[]): Graph<K> {
  const position = new Map(nodes.map(({ node }, index) => [node.id, index]));
  const between = edges.flatMap(({ from, to }) => {
    const source = position.get(from.node);
    const target = position.get(to.node);
    return source === undefined || target === undefined
      ? []
      : [{ from: source, to: target, handle: from.handle }];
  });
  const incoming: number[][] = nodes.map(() => []);
  const outgoing: number[][] = nodes.map(() => []);
  for (const [index, { from, to }] of between.entries()) {
    outgoing[from]!.push(index);
    incoming[to]!.push(index);
  }
  return { nodes, edges: between, incoming, outgoing };
}
