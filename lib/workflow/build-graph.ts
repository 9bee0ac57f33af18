import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { cycleAmong, type Graph, type GraphNode, topologicalOrder } from './graph.ts';
import type { JsonValue } from './json.ts';
import type { KindSpec } from './kind.ts';
import type { Problem } from './problem.ts';

/** The handle the compiler adds to a node that takes its errors somewhere. */
const ERROR_HANDLE = 'error';

export interface BuiltGraph<K extends KindSpec> {
  /** Every node whose kind is known and whose config fits, in document order. */
  nodes: GraphNode<K>[];
  /** What a run can reach, by edges that exist; null when the edges make a cycle or there is no one start. */
  graph: Graph<K> | null;
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
  const edges = checkEdges(document, known, problems);
  checkRoles(document, kinds, problems);
  checkParents(document, problems);
  const { order, stuck } = topologicalOrder(document.nodes, edges);
  if (stuck.length > 0) {
    problems.push(cycleProblem(stuck, edges, document.nodes));
    return { nodes, graph: null, problems };
  }
  const starts = nodes.filter(({ kind }) => kind.role === 'start');
  if (starts.length !== 1) return { nodes, graph: null, problems };
  const reached = reachedFrom(starts[0]!.node.id, edges);
  for (const { node } of nodes) {
    if (reached.has(node.id)) continue;
    const message = `Nothing leads to "${node.key}", so it never runs.`;
    problems.push({ code: 'unreachable', severity: 'warning', message, nodeId: node.id });
  }
  const ordered = order.flatMap((id) => (reached.has(id) ? (known.get(id) ?? []) : []));
  if (!ordered.some(({ kind }) => kind.role === 'end') && nodes.some(({ kind }) => kind.role === 'end')) {
    problems.push({
      code: 'end_unreachable',
      severity: 'error',
      message: 'No way leads from the start to an end: connect the steps.',
    });
  }
  checkOpenHandles(ordered, edges, problems);
  return { nodes, graph: graphOf(ordered, edges), problems };
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
  const handles = kind.handles(config).map(({ id }) => id);
  if (node.settings?.onError === 'handle' && kind.role !== 'end') handles.push(ERROR_HANDLE);
  return { node, kind, config, handles };
}

/** The edges between nodes that exist, from handles that do. A node that cannot be read has any handle. */
function checkEdges(
  document: WorkflowDocument,
  known: ReadonlyMap<string, GraphNode>,
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
    if (source && !source.handles.includes(edge.from.handle)) {
      return fault('edge_handle', `"${from.key}" has no way out named "${edge.from.handle}".`);
    }
    if (known.get(to.id)?.kind.role === 'start') {
      return fault('edge_to_start', `"${to.key}" starts the run: nothing can come before it.`);
    }
    const name = JSON.stringify([from.id, edge.from.handle, to.id]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function checkRoles(
  document: WorkflowDocument,
  kinds: ReadonlyMap<string, KindSpec>,
  problems: Problem[],
): void {
  const having = (role: KindSpec['role']) =>
    document.nodes.filter(({ kind }) => kinds.get(kind)?.role === role);
  const starts = having('start');
  if (starts.length === 0) {
    problems.push({ code: 'no_start', severity: 'error', message: 'The workflow has no start: add one.' });
  }
  for (const { id } of starts.slice(1)) {
    const message = 'A workflow has one start: remove this one.';
    problems.push({ code: 'several_starts', severity: 'error', message, nodeId: id });
  }
  const ends = having('end');
  if (ends.length === 0) {
    const message = 'The workflow has no end, so the caller gets no answer: add one.';
    problems.push({ code: 'no_end', severity: 'error', message });
  }
  for (const { id, key, settings } of [...starts, ...ends]) {
    if (!settings?.disabled) continue;
    const message = `"${key}" cannot be disabled: a start or an end is always needed. Remove it instead.`;
    problems.push({ code: 'role_disabled', severity: 'error', message, nodeId: id });
  }
}

/** No kind holds a body of other nodes yet, so that every parent is one too many. */
function checkParents({ nodes }: WorkflowDocument, problems: Problem[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const { id, key, parent } of nodes) {
    if (parent === undefined) continue;
    const holder = byId.get(parent);
    const why = holder ? `"${holder.key}" cannot hold other steps` : 'the step around it is not there';
    problems.push({
      code: holder ? 'parent_no_container' : 'parent_missing',
      severity: 'error',
      message: `"${key}" stands inside another step, but ${why}: move it out.`,
      nodeId: id,
    });
  }
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

/** Where a run would end without an answer. */
function checkOpenHandles(nodes: GraphNode[], edges: WorkflowEdge[], problems: Problem[]): void {
  const used = new Set(edges.map(({ from }) => JSON.stringify([from.node, from.handle])));
  for (const { node, handles } of nodes) {
    if (handles.length < 2) continue;
    for (const handle of handles) {
      if (used.has(JSON.stringify([node.id, handle]))) continue;
      const message = `Nothing follows "${handle}" of "${node.key}": a run that goes this way ends without an answer.`;
      problems.push({ code: 'handle_open', severity: 'warning', message, nodeId: node.id });
    }
  }
}

function graphOf<K extends KindSpec>(nodes: GraphNode<K>[], edges: WorkflowEdge[]): Graph<K> {
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
