import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import { systemClock } from './clock.ts';
import type { RunState } from './run.ts';

/**
 * A state to begin from: that of a run in which these nodes have finished. `values` by node id, as an earlier run
 * left them. They are not told as events; `RunOptions.given` is for values that should be.
 */
export function stateFrom({
  runId,
  input,
  values,
}: {
  runId: string;
  input: JsonObject;
  values: Readonly<Record<string, { value: JsonValue; handle?: string }>>;
}): RunState {
  return { runId, startedAt: systemClock.now(), input, nodes: { ...values }, steps: 0 };
}

/**
 * The state of a run that has failed, as one that can be tried again: what was taken back is to be done again, and
 * with it all that came after it.
 */
export function retryState({ ending, ...state }: RunState, plan: Plan): RunState {
  if (!ending || ending.again.length === 0) return state;
  const taken = new Set(ending.again);
  const behind = new Set<number>();
  const forgotten = new Set<string>();
  for (const node of plan.nodes) {
    if (!taken.has(node.id) && !node.incoming.some(({ from }) => behind.has(from))) continue;
    behind.add(node.index);
    addWithBody(node, forgotten);
  }
  const nodes = Object.fromEntries(Object.entries(state.nodes).filter(([id]) => !forgotten.has(id)));
  const waiting = state.waiting?.filter(({ nodeId }) => !forgotten.has(nodeId)) ?? [];
  return { ...state, nodes, waiting, tries: (state.tries ?? 0) + 1 };
}

function addWithBody(node: PlanNode, ids: Set<string>): void {
  ids.add(node.id);
  for (const inner of node.body?.nodes ?? []) addWithBody(inner, ids);
}
