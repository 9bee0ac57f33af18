import type { PlanNode } from '#lib/workflow/plan.ts';

const known = new WeakMap<PlanNode, readonly number[]>();

/**
 * Indexes of the nodes from which every way leads to this one, which waits for the first of them: when one has come,
 * the others run for nothing. `nodes` is in topological order.
 */
export function rivalsFor(merge: PlanNode, nodes: readonly PlanNode[]): readonly number[] {
  let found = known.get(merge);
  if (!found) {
    const only = new Set([merge.index]);
    for (let index = merge.index - 1; index >= 0; index--) {
      const { outgoing } = nodes[index]!;
      if (outgoing.length > 0 && outgoing.every(({ to }) => only.has(to))) only.add(index);
    }
    only.delete(merge.index);
    found = [...only];
    known.set(merge, found);
  }
  return found;
}
