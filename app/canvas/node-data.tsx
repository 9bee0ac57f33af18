'use client';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Button } from '#app/ui/button.tsx';
import { duration } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { useScreen } from './session-context.tsx';
import { UpstreamData } from './upstream-data.tsx';
import { useSampleRun } from './use-samples.ts';

/** The data around a step: what it may read, and what it left behind in the last run. */
export function NodeData({ node }: { node: WorkflowNode }) {
  const step = useSampleRun()?.steps[node.id];
  const show = useScreen((state) => state.show);
  return (
    <div className="flex flex-col gap-5 p-4">
      <section aria-label="Output of this step">
        <h3 className="mb-2 flex items-center gap-2 font-medium">
          Output
          {step && (
            <Status status={step.status === 'waiting' ? 'suspended' : step.status} className="text-12">
              {step.durationMs === null ? undefined : duration(step.durationMs)}
            </Status>
          )}
        </h3>
        {step?.error && <p className="mb-2 text-danger-ink">{step.error.message}</p>}
        {step?.status === 'succeeded' && <JsonTree value={step.value} path={`steps.${node.key}`} />}
        {!step && (
          <div className="flex items-center justify-between gap-2 text-muted">
            It has not run yet.
            <Button size="small" onClick={() => show({ dialog: 'run' })}>
              Run the draft
            </Button>
          </div>
        )}
      </section>
      <section aria-label="Data it may read">
        <h3 className="mb-2 font-medium">Data before this step</h3>
        <UpstreamData nodeId={node.id} />
      </section>
    </div>
  );
}
