import { checkBodies, checkInside, checkOpenHandles, checkRoles } from './check-roles.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { cycleAmong, type GraphNode, topologicalOrder } from './graph.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import { type Level, levelsOf } from './levels.ts';
import { checkNesting } from './nesting.ts';
import type { Problem } from './problem.ts';
import { checkUndo } from './undo-nodes.ts';

/** The handle the compiler adds to a node that takes its errors somewhere. */
const ERROR_HANDLE = 'error';

export interface BuiltGraph<K extends KindSpec> {
  /** Every node whose kind is known and whose config fits, in document order. */
  nodes: GraphNode<K>[];
  /**
   * What a run can reach, by edges that exist; null when no order can be made of it: the edges make a cycle,
   * containers stand in each other, or there is no one start.
   */
  levels: Level<K>[] | null;
  /** By id of a node whose effect can be taken back: the id of the node that does it. */
  undo: ReadonlyMap<string, string>;
  problems: Problem[];
}

/** Nodes with their kinds, and the order among them. `document` has unique ids; anything else may be wrong. */
export function buildGraph<K extends KindSpec>(
  document: WorkflowDocument,
  kinds: ReadonlyMap<string, K>,
): BuiltGraph<K> {
  const problems: Problem[] = [];
  const nodes = document.nodes.flatMap((node) => readNode(node, kinds, problems) ?? []);
  const known = new Map(nodes.map((entry) => [entry.node.id, entry]));
  const { parents, sound } = checkNesting(document, kinds, problems);
  const edges = checkEdges(document, { known, kinds, parents }, problems);
  checkRoles(document, { kinds, parents }, problems);
  checkInside(nodes, parents, problems);
  const { undo, named } = checkUndo(document, kinds, problems);
  const built = { nodes, undo, problems };
  const { order, stuck } = topologicalOrder(document.nodes, edges);
  if (stuck.length > 0) {
    problems.push(cycleProblem(stuck, edges, document.nodes));
    return { ...built, levels: null };
  }
  const starts = nodes.filter(({ kind }) => kind.role === 'start');
  const [start] = starts;
  if (!sound || !start || starts.length > 1 || parents.has(start.node.id)) return { ...built, levels: null };
  const reached = reachedFrom(start.node.id, edges);
  for (const { node } of nodes) {
    if (reached.has(node.id) || named.has(node.id)) continue;
    const parent = parents.get(node.id);
    // Inside a container that never runs itself there is nothing more to say.
    if (parent !== undefined && !reached.has(parent)) continue;
    const within = parent === undefined ? '' : ` inside "${known.get(parent)?.node.key}"`;
    const message = `Nothing leads to "${node.key}"${within}, so it never runs.`;
    problems.push({ code: 'unreachable', severity: 'warning', message, nodeId: node.id });
  }
  const ordered = order.flatMap((id) => (reached.has(id) ? (known.get(id) ?? []) : []));
  const outside = ordered.filter(({ node }) => !parents.has(node.id));
  const isEnd = ({ node, kind }: GraphNode) => kind.role === 'end' && !parents.has(node.id);
  if (!outside.some(isEnd) && nodes.some(isEnd)) {
    problems.push({
      code: 'end_unreachable',
      severity: 'error',
      message: 'No way leads from the start to an end: connect the steps.',
    });
  }
  checkOpenHandles(outside, edges, problems);
  checkBodies(ordered, parents, problems);
  return { ...built, levels: levelsOf({ nodes: ordered, edges, parents }) };
}

function readNode<K extends KindSpec>(
  node: WorkflowNode,
  kinds: ReadonlyMap<string, K>,
  problems: Problem[],
): GraphNode<K> | null {
  const kind = kinds.get(node.kind);
  if (!kind) {
    const message = `This program has no node of the kind "${node.kind}".`;
    problems.push({ code: 'unknown_kind', severity: 'error', message, nodeId: node.id });
    return null;
  }
  const parsed = kind.config.safeParse(node.config);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const field = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
      const place = field.length > 0 ? ` (${field.join('.')})` : '';
      const message = `${kind.title}${place}: ${issue.message}.`;
      problems.push({ code: 'config_invalid', severity: 'error', message, nodeId: node.id, field });
    }
    return null;
  }
  const config = parsed.data as JsonValue;
  const handles = kind.handles(config).flatMap(({ id }) => (id === kind.body?.handle ? [] : [id]));
  if (node.settings?.onError === 'handle' && kind.role !== 'end') handles.push(ERROR_HANDLE);
  return { node, kind, config, handles, join: kind.join?.(config) ?? 'all' };
}

interface Surroundings {
  known: ReadonlyMap<string, GraphNode>;
  kinds: ReadonlyMap<string, KindSpec>;
  parents: ReadonlyMap<string, string>;
}

/** The edges between nodes that exist, from handles that do. A node that cannot be read has any handle. */
function checkEdges(
  document: WorkflowDocument,
  { known, kinds, parents }: Surroundings,
  problems: Problem[],
): WorkflowEdge[] {
  const ids = new Map(document.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  return document.edges.filter((edge) => {
    const fault = (code: string, message: string) => {
      problems.push({ code, severity: 'error', message, edgeId: edge.id });
      return false;
    };
    const from = ids.get(edge.from.node);
    const to = ids.get(edge.to.node);
    if (!from || !to) return fault('edge_node', 'A connection leads from or to a step that is not there.');
    const source = known.get(from.id);
    if (source?.kind.role === 'end') {
      return fault('edge_from_end', `"${from.key}" ends the run: nothing can follow it.`);
    }
    const isInward = edge.from.handle === kinds.get(from.kind)?.body?.handle;
    if (source && !isInward && !source.handles.includes(edge.from.handle)) {
      return fault('edge_handle', `"${from.key}" has no way out named "${edge.from.handle}".`);
    }
    if (known.get(to.id)?.kind.role === 'start') {
      return fault('edge_to_start', `"${to.key}" starts the run: nothing can come before it.`);
    }
    if (isInward && parents.get(to.id) !== from.id) {
      const message = `"${edge.from.handle}" of "${from.key}" leads to the steps inside it, and "${to.key}" stands outside: move it in, or connect another way out.`;
      return fault('edge_leaves_body', message);
    }
    if (!isInward && parents.get(to.id) !== parents.get(from.id)) {
      const message = `The connection from "${from.key}" to "${to.key}" crosses the border of a step that holds others: only what stands inside the same step can be connected.`;
      return fault('edge_crosses', message);
    }
    const name = JSON.stringify([from.id, edge.from.handle, to.id]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function cycleProblem(stuck: string[], edges: WorkflowEdge[], nodes: WorkflowNode[]): Problem {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const cycle = cycleAmong(stuck, edges);
  const words = cycle.slice(0, 8).map((id) => keys.get(id));
  const more = cycle.length > 8 ? ' → …' : '';
  return {
    code: 'cycle',
    severity: 'error',
    message: `The steps go round in a circle: ${words.join(' → ')}${more} → ${words[0]}. Remove one of the connections.`,
    nodeId: cycle[0],
  };
}

function reachedFrom(start: string, edges: WorkflowEdge[]): Set<string> {
  const next = Map.groupBy(edges, ({ from }) => from.node);
  const reached = new Set([start]);
  // A set visits what is added to it while it is walked.
  for (const id of reached) for (const { to } of next.get(id) ?? []) reached.add(to.node);
  return reached;
}
