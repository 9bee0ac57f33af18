'use client';
import { Panel, ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import { createStore } from 'zustand/vanilla';
import { kinds } from '#lib/nodes/index.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { CanvasProvider, type CanvasScope } from './canvas-context.tsx';
import { GraphCanvas } from './graph-canvas.tsx';
import type { RunnerState } from './runner.ts';
import { createCanvasStore } from './store.ts';
import { type RecordedStep, recordedSteps } from './system/recorded-run.ts';
import { startRunView } from './system/run-view.ts';
import type { Checked } from './watch-problems.ts';
import { ZoomBar } from './zoom-bar.tsx';

export interface RunGraphProps {
  /** The document that was run. */
  document: WorkflowDocument;
  /** As the API tells them. */
  steps: readonly RecordedStep[];
  /** Node id of the step that is looked at. */
  selectedStep?: string | null;
  onSelect?: (nodeId: string | null) => void;
}

const NO_PROBLEMS: Checked = { problems: [], byNode: new Map(), errors: 0, contract: null };

/** A past run on its graph, to look at: which way it went, how long each step took, where it failed. */
export function RunGraph({ document, steps, selectedStep = null, onSelect }: RunGraphProps) {
  const scope = useMemo<CanvasScope>(
    () => ({
      canvas: createCanvasStore(document, kinds),
      checked: createStore<Checked>()(() => NO_PROBLEMS),
      runs: createStore<RunnerState>()(() => ({ run: null, waiting: null, failure: null })),
    }),
    [document],
  );

  useEffect(() => {
    scope.runs.setState({ run: { ...startRunView('shown'), steps: recordedSteps(steps) } });
  }, [scope, steps]);

  useEffect(() => {
    scope.canvas.getState().select(selectedStep === null ? [] : [selectedStep]);
  }, [scope, selectedStep]);

  useEffect(
    () =>
      scope.canvas.subscribe((now, before) => {
        if (now.selectedNodes === before.selectedNodes) return;
        const [node = null] = now.selectedNodes;
        if (node !== selectedStep) onSelect?.(node);
      }),
    [scope, selectedStep, onSelect],
  );

  return (
    <CanvasProvider value={scope}>
      <ReactFlowProvider>
        <GraphCanvas>
          <Panel position="bottom-right">
            <ZoomBar minimap={false} />
          </Panel>
        </GraphCanvas>
      </ReactFlowProvider>
    </CanvasProvider>
  );
}
