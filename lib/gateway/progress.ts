import type { RunEvent } from '#lib/engine/events.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/**
 * Makes the params of `notifications/progress` out of the events of one run; null for an event that says nothing
 * new. A workflow that reports progress itself is taken at its word; of any other, finished steps are counted.
 * Progress never goes back: the specification forbids it.
 */
export function progressOf(
  workflow: LiveWorkflow,
  progressToken: string | number,
): (event: RunEvent) => JsonObject | null {
  const { nodes } = workflow.plan;
  const reports = nodes.some(({ kind }) => kind.needs.includes('progress'));
  let last = Number.NEGATIVE_INFINITY;
  let decided = 0;
  return (event) => {
    if (event.type === 'progress') {
      const { done, total, message } = event;
      if (done <= last) return null;
      last = done;
      return {
        progressToken,
        progress: done,
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      };
    }
    if (reports || (event.type !== 'step.finished' && event.type !== 'step.skipped')) return null;
    decided += 1;
    // The last step is told by the result.
    if (event.type === 'step.skipped' || decided >= nodes.length) return null;
    return { progressToken, progress: decided, total: nodes.length };
  };
}
