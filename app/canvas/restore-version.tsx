'use client';
import { useEffect, useState } from 'react';
import { useVersion } from '#app/data/use-version.ts';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { keepReplaced, lastingStorage, replacedDrafts } from './system/replaced-drafts.ts';
import { keptAt, readSide, versionOf } from './versions/sides.ts';

/**
 * Makes a version the draft, as the address of the screen asked: in a step that can be undone, and with the draft that
 * was there kept in this browser.
 */
export function RestoreVersion() {
  const { project, workflow, session } = useCanvasSession();
  const editable = useCanvas((state) => state.editable);
  // Whatever is done next writes the address anew, without it.
  const [wanted, setWanted] = useState(() =>
    readSide(new URLSearchParams(window.location.search).get('restore')),
  );
  const { data, error } = useVersion(project, workflow.id, editable ? versionOf(wanted) : null);

  useEffect(() => {
    const at = keptAt(wanted);
    const found =
      at === null
        ? (data?.document as WorkflowDocument | undefined)
        : replacedDrafts(lastingStorage(), workflow.id).find((draft) => draft.at === at)?.document;
    if (!editable || wanted === null || !found) return;
    setWanted(null);
    const words = at === null ? wanted : 'the kept draft';
    const { document, replace, undo } = session.canvas.getState();
    const kept = keepReplaced(lastingStorage(), workflow.id, { at: Date.now(), by: words, document });
    replace(found, `Restore ${words}`);
    const query = new URLSearchParams(window.location.search);
    query.delete('restore');
    const rest = query.size === 0 ? '' : `?${query}`;
    window.history.replaceState(window.history.state, '', `${window.location.pathname}${rest}`);
    toast.success(`The draft is ${words} again`, {
      ...(kept && { description: 'The draft before it stands under Versions.' }),
      duration: 8000,
      action: { label: 'Undo', onClick: () => undo() },
    });
  }, [wanted, data, editable, session, workflow.id]);

  useEffect(() => {
    if (error && wanted !== null) toast.error(error.message);
  }, [error, wanted]);
  return null;
}
