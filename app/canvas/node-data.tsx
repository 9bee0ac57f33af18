'use client';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { NodeOutput } from './node-output.tsx';
import { UpstreamData } from './upstream-data.tsx';

/** The data around a step: what it left behind in the last run, or is pinned to, and what it may read. */
export function NodeData({ node }: { node: WorkflowNode }) {
  return (
    <div className="flex flex-col gap-5 p-4">
      <NodeOutput node={node} />
      <section aria-label="Data it may read">
        <h3 className="mb-2 font-medium">Data before this step</h3>
        <UpstreamData nodeId={node.id} />
      </section>
    </div>
  );
}
