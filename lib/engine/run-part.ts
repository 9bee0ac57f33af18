import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import { StepError } from './errors.ts';

/** The part of a plan that a run is bounded to. By node id. */
export interface RunPart {
  nodes: ReadonlySet<string>;
  /** The containers around the last node: of each, one item is enough. */
  around: ReadonlySet<string>;
}

/** A node, and what must come before it. Throws StepError `UNTIL` when no way leads to such a node. */
export function partUntil(plan: Plan, id: string): RunPart {
  const part = { nodes: new Set<string>(), around: new Set<string>() };
  if (!collect(plan.nodes, id, part)) {
    throw new StepError('UNTIL', 'The run should end at a step that no way leads to: connect it first.');
  }
  return part;
}

function collect(
  nodes: readonly PlanNode[],
  id: string,
  part: { nodes: Set<string>; around: Set<string> },
): boolean {
  for (const node of nodes) {
    const inside = node.id !== id && node.body !== null && collect(node.body.nodes, id, part);
    if (node.id !== id && !inside) continue;
    if (inside) part.around.add(node.id);
    addBefore(nodes, node.index, part.nodes);
    part.nodes.add(node.id);
    if (!inside) addBody(node, part.nodes);
    return true;
  }
  return false;
}

function addBefore(nodes: readonly PlanNode[], index: number, found: Set<string>): void {
  for (const { from } of nodes[index]!.incoming) {
    const node = nodes[from]!;
    if (found.has(node.id)) continue;
    found.add(node.id);
    addBody(node, found);
    addBefore(nodes, from, found);
  }
}

function addBody(node: PlanNode, found: Set<string>): void {
  for (const inner of node.body?.nodes ?? []) {
    found.add(inner.id);
    addBody(inner, found);
  }
}
