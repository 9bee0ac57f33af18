import type { Plan, PlanNode } from '#lib/workflow/plan.ts';

/** What of a plan may make a run wait. */
interface Waits {
  /** A step that asks. */
  asks: boolean;
  /** A step that calls a service: with an account of the caller's own, which may have to be connected first. */
  calls: boolean;
}

const known = new WeakMap<Plan, Waits>();

/** Whether a run of this plan may be suspended. `asksCallers`: the project has connections to accounts of callers. */
export function mayWait(plan: Plan, { asksCallers }: { asksCallers: boolean }): boolean {
  let waits = known.get(plan);
  if (waits === undefined) {
    waits = {
      asks: some(plan.nodes, ({ kind }) => kind.waits === true),
      calls: some(plan.nodes, ({ kind }) => CALLING.some((name) => kind.needs.includes(name))),
    };
    known.set(plan, waits);
  }
  return waits.asks || (asksCallers && waits.calls);
}

const CALLING = ['http', 'mcp', 'workflows'] as const;

function some(nodes: readonly PlanNode[], is: (node: PlanNode) => boolean): boolean {
  return nodes.some((node) => is(node) || (node.body !== null && some(node.body.nodes, is)));
}
