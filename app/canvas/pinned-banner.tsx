'use client';
import { Pin } from 'lucide-react';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { pinnedSteps } from './system/pins.ts';

/** Which steps of a run of the draft do not run, because their values are pinned; nothing when none is. */
export function PinnedBanner() {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const pins = useCanvas((state) => state.pins);
  const editable = useCanvas((state) => state.editable);
  const steps = pinnedSteps(document, pins);
  if (steps.length === 0) return null;
  const unpin = (): void => {
    store.getState().unpin(steps.map(({ id }) => id));
    toast(steps.length === 1 ? 'The step runs again' : `${steps.length} steps run again`, {
      action: { label: 'Undo', onClick: () => void store.getState().undo() },
    });
  };
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-sunken p-2 text-12">
      <Pin size={14} aria-hidden className="mt-0.5 shrink-0 text-accent-ink" />
      <p className="min-w-0 flex-1">
        {count(steps.length, 'step')} {steps.length === 1 ? 'gives' : 'give'} pinned data:{' '}
        <span className="break-words font-mono">{steps.map(({ key }) => key).join(', ')}</span>. Calls of
        clients never use it.
      </p>
      {editable && (
        <Button size="small" onClick={unpin}>
          {steps.length === 1 ? 'Unpin' : 'Unpin all'}
        </Button>
      )}
    </div>
  );
}
