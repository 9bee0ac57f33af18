import { createStore, type StoreApi } from 'zustand/vanilla';
import type { NodeSettings, WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import { newId } from '#lib/workflow/new-id.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import {
  type DrawnActions,
  type DrawnState,
  drawnActions,
  NOTHING_DRAWN,
  unfoldedFor,
} from './drawn-actions.ts';
import type { EditContext, Place } from './system/add-node.ts';
import {
  moveNodes,
  renamedArgument,
  setConfig,
  setParent,
  setSettings,
  toggleDisabled,
} from './system/change-node.ts';
import { connect, refuseConnection, type Wire } from './system/connect.ts';
import { deleteSelection } from './system/delete-selection.ts';
import type { Editing } from './system/editing.ts';
import { drawnPositions } from './system/flow-drawn.ts';
import { frameAt, makeRoom } from './system/frames.ts';
import type { Point, Size, Sizes } from './system/geometry.ts';
import { findNode } from './system/graph.ts';
import { settleGroups } from './system/groups.ts';
import {
  close,
  type History,
  joinTheirs,
  type OnTop,
  record,
  redo,
  startHistory,
  type TheirChange,
  undo,
} from './system/history.ts';
import { inputSchemaOf } from './system/input-schema.ts';
import type { Kinds } from './system/kinds.ts';
import { moveNotes, removeNotes } from './system/notes.ts';
import { isPinned, type Pins } from './system/pins.ts';
import { type Direction, walk } from './system/walk.ts';

/** The part of a document that is not its graph. */
export type WorkflowFields = Partial<
  Pick<WorkflowDocument, 'name' | 'title' | 'description' | 'kind' | 'settings'>
>;

/** The palette is open; a step chosen there goes to this place. Null: the palette decides by selection. */
export interface PaletteRequest {
  place: Place | null;
  /** Where on the screen it was asked for, in client px; null: beside its button. */
  anchor: Point | null;
  /** The step that becomes one of the chosen kind, in place of a new one. */
  replaces?: string;
}

export interface CanvasState extends DrawnState {
  kinds: Kinds;
  /** What edits and copies steps; null while it is not loaded, and where a graph is only looked at. */
  editing: Editing | null;
  /** False: nothing can be edited (a viewer, a look at a past run, or `editing` is still to come). */
  editable: boolean;
  history: History;
  /** `history.present`: the document on the screen. */
  document: WorkflowDocument;
  /** `history.pins`: values that steps of draft runs give instead of running, by node id. */
  pins: Pins;
  /** The step whose key is being typed on its card. */
  renaming: string | null;
  selectedNodes: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  sizes: Sizes;
  palette: PaletteRequest | null;
  /** The edge under what is being dragged. */
  dropEdge: string | null;
  /** Where a new step goes when nothing says it: the middle of what is seen. Set by the canvas. */
  centre: () => Point;
  /** The problem that was chosen; the form goes to its field. */
  focusedProblem: Problem | null;
}

export interface CanvasActions extends DrawnActions {
  /** Adds a step where the palette's request, the selection or the view says. Returns why not, or null. */
  add(kind: KindSpec, place?: Place): string | null;
  connect(wire: Wire): string | null;
  dropOnEdge(nodeId: string, edgeId: string): void;
  /** Positions as React Flow tells them: of what stands in a frame, counted from the frame. */
  move(positions: Record<string, Point>): void;
  /** Puts a step without connections into the frame at this point, or out of the one it is in. */
  dropInFrame(nodeId: string, at: Point): void;
  endGesture(): void;
  measure(sizes: Record<string, Size>): void;
  deleteSelected(): void;
  deleteEdge(id: string): void;
  copySelected(): string | null;
  /** Returns false when the text is no copy of steps. */
  paste(text: string, at: Point | null): boolean;
  duplicate(ids: readonly string[]): void;
  rename(id: string, key: string): void;
  /** Opens the key of a step for typing on its card; null closes it. */
  startRenaming(id: string | null): void;
  /** Makes a step one of another kind. Returns why not, or null. */
  replaceKind(id: string, kind: KindSpec): string | null;
  /** Pins values to steps, beside those that are pinned. */
  pin(values: Pins): void;
  unpin(ids: readonly string[]): void;
  /** `field` is what was changed: changes of one field that follow each other are one step back. */
  setConfig(id: string, config: WorkflowNode['config'], field: readonly (string | number)[]): void;
  setSettings(id: string, change: Partial<NodeSettings>): void;
  toggleDisabled(ids: readonly string[]): void;
  setWorkflow(fields: WorkflowFields): void;
  tidy(): Promise<void>;
  /** Replaces the whole document in a step that can be undone. */
  replace(document: WorkflowDocument, label: string): void;
  /** Shows the document with what somebody else did to it. It is no step: undo takes back only what is one's own. */
  join(document: WorkflowDocument, change: TheirChange): void;
  /** What was undone, in words; null when there was nothing. */
  undo(): string | null;
  redo(): string | null;
  select(nodes: readonly string[], edges?: readonly string[], notes?: readonly string[]): void;
  walk(direction: Direction): void;
  openPalette(place: Place | null, anchor?: Point): void;
  /** The palette, to choose what a step becomes. */
  openReplacing(id: string, anchor?: Point): void;
  closePalette(): void;
  hoverEdge(id: string | null): void;
  focusProblem(problem: Problem): void;
}

