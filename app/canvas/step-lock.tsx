'use client';
import { PencilLine } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { CanvasProvider, type CanvasScope, useCanvas, useCanvasScope } from './canvas-context.tsx';
import { useLive } from './session-context.tsx';
import { editorOf, nameOf } from './system/people.ts';

/** The form of a step. While somebody else types in it, it is for reading, unless one wants to all the same. */
export function StepLock({ id, children }: { id: string; children: ReactNode }) {
  const outer = useCanvasScope();
  const editable = useCanvas((state) => state.editable);
  const editor = useLive((state) => editorOf(state.others, id));
  // Whoever is typing already goes on.
  const mine = useLive((state) => state.editing === id);
  const [despite, setDespite] = useState<string | null>(null);
  const free = mine || despite === editor?.window;
  const locked = editor !== null && editable && !free;
  const scope = useMemo((): CanvasScope => (locked ? readOnly(outer) : outer), [locked, outer]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div role="status">
        {editor !== null && editable && (
          <p className="flex min-h-10 items-center gap-2 border-line border-b bg-warning-soft px-3 py-1.5 text-12">
            <PencilLine size={14} aria-hidden className="shrink-0" />
            <span className="min-w-0 flex-1">
              {editor.you
                ? 'You are editing this step in another window'
                : `${nameOf(editor)} is editing this step`}
              {locked ? '.' : ', too. What you both change is merged.'}
            </span>
            {locked && (
              <Button size="small" onClick={() => setDespite(editor.window)}>
                Edit anyway
              </Button>
            )}
          </p>
        )}
      </div>
      <div className="min-h-0 flex-1">
        <CanvasProvider value={scope}>{children}</CanvasProvider>
      </div>
    </div>
  );
}

/** The same canvas, as for somebody who may only look. */
function readOnly(scope: CanvasScope): CanvasScope {
  const { canvas } = scope;
  return { ...scope, canvas: { ...canvas, getState: () => ({ ...canvas.getState(), editable: false }) } };
}
