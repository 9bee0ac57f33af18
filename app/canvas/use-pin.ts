'use client';
import { useCallback } from 'react';
import { toast } from '#app/ui/toast.ts';
import { useCanvasSession } from './session-context.tsx';
import { findNode } from './system/graph.ts';
import { canPin, isPinned, refusePin } from './system/pins.ts';
import { useEarlierRun } from './use-earlier-run.ts';

/** Pins what a step left behind last, or takes its pin away. */
export function usePin(): (id: string) => Promise<void> {
  const { session } = useCanvasSession();
  const earlierRun = useEarlierRun();

  return useCallback(
    async (id) => {
      const { document, kinds, pins, editable, pin, unpin } = session.canvas.getState();
      const node = findNode(document, id);
      if (!node || !editable) return;
      const action = { label: 'Undo', onClick: () => void session.canvas.getState().undo() };
      if (isPinned(pins, id)) {
        unpin([id]);
        toast(`${node.key} runs again`, { action });
        return;
      }
      if (!canPin(node, kinds)) {
        toast(`${node.key} leaves nothing behind that could be pinned.`);
        return;
      }
      const step = (await earlierRun())?.steps[id];
      if (step?.status !== 'succeeded') {
        session.screen.getState().show({ tab: 'data', unfolded: true });
        toast(`${node.key} has left nothing behind yet: run it, or write a sample on its Data tab.`);
        return;
      }
      const refused = refusePin(step.value, pins);
      if (refused !== null) {
        toast.error(refused);
        return;
      }
      pin({ [id]: step.value });
      toast(`Pinned: runs of the draft use this value of ${node.key}`, { action });
    },
    [session, earlierRun],
  );
}