export type CanvasStore = StoreApi<CanvasState & CanvasActions>;

const STILL_OPENING = 'The canvas is still being opened: try again in a moment.';

/** What a canvas is opened with beside its document. */
interface CanvasOptions {
  editable?: boolean;
  editing?: Editing | null;
  pins?: Pins;
}

function initialState(
  document: WorkflowDocument,
  kinds: Kinds,
  { editable = false, editing = null, pins = {} }: CanvasOptions,
): CanvasState {
  return {
    kinds,
    editing,
    editable,
    history: startHistory(document, pins),
    document,
    pins,
    renaming: null,
    selectedNodes: new Set(),
    selectedEdges: new Set(),
    sizes: {},
    palette: null,
    dropEdge: null,
    centre: () => ({ x: 0, y: 0 }),
    focusedProblem: null,
    ...NOTHING_DRAWN,
  };
}

/** What one screen with a canvas holds. Every edit goes through the history; the pure system does the work. */
export function createCanvasStore(
  document: WorkflowDocument,
  kinds: Kinds,
  options: CanvasOptions = {},
): CanvasStore {
  return createStore<CanvasState & CanvasActions>()((set, get) => {
    const context = (): EditContext => ({ kinds: get().kinds, sizes: get().sizes, newId });

    const onTop = (): OnTop => get().editing?.onTopOf(get().kinds) ?? ((document) => document);

    const edit = (next: WorkflowDocument, label: string, merge?: string, pins = get().pins): void => {
      if (!get().editable) return;
      const history = record(
        get().history,
        settleGroups(next),
        { label, merge, at: performance.now() },
        pins,
      );
      set({ history, document: history.present, pins: history.pins });
    };

    const keptNotes = (now: WorkflowDocument): ReadonlySet<string> =>
      new Set(now.notes?.map(({ id }) => id).filter((id) => get().selectedNotes.has(id)));

    const travel = (step: ReturnType<typeof undo>): string | null => {
      if (!step) return null;
      const ids = new Set(step.history.present.nodes.map((node) => node.id));
      set({
        history: step.history,
        document: step.history.present,
        pins: step.history.pins,
        selectedNodes: new Set([...get().selectedNodes].filter((id) => ids.has(id))),
        selectedEdges: new Set(),
        selectedNotes: keptNotes(step.history.present),
        editingNote: null,
      });
      return step.label;
    };

    return {
      ...initialState(document, kinds, options),
      ...drawnActions(set, get, edit, newId),

      add: (kind, wanted) => {
        const { document: now, palette, selectedNodes, centre, editing } = get();
        if (!editing) return STILL_OPENING;
        const refused = editing.refuseKind(now, kind, get().kinds);
        if (refused !== null) return refused;
        const [selected] = selectedNodes;
        const [edge] = get().selectedEdges;
        const bySelection: Place =
          selectedNodes.size === 1 && selected !== undefined
            ? { after: selected }
            : selectedNodes.size === 0 && edge !== undefined
              ? { onEdge: edge }
              : { at: centre() };
        const added = editing.addNode(now, kind, wanted ?? palette?.place ?? bySelection, context());
        edit(added.document, `Add ${kind.title}`);
        set({ selectedNodes: new Set([added.id]), selectedEdges: new Set(), palette: null });
        return null;
      },
      connect: (wire) => {
        const refused = refuseConnection(get().document, wire, get().kinds);
        if (refused === null) edit(connect(get().document, wire, get().kinds, newId), 'Connect');
        return refused;
      },
      dropOnEdge: (nodeId, edgeId) => {
        const { document: now, editing } = get();
        const edge = now.edges.find((candidate) => candidate.id === edgeId);
        if (edge && editing)
          edit(editing.moveOntoEdge(now, nodeId, edge, context()), 'Insert into edge', 'move');
      },
      move: (told) => {
        const { nodes, notes } = drawnPositions(get().document, get(), told);
        edit(moveNotes(moveNodes(get().document, nodes), notes), 'Move', 'move');
      },
      dropInFrame: (nodeId, at) => {
        const { document: now } = get();
        const node = findNode(now, nodeId);
        const wired = now.edges.some((edge) => edge.from.node === nodeId || edge.to.node === nodeId);
        if (!node || wired) return;
        const frame = frameAt(now, at, get(), nodeId);
        if (frame === node.parent) return;
        edit(makeRoom(now, setParent(now, nodeId, frame), get()), 'Move', 'move');
      },
      endGesture: () => set({ history: close(get().history) }),
      measure: (sizes) => set({ sizes: { ...get().sizes, ...sizes } }),
      deleteSelected: () => {
        const { selectedNodes: nodes, selectedEdges: edges, selectedNotes: notes } = get();
        if (nodes.size + edges.size + notes.size === 0) return;
        const label =
          nodes.size === 1
            ? 'Delete step'
            : nodes.size > 1
              ? `Delete ${nodes.size} steps`
              : notes.size > 0
                ? 'Delete note'
                : 'Disconnect';
        const selection = { nodes: [...nodes], edges: [...edges] };
        edit(removeNotes(deleteSelection(get().document, selection, get().kinds, newId), notes), label);
        set({ selectedNodes: new Set(), selectedEdges: new Set(), selectedNotes: new Set() });
      },
      deleteEdge: (id) =>
        edit(deleteSelection(get().document, { nodes: [], edges: [id] }, get().kinds, newId), 'Disconnect'),
      copySelected: () =>
        get().editing?.copyNodes(get().document, [...get().selectedNodes], [...get().selectedNotes]) ?? null,
      paste: (text, at) => {
        const pasted = get().editing?.pasteNodes(get().document, text, at, context());
        if (!pasted) return false;
        const steps = pasted.ids.length;
        edit(
          pasted.document,
          steps === 0 ? 'Paste note' : steps === 1 ? 'Paste step' : `Paste ${steps} steps`,
        );
        set({
          selectedNodes: new Set(pasted.ids),
          selectedEdges: new Set(),
          selectedNotes: new Set(pasted.notes),
        });
        return true;
      },
      duplicate: (ids) => {
        const { document: now, selectedNotes, editing } = get();
        const text = editing?.copyNodes(now, ids, [...selectedNotes]) ?? null;
        const pasted = text === null ? null : editing?.pasteNodes(now, text, null, context());
        if (!pasted) return;
        edit(pasted.document, 'Duplicate');
        set({
          selectedNodes: new Set(pasted.ids),
          selectedEdges: new Set(),
          selectedNotes: new Set(pasted.notes),
        });
      },
      rename: (id, key) => {
        const { document: now, editing } = get();
        const node = findNode(now, id);
        if (!node || !editing || node.key === key) return;
        edit(editing.renameKey(now, node.key, key, get().kinds), `Rename ${node.key}`);
      },
      startRenaming: (id) => set({ renaming: get().editable ? id : null }),
      replaceKind: (id, kind) => {
        const { editing } = get();
        if (!editing) return STILL_OPENING;
        const refused = editing.refuseReplacement(get().document, id, kind, get().kinds);
        if (refused !== null) return refused;
        // What was pinned is a value of the old kind.
        const { [id]: _, ...pins } = get().pins;
        const next = editing.replaceKind(get().document, id, kind, context());
        edit(next, `Replace with ${kind.title}`, undefined, pins);
        set({ palette: null, selectedNodes: new Set([id]), selectedEdges: new Set() });
        return null;
      },
      pin: (values) => {
        const count = Object.keys(values).length;
        if (count === 0) return;
        const label = count === 1 ? 'Pin a value' : `Pin ${count} values`;
        edit(get().document, label, undefined, { ...get().pins, ...values });
      },
      unpin: (ids) => {
        const { pins: now } = get();
        const gone = ids.filter((id) => isPinned(now, id));
        if (gone.length === 0) return;
        const left = Object.entries(now).filter(([id]) => !gone.includes(id));
        const label = gone.length === 1 ? 'Unpin' : `Unpin ${gone.length} steps`;
        edit(get().document, label, undefined, Object.fromEntries(left));
      },
      setConfig: (id, config, field) => {
        const { document: before, kinds: all, editing } = get();
        const changed = setConfig(before, id, config);
        const renamed = renamedArgument(inputSchemaOf(before, all) ?? {}, inputSchemaOf(changed, all) ?? {});
        edit(
          renamed && editing ? editing.renameArgument(changed, renamed.from, renamed.to, all) : changed,
          'Edit step',
          `config ${id} ${field.join('.')}`,
        );
      },
      setSettings: (id, change) =>
        edit(setSettings(get().document, id, change), 'Edit settings', `settings ${id}`),
      toggleDisabled: (ids) => edit(toggleDisabled(get().document, ids), 'Disable or enable'),
      setWorkflow: (fields) =>
        edit({ ...get().document, ...fields }, 'Edit workflow', `workflow ${Object.keys(fields).join(' ')}`),
      tidy: async () => {
        // What lays graphs out is large, and many never ask for it.
        const { tidy } = await import('./system/tidy.ts');
        const { selectedNodes, sizes } = get();
        const only = selectedNodes.size > 1 ? [...selectedNodes] : undefined;
        edit(tidy(get().document, { kinds: get().kinds, sizes }, only), 'Tidy');
      },
      replace: (next, label) => {
        edit(next, label);
        const ids = new Set(next.nodes.map((node) => node.id));
        set({
          selectedNodes: new Set([...get().selectedNodes].filter((id) => ids.has(id))),
          selectedEdges: new Set(),
          selectedNotes: keptNotes(next),
        });
      },
      join: (next, change) => {
        const ids = new Set(next.nodes.map((node) => node.id));
        const { selectedNodes } = get();
        set({
          history: joinTheirs(get().history, next, change),
          document: next,
          // The same set while all of it is there: who follows the selection is not told of a change.
          ...([...selectedNodes].every((id) => ids.has(id))
            ? {}
            : { selectedNodes: new Set([...selectedNodes].filter((id) => ids.has(id))) }),
        });
      },
      undo: () => (get().editable ? travel(undo(get().history, onTop())) : null),
      redo: () => (get().editable ? travel(redo(get().history, onTop())) : null),
      select: (nodes, edges = [], notes = []) =>
        set({
          selectedNodes: new Set(nodes),
          selectedEdges: new Set(edges),
          selectedNotes: new Set(notes),
          focusedProblem: null,
          // A step that is chosen is to be seen. All of a group at once is what its card selects.
          ...(nodes.length === 1 ? { folded: unfoldedFor(get().document, get().folded, nodes) } : {}),
        }),
      walk: (direction) => {
        const [from] = get().selectedNodes;
        const [line] = get().selectedEdges;
        const edge = from === undefined ? get().document.edges.find(({ id }) => id === line) : undefined;
        if (edge && direction === 'right') get().select([edge.to.node]);
        if (edge && direction === 'left') get().select([edge.from.node]);
        if (edge) return;
        const to = walk(get().document, from ?? null, direction);
        if (to !== null) get().select([to]);
      },
      openPalette: (place, anchor) => {
        if (get().editable) set({ palette: { place, anchor: anchor ?? null } });
      },
      openReplacing: (id, anchor) => {
        if (get().editable) set({ palette: { place: null, anchor: anchor ?? null, replaces: id } });
      },
      closePalette: () => set({ palette: null }),
      hoverEdge: (id) => {
        if (get().dropEdge !== id) set({ dropEdge: id });
      },
      focusProblem: (problem) => set({ focusedProblem: problem }),
    };
  });
}
