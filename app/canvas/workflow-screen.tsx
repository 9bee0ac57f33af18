'use client';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useState } from 'react';
import type { Workflow } from '#app/data/types.ts';
import { toast } from '#app/ui/toast.ts';
import { kinds } from '#lib/nodes/index.ts';
import { CanvasLayout } from './canvas-layout.tsx';
import { canvasServer } from './server.ts';
import { openSession, type Session } from './session.ts';
import { SessionProvider } from './session-context.tsx';
import { ShownCanvas } from './shown-canvas.tsx';
import type { Pins } from './system/pins.ts';

/** A workflow, opened for drawing. `workflow` is as it was loaded; from there on the session owns the document. */
export function WorkflowScreen({
  project,
  workflow,
  pins,
  env,
  editable,
}: {
  /** Slug. */
  project: string;
  workflow: Workflow;
  /** As they were loaded, by node id. */
  pins: Pins;
  /** Names of the project's environment values. */
  env: readonly string[];
  editable: boolean;
}) {
  const [session, setSession] = useState<Session | null>(null);
  // Opened once per workflow: what is loaded again later is news about versions, not another draft.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const opened = openSession({
      workflowId: workflow.id,
      loaded: {
        revision: workflow.revision,
        document: workflow.document,
        savedBy: workflow.savedBy,
        savedAt: workflow.updatedAt,
      },
      pins,
      pinsFailed: (message) => toast.error(message),
      kinds,
      env,
      editable,
      server: canvasServer(project, workflow.id),
    });
    setSession(opened);
    return opened.close;
  }, [project, workflow.id, editable]);

  if (!session) return null;
  return (
    <SessionProvider value={{ session, project, workflow }}>
      <ShownCanvas>
        <ReactFlowProvider>
          <CanvasLayout />
        </ReactFlowProvider>
      </ShownCanvas>
    </SessionProvider>
  );
}
