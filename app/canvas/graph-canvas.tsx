'use client';
import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type Node as FlowNode,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { useTheme } from 'next-themes';
import { type DragEvent, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { toast } from '#app/ui/toast.ts';
import { AlignmentGuides } from './alignment-guides.tsx';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { canvasGestures, type Drawn, edgeAt, nodeAt } from './canvas-gestures.ts';
import { FrameCard } from './frame-card.tsx';
import { GroupCard } from './group-card.tsx';
import { NoteCard } from './note-card.tsx';
import { StepCard } from './step-card.tsx';
import { StepEdge } from './step-edge.tsx';
import { lineUp } from './system/align.ts';
import { flowEdges, flowNodes, type StepEdge as StepEdgeType, type StepNode } from './system/flow.ts';
import { flowGroups, flowNotes, type GroupNode, type NoteNode, noteId } from './system/flow-drawn.ts';
import { type Box, frameAt } from './system/frames.ts';
import { CARD, GRID, type Point, type Size } from './system/geometry.ts';
import { groupId } from './system/groups.ts';
import { useGlide } from './use-glide.ts';
import { WireReason } from './wire-reason.tsx';
import './canvas.css';

/** What a kind dragged out of the palette is carried as. */
export const KIND_DRAG = 'application/x-patchbay-kind';

const NODE_TYPES = { step: StepCard, frame: FrameCard, note: NoteCard, group: GroupCard };
const EDGE_TYPES = { step: StepEdge };
/** Below this zoom the cards cannot be read well. */
const READABLE = 0.55;
/** What the toolbars take of the lower edge, in px. */
const TOOLS = 56;
/** What React Flow is handed is the same object each time: every new one is looked at by every card. */
const SNAP_GRID: [number, number] = [GRID, GRID];
const PRO_OPTIONS = { hideAttribution: false };
/** The wheel, pressed. */
const MIDDLE = [1];
const ANY_HAND = [0, 1];
/** How the whole graph is shown: close to the sides, clear of the toolbars. */
export const FIT = {
  padding: { x: '24px', top: '24px', bottom: `${TOOLS}px` },
  maxZoom: 1,
} as const;

/** Graphs with more steps than this draw only what is seen. */
const LARGE = 120;

/** Colours on the map: as the groups of kinds; what stands in a frame is drawn on it. */
function mapColour(node: FlowNode): string {
  if (node.type === 'note') return `var(--note-${(node as NoteNode).data.note.colour})`;
  if (node.type === 'group') return 'var(--hover)';
  if (node.type === 'frame') return 'var(--line)';
  return `var(--group-${(node as StepNode).data.kind?.group ?? 'do'})`;
}

/** What is drawn, what lies under it first; React Flow wants a frame before what stands in it. */
function inOrder(notes: NoteNode[], groups: GroupNode[], steps: StepNode[]): Drawn[] {
  if (groups.length === 0) return notes.length === 0 ? steps : [...notes, ...steps];
  const drawn: Drawn[] = [...notes, ...groups.filter(({ parentId }) => parentId === undefined), ...steps];
  for (const group of groups) {
    if (group.parentId === undefined) continue;
    const first = drawn.findIndex(({ parentId }) => parentId === group.parentId);
    drawn.splice(first < 0 ? drawn.length : first, 0, group);
  }
  return drawn;
}

export interface GraphCanvasProps {
  /** Enter or a double click on a card. */
  onOpen?: (nodeId: string) => void;
  minimap?: boolean;
  /** Dragging moves the view, in place of selecting. */
  hand?: boolean;
  /** What floats over the canvas. */
  children?: ReactNode;
}

/** The graph, drawn by React Flow from the store; every gesture becomes a command of the store. */
export function GraphCanvas({ onOpen, minimap = false, hand = false, children }: GraphCanvasProps) {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const selectedNodes = useCanvas((state) => state.selectedNodes);
  const selectedEdges = useCanvas((state) => state.selectedEdges);
  const selectedNotes = useCanvas((state) => state.selectedNotes);
  const folded = useCanvas((state) => state.folded);
  const sizes = useCanvas((state) => state.sizes);
  const { resolvedTheme } = useTheme();
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);

  const drawnNodes = useRef<StepNode[]>([]);
  const drawnEdges = useRef<StepEdgeType[]>([]);
  const steps = useMemo(() => {
    const view = { selectedNodes, selectedEdges, sizes, folded };
    drawnNodes.current = flowNodes(document, kinds, view, drawnNodes.current);
    return drawnNodes.current;
  }, [document, kinds, selectedNodes, selectedEdges, sizes, folded]);
  const drawnNotes = useRef<NoteNode[]>([]);
  const notes = useMemo(() => {
    drawnNotes.current = flowNotes(document, selectedNotes, drawnNotes.current);
    return drawnNotes.current;
  }, [document, selectedNotes]);
  const drawnGroups = useRef<GroupNode[]>([]);
  const groups = useMemo(() => {
    drawnGroups.current = flowGroups(document, { kinds, sizes, folded }, drawnGroups.current);
    return drawnGroups.current;
  }, [document, kinds, sizes, folded]);
  const nodes = useGlide(useMemo(() => inOrder(notes, groups, steps), [notes, groups, steps]));
  const edges = useMemo(() => {
    const view = { selectedNodes, selectedEdges, sizes, folded };
    drawnEdges.current = flowEdges(document, view, drawnEdges.current);
    return drawnEdges.current;
  }, [document, selectedNodes, selectedEdges, sizes, folded]);

  useEffect(() => {
    store.setState({
      centre: () => {
        const box = frame.current?.getBoundingClientRect();
        if (!box) return { x: 0, y: 0 };
        const middle = flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
        return { x: middle.x - CARD.width / 2, y: middle.y - CARD.height / 2 };
      },
    });
  }, [store, flow]);

  // A step that was added or chosen out of sight is brought into it.
  const known = useRef({ count: document.nodes.length, selected: selectedNodes });
  useEffect(() => {
    const added = document.nodes.length > known.current.count;
    const chosen = selectedNodes !== known.current.selected;
    known.current = { count: document.nodes.length, selected: selectedNodes };
    if (!added && !chosen) return;
    const [only, ...others] = selectedNodes;
    const node = document.nodes.find((other) => other.id === only);
    const box = frame.current?.getBoundingClientRect();
    if (!node || others.length > 0 || !box) return;
    const { zoom } = flow.getViewport();
    const corner = flow.flowToScreenPosition(node.position);
    // A new card is to be seen whole; of one that was there, and may have been clicked, the middle will do.
    const size = added ? CARD : { width: CARD.width / 2, height: CARD.height / 2 };
    const from = added ? corner : { x: corner.x + size.width * zoom, y: corner.y + size.height * zoom };
    const to = added ? { x: corner.x + size.width * zoom, y: corner.y + size.height * zoom } : from;
    if (from.x >= box.left && to.x <= box.right && from.y >= box.top && to.y <= box.bottom) return;
    const bounds = flow.getNodesBounds(document.nodes.map((other) => other.id));
    const whole = Math.min(box.width / bounds.width, box.height / bounds.height) / 1.1;
    if (added && whole >= READABLE) {
      void flow.fitView({ ...FIT, maxZoom: zoom, duration: 150 });
      return;
    }
    const centre = { x: node.position.x + CARD.width / 2, y: node.position.y + CARD.height / 2 };
    void flow.setCenter(centre.x, centre.y, { zoom, duration: 150 });
  }, [document.nodes, selectedNodes, flow]);

  // A frame that gets smaller, because the runs were opened or a panel was dragged, cuts nothing off that was in it.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let before = { width: element.clientWidth, height: element.clientHeight };
    const observer = new ResizeObserver(() => {
      const now = { width: element.clientWidth, height: element.clientHeight };
      const { x, y, zoom } = flow.getViewport();
      const { nodes } = store.getState().document;
      const bounds = flow.getNodesBounds(nodes.map((node) => node.id));
      const inside = (frame: typeof now): boolean =>
        x + bounds.x * zoom >= 0 &&
        y + bounds.y * zoom >= 0 &&
        x + (bounds.x + bounds.width) * zoom <= frame.width &&
        y + (bounds.y + bounds.height) * zoom <= frame.height - TOOLS;
      if (nodes.length > 0 && inside(before) && !inside(now)) void flow.fitView(FIT);
      before = now;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [store, flow]);

  // What is dragged jumps into line with what is near it on the screen, and a line shows what that is.
  const inLine = useCallback(
    (positions: Record<string, Point>): Record<string, Point> => {
      const absolute = (node: FlowNode | undefined, at: Point): Box => {
        const around = node?.parentId === undefined ? undefined : flow.getInternalNode(node.parentId);
        const corner = around?.internals.positionAbsolute ?? { x: 0, y: 0 };
        const { width = CARD.width, height = CARD.height } = node?.measured ?? {};
        return { x: at.x + corner.x, y: at.y + corner.y, width, height };
      };
      const dragged = Object.entries(positions).map(([id, at]) => absolute(flow.getNode(id), at));
      const left = Math.min(...dragged.map((box) => box.x));
      const top = Math.min(...dragged.map((box) => box.y));
      const whole = {
        x: left,
        y: top,
        width: Math.max(...dragged.map((box) => box.x + box.width)) - left,
        height: Math.max(...dragged.map((box) => box.y + box.height)) - top,
      };
      const shown = frame.current?.getBoundingClientRect();
      if (!shown) return positions;
      const { x, y, zoom } = flow.getViewport();
      const moving = new Set(Object.keys(positions));
      const chosen = store.getState().selectedNodes;
      const others = flow.getNodes().flatMap((node) => {
        // What holds what is dragged, or stands in it, moves along.
        const along = moving.has(node.id) || moving.has(node.parentId ?? '') || chosen.has(node.id);
        if (along || node.type === 'group' || node.type === 'frame') return [];
        const at = flow.getInternalNode(node.id)?.internals.positionAbsolute ?? node.position;
        const box = { ...absolute(undefined, at), ...node.measured };
        const on = { x: box.x * zoom + x, y: box.y * zoom + y };
        const seen = on.x > -CARD.width && on.y > -CARD.width && on.x < shown.width && on.y < shown.height;
        return seen ? [box] : [];
      });
      const { by, guides } = lineUp(whole, others);
      store.getState().showGuides(guides);
      return Object.fromEntries(
        Object.entries(positions).map(([id, at]) => [id, { x: at.x + by.x, y: at.y + by.y }]),
      );
    },
    [flow, store],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<Drawn>[]) => {
      const state = store.getState();
      const positions: Record<string, Point> = {};
      const measured: Record<string, Size> = {};
      const resized: Record<string, Size> = {};
      const selected = new Set(state.selectedNodes);
      const selectedNotes = new Set(state.selectedNotes);
      let reselected = false;
      let dragging = false;
      for (const change of changes) {
        if (change.type === 'position' && change.position) {
          positions[change.id] = change.position;
          dragging ||= change.dragging === true;
        }
        if (change.type === 'dimensions' && change.dimensions) {
          const note = noteId(change.id);
          if (note === null && groupId(change.id) === null) measured[change.id] = change.dimensions;
          else if (note !== null && change.resizing) resized[note] = change.dimensions;
        }
        if (change.type === 'select') {
          reselected = true;
          const note = noteId(change.id);
          const [into, id] = note === null ? [selected, change.id] : [selectedNotes, note];
          if (change.selected) into.add(id);
          else into.delete(id);
        }
      }
      if (Object.keys(measured).length > 0) state.measure(measured);
      for (const [id, size] of Object.entries(resized)) {
        state.resizeNote(id, size, positions[`note:${id}`]);
        delete positions[`note:${id}`];
      }
      if (Object.keys(positions).length > 0) state.move(dragging ? inLine(positions) : positions);
      if (reselected) state.select([...selected], [...state.selectedEdges], [...selectedNotes]);
    },
    [store, inLine],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange<StepEdgeType>[]) => {
      const state = store.getState();
      const selected = new Set(state.selectedEdges);
      for (const change of changes) {
        if (change.type !== 'select') continue;
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
      state.select([...state.selectedNodes], [...selected], [...state.selectedNotes]);
    },
    [store],
  );

  // Made anew only with what they act on: a new handler would be handed to every card.
  const opened = useRef(onOpen);
  useEffect(() => {
    opened.current = onOpen;
  });
  const gestures = useMemo(() => canvasGestures(store, flow, (id) => opened.current?.(id)), [store, flow]);

  const place = (event: DragEvent): Point => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    return { x: at.x - CARD.width / 2, y: at.y - CARD.height / 2 };
  };

  const drop = (event: DragEvent): void => {
    const kind = kinds.get(event.dataTransfer.getData(KIND_DRAG));
    store.getState().hoverEdge(null);
    if (!kind) return;
    event.preventDefault();
    const onEdge = edgeAt({ x: event.clientX, y: event.clientY });
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const frame = frameAt(store.getState().document, at, store.getState());
    const refused = store.getState().add(kind, onEdge ? { onEdge } : { at: place(event), parent: frame });
    if (refused !== null) toast.error(refused);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; the same is done by click and key.
    <div
      ref={frame}
      className="relative size-full"
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(KIND_DRAG)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        store.getState().hoverEdge(edgeAt({ x: event.clientX, y: event.clientY }));
      }}
      // With the keyboard, what has the focus is what is selected.
      onFocus={({ target }) => {
        if (!target.matches(':focus-visible')) return;
        const id = target.getAttribute('data-id');
        const state = store.getState();
        if (id === null) return;
        if (target.matches('.react-flow__edge')) state.select([], [id]);
        else if (target.matches('.react-flow__node')) {
          const note = noteId(id);
          if (note !== null) state.selectNotes([note]);
          else if (groupId(id) === null && !state.selectedNodes.has(id)) state.select([id]);
        }
      }}
      onDragLeave={() => store.getState().hoverEdge(null)}
      onDrop={drop}
    >
      <ReactFlow<Drawn, StepEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={resolvedTheme === 'dark' ? 'dark' : 'light'}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        nodesDraggable={editable && !hand}
        nodesConnectable={editable}
        {...gestures}
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionOnDrag={!hand}
        selectionMode={SelectionMode.Partial}
        // The right button is for the menu.
        panOnDrag={hand ? ANY_HAND : MIDDLE}
        onlyRenderVisibleElements={document.nodes.length > LARGE}
        panOnScroll
        zoomOnDoubleClick={false}
        connectionRadius={28}
        minZoom={0.15}
        maxZoom={2}
        snapToGrid
        snapGrid={SNAP_GRID}
        fitView
        fitViewOptions={FIT}
        proOptions={PRO_OPTIONS}
        attributionPosition="top-right"
        aria-label="Workflow graph"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} />
        {minimap && (
          <MiniMap
            pannable
            zoomable
            position="bottom-right"
            style={{ bottom: 48 }}
            nodeColor={mapColour}
            nodeBorderRadius={6}
          />
        )}
        <AlignmentGuides />
        {editable && <WireReason kinds={kinds} nodeAt={nodeAt} />}
        {children}
      </ReactFlow>
    </div>
  );
}
