'use client';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, useStore } from '@xyflow/react';
import { Plus, Trash2 } from 'lucide-react';
import { memo } from 'react';
import { ERROR_HANDLE } from '#lib/workflow/step-face.ts';
import { useCanvas, useRun } from './canvas-context.tsx';
import type { StepEdge as StepEdgeType } from './system/flow.ts';
import { findNode } from './system/graph.ts';
import type { RunView } from './system/run-view.ts';

/** Below this zoom the buttons on an edge are a few pixels: nobody hits them, and a large graph has hundreds. */
const NEAR = 0.3;

/** How a run went along an edge. */
function flowAlong(run: RunView | null, source: string, handle: string, target: string, handled: boolean) {
  const before = run?.steps[source];
  const after = run?.steps[target];
  if (!before || before.status === 'running') return undefined;
  if (before.status === 'skipped' || (before.handle !== null && before.handle !== handle)) return 'dead';
  if (handled && (handle === ERROR_HANDLE) !== (before.status === 'failed')) return 'dead';
  if (after?.status === 'running') return 'running';
  return after ? 'taken' : undefined;
}

/** The order of two steps, with a "+" in its middle to put another between them. */
export const StepEdge = memo(function StepEdge(props: EdgeProps<StepEdgeType>) {
  const { id, source, target, sourceHandleId, selected } = props;
  const editable = useCanvas((state) => state.editable);
  const near = useStore(({ transform: [, , zoom] }) => zoom >= NEAR);
  const over = useCanvas((state) => state.dropEdge === id);
  const openPalette = useCanvas((state) => state.openPalette);
  const deleteEdge = useCanvas((state) => state.deleteEdge);
  const handled = useCanvas((state) => findNode(state.document, source)?.settings?.onError === 'handle');
  const flow = useRun((state) => flowAlong(state.run, source, sourceHandleId ?? 'out', target, handled));
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={24}
        data-flow={flow}
        data-over={over ? '' : undefined}
      />
      {editable && near && (
        <EdgeLabelRenderer>
          <div
            className="nodrag nopan pointer-events-auto absolute flex gap-1"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            <button
              type="button"
              tabIndex={-1}
              aria-label="Insert a step here"
              title="Insert a step here"
              className="grid size-5 place-items-center rounded-sm border border-line-strong bg-surface text-muted hover:border-accent hover:text-accent-ink"
              onClick={(event) => openPalette({ onEdge: id }, { x: event.clientX, y: event.clientY })}
            >
              <Plus size={12} aria-hidden />
            </button>
            {selected && (
              <button
                type="button"
                tabIndex={-1}
                aria-label="Disconnect"
                title="Disconnect"
                className="grid size-5 place-items-center rounded-sm border border-line-strong bg-surface text-muted hover:border-danger hover:text-danger-ink"
                onClick={() => deleteEdge(id)}
              >
                <Trash2 size={12} aria-hidden />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
