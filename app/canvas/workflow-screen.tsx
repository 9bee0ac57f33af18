'use client';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useState } from 'react';
import type { Workflow } from '#app/data/types.ts';
import { CanvasLayout } from './canvas-layout.tsx';
import { type Painted, paintWorkflow, whenSeen } from './painted.ts';
import type { Session } from './session.ts';
import { ScreenProvider, SessionProvider } from './session-context.tsx';
import { ShownCanvas } from './shown-canvas.tsx';
import type { Pins } from './system/pins.ts';
import type { Workbench } from './workbench.ts';

/**
 * A workflow, opened for drawing. `workflow` is as it was loaded; from there on the session owns the document. The
 * graph is painted first; what edits and checks it is loaded when it is seen.
 */
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
  const [painted, setPainted] = useState<Painted | null>(null);
  const [opened, setOpened] = useState<{ session: Session; bench: Workbench } | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);

  // Opened once per workflow: what is loaded again later is news about versions, not another draft.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const now = paintWorkflow(workflow);
    setPainted(now);
    return () => {
      setPainted(null);
      now.close();
    };
  }, [project, workflow.id, editable]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: see above; `attempt` asks for it again
  useEffect(() => {
    if (!painted) return;
    let gone = false;
    let session: Session | null = null;
    const load = async (): Promise<void> => {
      await whenSeen(painted.canvas, painted.screen);
      if (gone) return;
      const { workbench } = await import('./workbench.ts');
      if (gone) return;
      session = workbench.open(painted, { project, workflow, pins, env, editable });
      setOpened({ session, bench: workbench });
    };
    setFailed(false);
    load().catch(() => setFailed(true));
    return () => {
      gone = true;
      session?.close();
      setOpened(null);
    };
  }, [painted, attempt]);

  if (!painted) return null;
  return (
    <ScreenProvider value={painted.screen}>
      <SessionProvider value={opened && { session: opened.session, project, workflow }}>
        <ShownCanvas draft={opened?.session ?? painted}>
          <ReactFlowProvider>
            <CanvasLayout
              project={project}
              bench={opened?.bench ?? null}
              failed={failed}
              onRetry={() => setAttempt(attempt + 1)}
            />
          </ReactFlowProvider>
        </ShownCanvas>
      </SessionProvider>
    </ScreenProvider>
  );
}
