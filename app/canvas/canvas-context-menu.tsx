'use client';
import { useReactFlow } from '@xyflow/react';
import { useEffect, useState } from 'react';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { noteId } from './system/flow-drawn.ts';
import type { Point } from './system/geometry.ts';
import { groupId } from './system/groups.ts';
import { type Command, keysOf, SHORTCUTS } from './system/shortcuts.ts';
import { useKeyCaps } from './use-key-caps.ts';

/** What the menu is about. The menu of a step is a part of its own. */
type Subject = { type: 'canvas' } | { type: 'edge' | 'note' | 'group'; id: string };

interface Opened {
  at: Point;
  subject: Subject;
}

/** The menu of the canvas, of an edge, a note or a group: by a right click, or by the menu key. */
export function CanvasContextMenu({ run }: { run: (command: Command) => boolean }) {
  const store = useCanvasStore();
  const flow = useReactFlow();
  const [opened, setOpened] = useState<Opened | null>(null);
  const editable = useCanvas((state) => state.editable);
  const caps = useKeyCaps();
  const keyCapsOf = (command: Command): string => caps(keysOf(command));

  useEffect(() => {
    const open = (event: MouseEvent): void => {
      const { target } = event;
      if (!(target instanceof Element) || event.defaultPrevented || target.closest('input, textarea')) return;
      if (!target.closest('.react-flow')) return;
      const subject = subjectAt(target, store.getState().selectedEdges);
      if (!subject) return;
      event.preventDefault();
      const state = store.getState();
      if (subject.type === 'edge') state.select([], [subject.id]);
      else if (subject.type === 'note') state.selectNotes([subject.id]);
      else if (subject.type === 'group') state.selectGroup(subject.id);
      const box = target.getBoundingClientRect();
      const byKey = event.clientX === 0 && event.clientY === 0;
      setOpened({
        subject,
        at: byKey ? { x: box.x + 16, y: box.y + 16 } : { x: event.clientX, y: event.clientY },
      });
    };
    window.addEventListener('contextmenu', open);
    return () => window.removeEventListener('contextmenu', open);
  }, [store]);

  const at = opened?.at ?? { x: 0, y: 0 };
  const subject = opened?.subject;
  return (
    <DropdownMenu open={opened !== null} onOpenChange={(open) => !open && setOpened(null)}>
      <DropdownMenuTrigger asChild>
        <span
          aria-hidden
          tabIndex={-1}
          className="pointer-events-none fixed size-0"
          style={{ left: at.x, top: at.y }}
        />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="start"
        sideOffset={0}
        aria-label={`Menu of the ${subject?.type ?? 'canvas'}`}
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        {subject?.type === 'canvas' && (
          <>
            {editable && (
              <>
                <DropdownMenuItem
                  keys={keyCapsOf('add')}
                  onSelect={() =>
                    store.getState().openPalette({ at: flow.screenToFlowPosition(at) }, { x: at.x, y: at.y })
                  }
                >
                  Add a step here
                </DropdownMenuItem>
                <DropdownMenuItem
                  keys={keyCapsOf('note')}
                  onSelect={() => store.getState().addNote(flow.screenToFlowPosition(at))}
                >
                  Add a note here
                </DropdownMenuItem>
                <DropdownMenuSeparator />
              </>
            )}
            <Item command="selectAll" run={run} />
            <Item command="find" run={run} />
            {editable && <Item command="tidy" run={run} />}
            <Item command="fit" run={run} />
            <Item command="list" run={run} />
          </>
        )}
        {subject?.type === 'edge' && editable && (
          <>
            <DropdownMenuItem
              keys={keyCapsOf('add')}
              onSelect={() => store.getState().openPalette({ onEdge: subject.id }, at)}
            >
              Insert a step
            </DropdownMenuItem>
            <DropdownMenuItem
              danger
              keys={keyCapsOf('delete')}
              onSelect={() => store.getState().deleteEdge(subject.id)}
            >
              Disconnect
            </DropdownMenuItem>
          </>
        )}
        {subject?.type === 'note' && editable && (
          <>
            <Item command="open" run={run} words="Write in it" />
            <Item command="duplicate" run={run} words="Duplicate" />
            <DropdownMenuSeparator />
            <Item command="delete" run={run} words="Delete" danger />
          </>
        )}
        {subject?.type === 'group' && (
          <>
            {editable && (
              <DropdownMenuItem onSelect={() => store.getState().renameGroup(subject.id)}>
                Rename
              </DropdownMenuItem>
            )}
            <Item command="fold" run={run} />
            <Item command="fitSelection" run={run} />
            {editable && (
              <>
                <Item command="tidy" run={run} />
                <DropdownMenuSeparator />
                <Item command="ungroup" run={run} />
              </>
            )}
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Item({
  command,
  words,
  danger,
  run,
}: {
  command: Command;
  words?: string;
  danger?: boolean;
  run: (command: Command) => boolean;
}) {
  const caps = useKeyCaps();
  return (
    <DropdownMenuItem danger={danger} keys={caps(keysOf(command))} onSelect={() => run(command)}>
      {words ?? SHORTCUTS.find((shortcut) => shortcut.command === command)?.words}
    </DropdownMenuItem>
  );
}

function subjectAt(target: Element, selectedEdges: ReadonlySet<string>): Subject | null {
  const edge = target.closest('.react-flow__edge')?.getAttribute('data-id');
  if (edge) return { type: 'edge', id: edge };
  const [line] = selectedEdges;
  const drawn = target.closest('.react-flow__node')?.getAttribute('data-id');
  if (drawn) {
    const [note, group] = [noteId(drawn), groupId(drawn)];
    if (note !== null) return { type: 'note', id: note };
    return group === null ? null : { type: 'group', id: group };
  }
  // The buttons in the middle of an edge are not drawn inside of it.
  if (target.closest('.react-flow__edgelabel-renderer') && line !== undefined)
    return { type: 'edge', id: line };
  return target.closest('.react-flow__pane') ? { type: 'canvas' } : null;
}
