import type { BuiltGraph } from './build-graph.ts';
import { collector } from './collect.ts';
import type { GraphNode } from './graph.ts';
import type { KindSpec } from './kind.ts';
import type { Level } from './levels.ts';
import type { Body, PlanNode } from './plan.ts';
import type { Problem } from './problem.ts';
import type { CompiledField } from './resolver.ts';

/** How often an undo is tried that does not say otherwise. */
const UNDO_RETRY: PlanNode['retry'] = { attempts: 3, backoffMs: 500 };

/** A node of which the expressions are compiled. */
export interface MadeNode {
  /** What gives the node its config; null when there are errors. */
  resolve: PlanNode['resolve'] | null;
  /** Expressions in the field that says what a container collects. */
  collected: CompiledField[];
  problems: Problem[];
  /** Something in its config reads who calls. */
  readsCaller: boolean;
}

/** The nodes of the workflow, ready to run. `made`: by id, those of a document without errors. */
export function planNodes<K extends KindSpec>(
  top: Level<K>,
  made: ReadonlyMap<string, MadeNode>,
  built: BuiltGraph<K>,
): PlanNode<K>[] {
  return nodesOf(top, { made, undo: undoEntries(built) });
}

/** By id of a node whose effect can be taken back: the node that does it. */
function undoEntries<K extends KindSpec>({ nodes, undo }: BuiltGraph<K>): Map<string, GraphNode<K>> {
  const byId = new Map(nodes.map((entry) => [entry.node.id, entry]));
  return new Map([...undo].map(([undone, id]) => [undone, byId.get(id)!]));
}

interface Parts<K extends KindSpec> {
  made: ReadonlyMap<string, MadeNode>;
  undo: ReadonlyMap<string, GraphNode<K>>;
}

/** The nodes of a level; calls itself for the bodies of containers, which are nested a few levels deep at most. */
function nodesOf<K extends KindSpec>(level: Level<K>, parts: Parts<K>): PlanNode<K>[] {
  const { nodes, edges, incoming, outgoing } = level.graph;
  // A body begins with its container, which is no node of it.
  const shift = level.outer ? 1 : 0;
  return nodes.slice(shift).map((entry, index): PlanNode<K> => {
    const at = index + shift;
    const undo = parts.undo.get(entry.node.id);
    const body = level.bodies.get(at);
    return {
      ...settled(entry, parts),
      index,
      incoming: incoming[at]!.flatMap((edge) => {
        const { from, handle } = edges[edge]!;
        return from < shift ? [] : [{ from: from - shift, handle }];
      }),
      outgoing: outgoing[at]!.map((edge) => ({ to: edges[edge]!.to - shift, handle: edges[edge]!.handle })),
      body: body ? bodyOf(body, entry, parts) : null,
      undo: undo ? undoNode(undo, parts) : null,
    };
  });
}

type Settled = 'index' | 'incoming' | 'outgoing' | 'body' | 'undo';

/** What a node is by itself, wherever it stands. */
function settled<K extends KindSpec>(
  { node, kind, join }: GraphNode<K>,
  { made }: Parts<K>,
): Omit<PlanNode<K>, Settled> {
  const { id, key, settings = {} } = node;
  return {
    id,
    key,
    kind,
    resolve: made.get(id)!.resolve!,
    timeoutMs: settings.timeoutMs ?? null,
    retry: settings.retry ?? { attempts: 1, backoffMs: 0 },
    onError: settings.onError ?? 'fail',
    disabled: settings.disabled ?? false,
    join,
  };
}

function bodyOf<K extends KindSpec>(level: Level<K>, { node }: GraphNode<K>, parts: Parts<K>): Body<K> {
  const { edges, outgoing } = level.graph;
  return {
    nodes: nodesOf(level, parts),
    starts: [...new Set(outgoing[0]!.map((edge) => edges[edge]!.to - 1))],
    collect: collector(level, parts.made.get(node.id)!.collected),
  };
}

/** Undoing is tried several times, and its failure always told, whatever else the node does with its errors. */
function undoNode<K extends KindSpec>(entry: GraphNode<K>, parts: Parts<K>): PlanNode<K> {
  return {
    ...settled(entry, parts),
    index: -1,
    incoming: [],
    outgoing: [],
    retry: entry.node.settings?.retry ?? UNDO_RETRY,
    onError: 'fail',
    body: null,
    undo: null,
  };
}
