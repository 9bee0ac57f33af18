import type { Plan, PlanNode } from '#lib/workflow/plan.ts';

const known = new WeakMap<Plan, boolean>();

/** Whether a run of this plan may be suspended. */
export function mayWait(plan: Plan): boolean {
  let waits = known.get(plan);
  if (waits === undefined) {
    waits = plan.nodes.some(nodeMayWait);
    known.set(plan, waits);
  }
  return waits;
}

function nodeMayWait({ kind, body }: PlanNode): boolean {
  return kind.waits === true || (body?.nodes.some(nodeMayWait) ?? false);
}
