'use client';
import { useReactFlow } from '@xyflow/react';
import { useCallback } from 'react';
import { toast } from '#app/ui/toast.ts';
import { useCanvasStore } from './canvas-context.tsx';
import { FIT } from './graph-canvas.tsx';
import { useCanvasSession } from './session-context.tsx';
import type { Point } from './system/geometry.ts';
import { GRID } from './system/geometry.ts';
import { drawnGroup, groupOf } from './system/groups.ts';
import type { Command } from './system/shortcuts.ts';
import { nextEdge } from './system/walk.ts';

const NUDGES: Partial<Record<Command, Point>> = {
  nudgeLeft: { x: -GRID, y: 0 },
  nudgeRight: { x: GRID, y: 0 },
  nudgeUp: { x: 0, y: -GRID },
  nudgeDown: { x: 0, y: GRID },
};
const STRETCHES: Partial<Record<Command, Point>> = {
  narrower: { x: -2 * GRID, y: 0 },
  wider: { x: 2 * GRID, y: 0 },
  lower: { x: 0, y: -2 * GRID },
  higher: { x: 0, y: 2 * GRID },
};

/** What the commands about notes, groups, the view and the places of things do; null for any other command. */
export function useDrawCommands(): (command: Command) => boolean | null {
  const { session } = useCanvasSession();
  const store = useCanvasStore();
  const { fitView } = useReactFlow();

  return useCallback(
    (command) => {
      const canvas = store.getState();
      const { screen } = session;
      const nudge = NUDGES[command];
      if (nudge) return canvas.editable && canvas.nudge(nudge);
      const stretch = STRETCHES[command];
      if (stretch) return canvas.editable && canvas.stretch(stretch);
      const groups = new Set(
        [...canvas.selectedNodes].flatMap((id) => groupOf(canvas.document, id)?.id ?? []),
      );

      switch (command) {
        case 'note':
          if (!canvas.editable) return false;
          canvas.addNote();
          return true;
        case 'group': {
          if (!canvas.editable) return false;
          const refused = canvas.group();
          if (refused !== null) toast(refused, { duration: 2500 });
          return true;
        }
        case 'ungroup':
          if (!canvas.editable || groups.size === 0) return false;
          canvas.ungroup([...groups]);
          return true;
        case 'fold': {
          if (groups.size === 0) return false;
          const fold = ![...groups].every((id) => canvas.folded.has(id));
          for (const id of groups) canvas.fold(id, fold);
          return true;
        }
        case 'extract':
          if (!canvas.editable || canvas.selectedNodes.size === 0) return false;
          screen.setState({ dialog: 'extract' });
          return true;
        case 'find':
          screen.setState({ finding: true });
          // One that is open already is to be typed in.
          document.querySelector<HTMLInputElement>('[data-find]')?.select();
          return true;
        case 'fitSelection': {
          const ids = [
            ...[...canvas.selectedNodes].map((id) => {
              const group = groupOf(canvas.document, id);
              return group && canvas.folded.has(group.id) ? drawnGroup(group.id) : id;
            }),
            ...[...canvas.selectedNotes].map((id) => `note:${id}`),
          ];
          if (ids.length === 0) return false;
          void fitView({ ...FIT, nodes: ids.map((id) => ({ id })), duration: 150 });
          return true;
        }
        case 'pointer':
        case 'hand':
          screen.setState({ hand: command === 'hand' });
          return true;
        case 'edge': {
          const [node = null] = canvas.selectedNodes;
          const [edge = null] = canvas.selectedEdges;
          const next = nextEdge(canvas.document, { node, edge });
          if (next === null) return false;
          canvas.select([], [next]);
          return true;
        }
        case 'open': {
          const [note] = canvas.selectedNotes;
          if (note === undefined || canvas.selectedNodes.size > 0) return null;
          canvas.editNote(note);
          return true;
        }
        default:
          return null;
      }
    },
    [session, store, fitView],
  );
}
