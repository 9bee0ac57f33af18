import type { ErrorRecord } from '#lib/engine/events.ts';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { goesOn } from './goes-on.ts';
import type { RunView } from './run-view.ts';

/** Why a step failed in a run, while its config is still the one that ran; null when it did not. */
export function failureOf(run: RunView | null, node: WorkflowNode): ErrorRecord | null {
  const step = run?.steps[node.id];
  if (step?.status !== 'failed' || !step.error || goesOn(node)) return null;
  const ran = run?.made?.document.nodes.find(({ id }) => id === node.id);
  const same =
    ran && (ran.config === node.config || JSON.stringify(ran.config) === JSON.stringify(node.config));
  return same ? step.error : null;
}

/** A failure of a run, as the form shows it: at its field, when the error names one. */
export function problemOfRun(error: ErrorRecord): Problem {
  const { field, start, end } = error.details ?? {};
  const path = Array.isArray(field)
    ? field.filter((one) => typeof one === 'string' || typeof one === 'number')
    : [];
  return {
    code: 'run_failed',
    severity: 'warning',
    message: `In the last run: ${error.message}`,
    ...(error.nodeId !== undefined && { nodeId: error.nodeId }),
    ...(path.length > 0 && { field: path }),
    ...(typeof start === 'number' && typeof end === 'number' && { start, end }),
  };
}
