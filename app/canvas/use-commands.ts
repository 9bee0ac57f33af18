'use client';
import { useReactFlow } from '@xyflow/react';
import { useCallback } from 'react';
import { toast } from '#app/ui/toast.ts';
import { isNarrow } from '#app/ui/use-narrow.ts';
import { useCanvasStore } from './canvas-context.tsx';
import { FIT } from './graph-canvas.tsx';
import { openPanel } from './open-panel.ts';
import { usePublishNow } from './publish/use-publish-now.ts';
import { useCanvasSession } from './session-context.tsx';
import type { Command } from './system/shortcuts.ts';
import { useClipboard } from './use-clipboard.ts';
import { useDrawCommands } from './use-draw-commands.ts';
import { usePin } from './use-pin.ts';
import { useRunPart } from './use-run-part.ts';

/** What every command does; false for one that means nothing now. */
export function useCommands(): (command: Command) => boolean {
  const { session } = useCanvasSession();
  // Of the graph that is shown: a past run's is only looked at.
  const store = useCanvasStore();
  const { fitView } = useReactFlow();
  const draw = useDrawCommands();
  const runPart = useRunPart();
  const pin = usePin();

  useClipboard(session);
  const { publish } = usePublishNow();

  return useCallback(
    (command) => {
      const canvas = store.getState();
      const screen = session.screen.getState();
      const selected = [...canvas.selectedNodes];
      const only = selected.length === 1 && canvas.editable ? selected[0] : undefined;

      const tell = (words: string | null, otherwise: string): true => {
        toast(words ?? otherwise, { duration: 1500 });
        return true;
      };

      const drawn = draw(command);
      if (drawn !== null) return drawn;

      switch (command) {
        case 'add':
          canvas.openPalette(null);
          return true;
        case 'search':
          screen.show({ dialog: 'search' });
          return true;
        case 'commands':
          screen.show({ dialog: 'commands' });
          return true;
        case 'help':
          screen.show({ dialog: 'help' });
          return true;
        case 'run':
          screen.show({ dialog: 'run', part: null });
          return true;
        case 'save':
          void session.saver
            .flush()
            .then(({ phase }) =>
              phase.name === 'saved' ? toast('Saved. Every change is.', { duration: 1500 }) : undefined,
            );
          return true;
        case 'publish':
          publish();
          return true;
        case 'undo': {
          const label = canvas.undo();
          return tell(label === null ? null : `Undid: ${label}`, 'Nothing to undo');
        }
        case 'redo': {
          const label = canvas.redo();
          return tell(label === null ? null : `Did again: ${label}`, 'Nothing to do again');
        }
        case 'delete': {
          const count = selected.length;
          const notes = canvas.selectedNotes.size;
          if (count + notes + canvas.selectedEdges.size === 0 || !canvas.editable) return false;
          canvas.deleteSelected();
          if (count + notes > 0) {
            const words = notes === 1 ? 'Note deleted' : `${notes} notes deleted`;
            toast(count === 0 ? words : count === 1 ? 'Step deleted' : `${count} steps deleted`, {
              action: { label: 'Undo', onClick: () => session.canvas.getState().undo() },
            });
          }
          return true;
        }
        // Events of the browser, not of the keyboard: useClipboard takes them.
        case 'copy':
        case 'cut':
        case 'paste':
          return false;
        case 'duplicate':
          if (selected.length + canvas.selectedNotes.size === 0) return false;
          canvas.duplicate(selected);
          return true;
        case 'selectAll':
          canvas.select(
            canvas.document.nodes.map((node) => node.id),
            [],
            canvas.document.notes?.map((note) => note.id),
          );
          return true;
        case 'disable':
          if (selected.length === 0) return false;
          canvas.toggleDisabled(selected);
          return true;
        case 'runStep':
        case 'runTo':
        case 'runFrom':
          if (only === undefined) return false;
          void runPart({ node: only, what: PARTS[command] });
          return true;
        case 'pin':
          if (only === undefined) return false;
          void pin(only);
          return true;
        case 'rename':
          if (only === undefined) return false;
          if (screen.view === 'graph') canvas.startRenaming(only);
          else {
            screen.show({ unfolded: true });
            requestAnimationFrame(focusKey);
          }
          return true;
        case 'replace':
          if (only === undefined) return false;
          canvas.openReplacing(only);
          return true;
        case 'tidy':
          void canvas.tidy();
          return true;
        case 'fit':
          void fitView({ ...FIT, duration: 150 });
          return true;
        case 'left':
        case 'right':
        case 'up':
        case 'down':
          canvas.walk(command);
          return true;
        case 'open':
          screen.show({ unfolded: true });
          // A panel that was folded away is drawn with the next frame.
          if (!openPanel()) requestAnimationFrame(openPanel);
          return true;
        case 'close':
          if (canvas.palette) canvas.closePalette();
          else if (screen.unfolded && isNarrow()) screen.show({ unfolded: false });
          else if (screen.finding) screen.show({ finding: false });
          else if (selected.length + canvas.selectedEdges.size + canvas.selectedNotes.size > 0)
            canvas.select([]);
          else if (screen.panel !== null) screen.show({ panel: null });
          else return false;
          return true;
        case 'list':
          screen.show({ view: screen.view === 'graph' ? 'list' : 'graph' });
          return true;
        case 'runs':
          screen.show({ panel: screen.panel === null ? 'runs' : null });
          return true;
        default:
          return false;
      }
    },
    [session, store, fitView, runPart, pin, draw, publish],
  );
}

const PARTS = { runStep: 'step', runTo: 'to', runFrom: 'from' } as const;

/** Moves the focus to the key of the selected step, in its panel. */
function focusKey(): void {
  document.querySelector<HTMLInputElement>('[data-panel="selection"] [data-key]')?.select();
}
