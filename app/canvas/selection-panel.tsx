'use client';
import { Ban, CopyPlus, Trash2, WandSparkles, Workflow } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { ArrangeSelection } from './arrange-selection.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { useScreen } from './session-context.tsx';

/** Several steps selected: what can be done with all of them. */
export function SelectionPanel() {
  const store = useCanvasStore();
  const show = useScreen((state) => state.show);
  const editable = useCanvas((state) => state.editable);
  const document = useCanvas((state) => state.document);
  const selected = useCanvas((state) => state.selectedNodes);
  const steps = document.nodes.filter((node) => selected.has(node.id));
  const ids = steps.map((node) => node.id);
  return (
    <div className="flex flex-col gap-3 p-4">
      <h2 className="font-medium text-14">{steps.length} steps selected</h2>
      {editable && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => void store.getState().tidy()}>
            <WandSparkles aria-hidden /> Tidy
          </Button>
          <Button onClick={() => store.getState().duplicate(ids)}>
            <CopyPlus aria-hidden /> Duplicate
          </Button>
          <Button onClick={() => store.getState().toggleDisabled(ids)}>
            <Ban aria-hidden /> {steps.every((node) => node.settings?.disabled) ? 'Enable' : 'Disable'}
          </Button>
          <Button onClick={() => show({ dialog: 'extract' })}>
            <Workflow aria-hidden /> Make a workflow
          </Button>
          <Button variant="danger" onClick={() => store.getState().deleteSelected()}>
            <Trash2 aria-hidden /> Delete
          </Button>
        </div>
      )}
      {editable && <ArrangeSelection />}
      <ul className="font-mono text-12 text-muted">
        {steps.map((node) => (
          <li key={node.id}>
            <button
              type="button"
              className="h-6 hover:text-ink"
              onClick={() => store.getState().select([node.id])}
            >
              {node.key}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
