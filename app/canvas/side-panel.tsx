'use client';
import { useCanvas } from './canvas-context.tsx';
import { NodePanel } from './node-panel.tsx';
import { PastRunPanel } from './past-run-panel.tsx';
import { PinnedBanner } from './pinned-banner.tsx';
import { SelectionPanel } from './selection-panel.tsx';
import { useIsPast } from './shown-canvas.tsx';
import { StepLock } from './step-lock.tsx';
import type { Command } from './system/shortcuts.ts';
import { WorkflowPanel } from './workflow-panel.tsx';

/** What the panel at the right holds: the selected step or steps, else the workflow, or the past run that is shown. */
export function SidePanel({ run }: { run: (command: Command) => boolean }) {
  const past = useIsPast();
  const several = useCanvas((state) => state.selectedNodes.size > 1);
  const selected = useCanvas((state) =>
    state.selectedNodes.size === 1 ? ([...state.selectedNodes][0] ?? null) : null,
  );
  if (several) return <SelectionPanel />;
  if (selected !== null) {
    return (
      <StepLock key={selected} id={selected}>
        <NodePanel id={selected} run={run} />
      </StepLock>
    );
  }
  if (past) return <PastRunPanel />;
  return (
    <>
      <div className="p-3 pb-0 empty:hidden">
        <PinnedBanner />
      </div>
      <WorkflowPanel />
    </>
  );
}
