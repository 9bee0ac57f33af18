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

function checkRoles(
  document: WorkflowDocument,
  { kinds, parents }: Pick<Surroundings, 'kinds' | 'parents'>,
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
  if (ends.every(({ id }) => parents.has(id))) {
    const message = 'The workflow has no end, so the caller gets no answer: add one.';
    problems.push({ code: 'no_end', severity: 'error', message });
  }
  for (const { id, key, settings } of [...starts, ...ends]) {
    if (!settings?.disabled) continue;
    const message = `"${key}" cannot be disabled: a start or an end is always needed. Remove it instead.`;
    problems.push({ code: 'role_disabled', severity: 'error', message, nodeId: id });
  }
}

/** What may not stand inside a container, what may only stand there, and what a container cannot be told. */
function checkInside(
  nodes: readonly GraphNode[],
  parents: ReadonlyMap<string, string>,
  problems: Problem[],
): void {
  for (const { node, kind, config } of nodes) {
    const { id, key, settings } = node;
    const fault = (code: string, message: string) =>
      problems.push({ code, severity: 'error', message, nodeId: id });
    const isInside = parents.has(id);
    if (isInside && kind.role === 'start') {
      fault('start_inside', `"${key}" starts the run, and so cannot stand inside a step: move it out.`);
    }
    if (isInside && kind.contractOutput) {
      const message = `"${key}" gives the answer of the whole run, and so cannot stand inside a step that runs it many times: move it out.`;
      fault('output_inside', message);
    }
    if (!isInside && kind.insideOnly?.(config)) {
      fault(
        'outside_container',
        `"${key}" has a meaning only inside a step that holds others, such as For each.`,
      );
    }
    if (kind.body && (settings?.retry?.attempts ?? 1) > 1) {
      const message = `"${key}" is not tried again as a whole, or finished steps would run twice: give the steps inside it their own retries.`;
      fault('container_retry', message);
    }
  }
}

/** Containers whose items pass through nothing. */
function checkBodies(
  reached: readonly GraphNode[],
  parents: ReadonlyMap<string, string>,
  problems: Problem[],
): void {
  const filled = new Set(reached.map(({ node }) => parents.get(node.id)));
  for (const { node, kind } of reached) {
    if (!kind.body || filled.has(node.id)) continue;
    const message = `No step runs inside "${node.key}": put steps into it and connect "${kind.body.handle}" to the first.`;
    problems.push({ code: 'container_empty', severity: 'warning', message, nodeId: node.id });
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

/** Where a run would end without an answer. Inside a container a way may end anywhere: the item is done then. */
function checkOpenHandles(nodes: readonly GraphNode[], edges: WorkflowEdge[], problems: Problem[]): void {
  const used = new Set(edges.map(({ from }) => JSON.stringify([from.node, from.handle])));
  for (const { node, kind, config, handles } of nodes) {
    if (handles.length < 2) continue;
    const labels = new Map(kind.handles(config).map(({ id, label }) => [id, label]));
    for (const handle of handles) {
      if (used.has(JSON.stringify([node.id, handle]))) continue;
      const message = `Nothing follows "${labels.get(handle) ?? handle}" of "${node.key}": a run that goes this way ends without an answer.`;
      problems.push({ code: 'handle_open', severity: 'warning', message, nodeId: node.id });
    }
  }
}
