import type { CanvasGroup, CanvasNote, WorkflowDocument } from '#lib/workflow/document.ts';
import type { CanvasActions, CanvasState } from './store.ts';
import { type Alignment, alignNodes, type Direction, distributeNodes, type Guide } from './system/align.ts';
import { moveNodes } from './system/change-node.ts';
import { frameBoxes, withContents } from './system/frames.ts';
import type { Point, Size } from './system/geometry.ts';
import { findNode } from './system/graph.ts';
import { addGroup, foldedNodes, outermost, refuseGroup, removeGroups, setGroup } from './system/groups.ts';
import { addNote, freeNotePlace, moveNotes, resizeNote, setNote } from './system/notes.ts';

/** What is on the canvas beside steps and edges. */
export interface DrawnState {
  selectedNotes: ReadonlySet<string>;
  /** Groups that are drawn as one card. Of this browser: it is not in the document. */
  folded: ReadonlySet<string>;
  /** The note that is being written in. */
  editingNote: string | null;
  /** The group whose title is being typed. */
  renamingGroup: string | null;
  /** Lines that show what a dragged card is in line with. */
  guides: readonly Guide[];
  /** Steps and notes in which something was found, by id; the one that is looked at is `current`. */
  found: { ids: ReadonlySet<string>; current: string | null };
}

export interface DrawnActions {
  /** Adds a note, at its top left corner or in the middle of what is seen, and opens it for writing. */
  addNote(at?: Point): void;
  setNote(id: string, change: Partial<Pick<CanvasNote, 'text' | 'colour'>>): void;
  resizeNote(id: string, size: Size, at?: Point): void;
  editNote(id: string | null): void;
  selectNotes(ids: readonly string[]): void;
  /** Makes the selected steps a group. Returns why not, or null. */
  group(): string | null;
  ungroup(ids: readonly string[]): void;
  setGroup(id: string, change: Partial<Pick<CanvasGroup, 'title' | 'description' | 'colour'>>): void;
  renameGroup(id: string | null): void;
  /** Selects the steps of a group. */
  selectGroup(id: string): void;
  fold(id: string, folded: boolean): void;
  /** Moves what is selected, in px. Returns false when nothing is. */
  nudge(by: Point): boolean;
  /** Makes the selected notes larger or smaller, in px. Returns false when none is selected. */
  stretch(by: Point): boolean;
  align(how: Alignment): void;
  distribute(direction: Direction): void;
  showGuides(guides: readonly Guide[]): void;
  showFound(found: DrawnState['found']): void;
}

export const NOTHING_DRAWN: DrawnState = {
  selectedNotes: new Set(),
  folded: new Set(),
  editingNote: null,
  renamingGroup: null,
  guides: [],
  found: { ids: new Set(), current: null },
};

type State = CanvasState & CanvasActions;

/** The folded groups without those that hold a step that is to be seen. */
export function unfoldedFor(
  document: WorkflowDocument,
  folded: ReadonlySet<string>,
  ids: readonly string[],
): ReadonlySet<string> {
  const hidden = foldedNodes(document, folded);
  const shown = new Set(ids.flatMap((id) => hidden.get(id) ?? []));
  return shown.size === 0 ? folded : new Set([...folded].filter((id) => !shown.has(id)));
}

/** What is done with notes, groups and the places of steps. */
export function drawnActions(
  set: (change: Partial<State>) => void,
  get: () => State,
  edit: (next: WorkflowDocument, label: string, merge?: string) => void,
  newId: () => string,
): DrawnActions {
  const selectNote = (ids: readonly string[]): void =>
    set({ selectedNotes: new Set(ids), selectedNodes: new Set(), selectedEdges: new Set() });

  return {
    addNote: (at) => {
      if (!get().editable) return;
      const { document, kinds, sizes } = get();
      const added = addNote(document, at ?? freeNotePlace(document, get().centre(), { kinds, sizes }), newId);
      edit(added.document, 'Add a note');
      selectNote([added.id]);
      set({ editingNote: added.id });
    },
    setNote: (id, change) =>
      edit(setNote(get().document, id, change), 'Edit note', `note ${id} ${Object.keys(change).join(' ')}`),
    resizeNote: (id, size, at) => {
      const resized = resizeNote(get().document, id, size);
      edit(at ? moveNotes(resized, { [id]: at }) : resized, 'Resize note', `note ${id} size`);
    },
    editNote: (id) => set({ editingNote: get().editable ? id : null }),
    selectNotes: selectNote,
    group: () => {
      const { document, selectedNodes } = get();
      const refused = refuseGroup(document, selectedNodes);
      const added = addGroup(document, selectedNodes, newId);
      if (refused !== null || !added) return refused;
      edit(added.document, 'Group');
      set({ renamingGroup: get().editable ? added.id : null });
      return null;
    },
    ungroup: (ids) => edit(removeGroups(get().document, ids), 'Ungroup'),
    setGroup: (id, change) =>
      edit(
        setGroup(get().document, id, change),
        'Edit group',
        `group ${id} ${Object.keys(change).join(' ')}`,
      ),
    renameGroup: (id) => set({ renamingGroup: get().editable ? id : null }),
    selectGroup: (id) => {
      const group = get().document.groups?.find((other) => other.id === id);
      if (!group) return;
      set({ selectedNodes: new Set(group.nodes), selectedEdges: new Set(), selectedNotes: new Set() });
    },
    fold: (id, folded) => {
      const now = new Set(get().folded);
      if (folded) now.add(id);
      else now.delete(id);
      set({ folded: now });
    },
    nudge: (by) => {
      const { document, kinds, sizes, selectedNodes, selectedNotes } = get();
      if (selectedNodes.size + selectedNotes.size === 0) return false;
      const frames = frameBoxes(document, kinds, sizes);
      const corners = outermost(document, selectedNodes).flatMap((id) => {
        const node = findNode(document, id);
        const corner = frames.get(id) ?? node?.position;
        return corner ? [[id, { x: corner.x + by.x, y: corner.y + by.y }] as const] : [];
      });
      const moved = moveNodes(document, withContents(document, Object.fromEntries(corners), frames));
      const notes = (document.notes ?? [])
        .filter(({ id }) => selectedNotes.has(id))
        .map(({ id, position }) => [id, { x: position.x + by.x, y: position.y + by.y }] as const);
      edit(moveNotes(moved, Object.fromEntries(notes)), 'Move', 'nudge');
      return true;
    },
    stretch: (by) => {
      const { document, selectedNotes } = get();
      const chosen = document.notes?.filter(({ id }) => selectedNotes.has(id)) ?? [];
      if (chosen.length === 0) return false;
      const next = chosen.reduce(
        (now, { id, size }) => resizeNote(now, id, { width: size.width + by.x, height: size.height + by.y }),
        document,
      );
      edit(next, 'Resize note', 'stretch');
      return true;
    },
    align: (how) => edit(alignNodes(get().document, get().selectedNodes, how, get()), 'Align'),
    distribute: (direction) =>
      edit(distributeNodes(get().document, get().selectedNodes, direction, get()), 'Distribute'),
    showGuides: (guides) => {
      if (guides.length > 0 || get().guides.length > 0) set({ guides });
    },
    showFound: (found) => set({ found }),
  };
}
