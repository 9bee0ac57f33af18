import type { Node } from '@xyflow/react';
import type { CanvasGroup, CanvasNote, WorkflowDocument } from '#lib/workflow/document.ts';
import { canvasPositions } from './flow.ts';
import { frameBoxes, withContents } from './frames.ts';
import type { Point, Sizes } from './geometry.ts';
import { drawnGroup, groupBoxes, groupId, groupMoved } from './groups.ts';
import type { Kinds } from './kinds.ts';
import { noteTitle } from './notes.ts';
import { orBefore } from './or-before.ts';

export type NoteNode = Node<{ note: CanvasNote }, 'note'>;
export type GroupNode = Node<{ group: CanvasGroup; folded: boolean }, 'group'>;

const NOTE = 'note:';

/** The id under which a note is drawn, and back; of anything else, null. */
const drawnNote = (id: string): string => NOTE + id;
export const noteId = (drawn: string): string | null =>
  drawn.startsWith(NOTE) ? drawn.slice(NOTE.length) : null;

interface Drawn {
  kinds: Kinds;
  sizes: Sizes;
  folded: ReadonlySet<string>;
}

/** Notes as React Flow draws them, under everything else. What did not change is the object of `previous`. */
export function flowNotes(
  document: WorkflowDocument,
  selected: ReadonlySet<string>,
  previous: NoteNode[],
): NoteNode[] {
  const old = new Map(previous.map((drawn) => [drawn.id, drawn]));
  const drawn = (document.notes ?? []).map((note): NoteNode => {
    const id = drawnNote(note.id);
    const was = old.get(id);
    const isSelected = selected.has(note.id);
    if (was && was.data.note === note && was.selected === isSelected) return was;
    return {
      id,
      type: 'note',
      position: note.position,
      width: note.size.width,
      height: note.size.height,
      measured: note.size,
      selected: isSelected,
      zIndex: -1,
      data: { note },
      ariaLabel: `Note: ${noteTitle(note)}`,
    };
  });
  return orBefore(drawn, previous);
}

/** Groups as React Flow draws them: behind their steps, or as the card that stands for them. */
export function flowGroups(
  document: WorkflowDocument,
  { kinds, sizes, folded }: Drawn,
  previous: GroupNode[],
): GroupNode[] {
  if (!document.groups) return orBefore([], previous);
  const old = new Map(previous.map((drawn) => [drawn.id, drawn]));
  const frames = frameBoxes(document, kinds, sizes);
  const boxes = groupBoxes(document, { sizes, frames, folded });
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const drawn = document.groups.flatMap((group): GroupNode[] => {
    const box = boxes.get(group.id);
    if (!box) return [];
    const id = drawnGroup(group.id);
    const parent = parents.get(group.nodes[0] ?? '');
    const around = parent === undefined ? undefined : frames.get(parent);
    const position = around ? { x: box.x - around.x, y: box.y - around.y } : { x: box.x, y: box.y };
    const isFolded = folded.has(group.id);
    const was = old.get(id);
    if (
      was &&
      was.data.group === group &&
      was.data.folded === isFolded &&
      was.position.x === position.x &&
      was.position.y === position.y &&
      was.width === box.width &&
      was.height === box.height
    ) {
      return [was];
    }
    return [
      {
        id,
        type: 'group',
        position,
        width: box.width,
        height: box.height,
        measured: { width: box.width, height: box.height },
        selectable: false,
        focusable: false,
        connectable: false,
        dragHandle: '.group-head',
        zIndex: isFolded ? 0 : -1,
        // Through its room one reaches the edges and the notes that are drawn in it.
        style: { pointerEvents: 'none' },
        ...(around ? { parentId: parent } : {}),
        data: { group, folded: isFolded },
        ariaLabel: `Group ${group.title}`,
      },
    ];
  });
  return orBefore(drawn, previous);
}

/** Positions as React Flow tells them, as those of steps and of notes; a group moves its steps. */
export function drawnPositions(
  document: WorkflowDocument,
  drawn: Drawn,
  told: Readonly<Record<string, Point>>,
): { nodes: Record<string, Point>; notes: Record<string, Point> } {
  const steps: Record<string, Point> = {};
  const notes: Record<string, Point> = {};
  const moved: [CanvasGroup, Point][] = [];
  for (const [id, to] of Object.entries(told)) {
    const note = noteId(id);
    const group = document.groups?.find((other) => other.id === groupId(id));
    if (note !== null) notes[note] = to;
    else if (group) moved.push([group, to]);
    else if (groupId(id) === null) steps[id] = to;
  }
  const nodes = canvasPositions(document, drawn, steps);
  if (moved.length === 0) return { nodes, notes };
  const frames = frameBoxes(document, drawn.kinds, drawn.sizes);
  const boxes = groupBoxes(document, { ...drawn, frames });
  for (const [group, to] of moved) {
    const box = boxes.get(group.id);
    if (!box) continue;
    const parent = document.nodes.find((node) => node.id === group.nodes[0])?.parent;
    const around = frames.get(parent ?? '') ?? { x: 0, y: 0 };
    const by = { x: to.x + around.x - box.x, y: to.y + around.y - box.y };
    Object.assign(nodes, withContents(document, groupMoved(document, group, by, frames), frames));
  }
  return { nodes, notes };
}
