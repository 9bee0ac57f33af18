import type { WorkflowDocument, WorkflowEdge } from './document.ts';
import type { GraphNode } from './graph.ts';
import type { KindSpec } from './kind.ts';
import type { Problem } from './problem.ts';

/** One start, and an end, outside of all containers. */
export function checkRoles(
  document: WorkflowDocument,
  { kinds, parents }: { kinds: ReadonlyMap<string, KindSpec>; parents: ReadonlyMap<string, string> },
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
export function checkInside(
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
export function checkBodies(
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

/** Where a run would end without an answer. Inside a container a way may end anywhere: the item is done then. */
export function checkOpenHandles(
  nodes: readonly GraphNode[],
  edges: WorkflowEdge[],
  problems: Problem[],
): void {
  const used = new Set(edges.map(({ from }) => JSON.stringify([from.node, from.handle])));
  for (const { node, kind, config, handles } of nodes) {
    if (handles.length < 2) continue;
    const known = new Map(kind.handles(config).map((handle) => [handle.id, handle]));
    for (const handle of handles) {
      if (known.get(handle)?.optional || used.has(JSON.stringify([node.id, handle]))) continue;
      const message = `Nothing follows "${known.get(handle)?.label ?? handle}" of "${node.key}": a run that goes this way ends without an answer.`;
      problems.push({ code: 'handle_open', severity: 'warning', message, nodeId: node.id });
    }
  }
}
