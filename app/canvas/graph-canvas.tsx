'use client';
import {
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { useTheme } from 'next-themes';
import { type DragEvent, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { FrameCard } from './frame-card.tsx';
import { StepCard } from './step-card.tsx';
import { StepEdge } from './step-edge.tsx';
import { refuseConnection } from './system/connect.ts';
import { flowEdges, flowNodes, type StepEdge as StepEdgeType, type StepNode } from './system/flow.ts';
import { frameAt } from './system/frames.ts';
import { CARD, GRID, type Point } from './system/geometry.ts';
import './canvas.css';

/** What a kind dragged out of the palette is carried as. */
export const KIND_DRAG = 'application/x-patchbay-kind';

const NODE_TYPES = { step: StepCard, frame: FrameCard };
const EDGE_TYPES = { step: StepEdge };
/** Below this zoom the cards cannot be read well. */
const READABLE = 0.55;
/** What the toolbars take of the lower edge, in px. */
const TOOLS = 56;
/** How the whole graph is shown: close to the sides, clear of the toolbars. */
export const FIT = {
  padding: { x: '24px', top: '24px', bottom: `${TOOLS}px` },
  maxZoom: 1,
} as const;

const wireOf = (connection: Connection | StepEdgeType) => ({
  from: { node: connection.source, handle: connection.sourceHandle ?? 'out' },
  to: connection.target,
});

/** The edge under a point of the screen, found by what the browser drew there. */
function edgeAt(point: Point): string | null {
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const edge = element.closest('.react-flow__edge');
    if (edge) return edge.getAttribute('data-id');
  }
  return null;
}

function nodeAt(point: Point): string | null {
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const node = element.closest('.react-flow__node');
    if (node) return node.getAttribute('data-id');
  }
  return null;
}

export interface GraphCanvasProps {
  /** Enter or a double click on a card. */
  onOpen?: (nodeId: string) => void;
  minimap?: boolean;
  /** What floats over the canvas. */
  children?: ReactNode;
}

/** The graph, drawn by React Flow from the store; every gesture becomes a command of the store. */
export function GraphCanvas({ onOpen, minimap = false, children }: GraphCanvasProps) {
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const selectedNodes = useCanvas((state) => state.selectedNodes);
  const selectedEdges = useCanvas((state) => state.selectedEdges);
  const sizes = useCanvas((state) => state.sizes);
  const { resolvedTheme } = useTheme();
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);

  const drawnNodes = useRef<StepNode[]>([]);
  const drawnEdges = useRef<StepEdgeType[]>([]);
  const nodes = useMemo(() => {
    const view = { selectedNodes, selectedEdges, sizes };
    drawnNodes.current = flowNodes(document, kinds, view, drawnNodes.current);
    return drawnNodes.current;
  }, [document, kinds, selectedNodes, selectedEdges, sizes]);
  const edges = useMemo(() => {
    const view = { selectedNodes, selectedEdges, sizes };
    drawnEdges.current = flowEdges(document, view, drawnEdges.current);
    return drawnEdges.current;
  }, [document, selectedNodes, selectedEdges, sizes]);

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

  const onNodesChange = useCallback(
    (changes: NodeChange<StepNode>[]) => {
      const state = store.getState();
      const positions: Record<string, Point> = {};
      const measured: Record<string, { width: number; height: number }> = {};
      const selected = new Set(state.selectedNodes);
      let reselected = false;
      for (const change of changes) {
        if (change.type === 'position' && change.position) positions[change.id] = change.position;
        if (change.type === 'dimensions' && change.dimensions) measured[change.id] = change.dimensions;
        if (change.type === 'select') {
          reselected = true;
          if (change.selected) selected.add(change.id);
          else selected.delete(change.id);
        }
      }
      if (Object.keys(measured).length > 0) state.measure(measured);
      if (Object.keys(positions).length > 0) state.move(positions);
      if (reselected) state.select([...selected], [...state.selectedEdges]);
    },
    [store],
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
      state.select([...state.selectedNodes], [...selected]);
    },
    [store],
  );

  const isBodyHandle = ({ node: id, handle }: { node: string; handle: string }): boolean => {
    const node = store.getState().document.nodes.find((other) => other.id === id);
    return node !== undefined && kinds.get(node.kind)?.body?.handle === handle;
  };

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
      onDragLeave={() => store.getState().hoverEdge(null)}
      onDrop={drop}
    >
      <ReactFlow<StepNode, StepEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={resolvedTheme === 'dark' ? 'dark' : 'light'}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        nodesDraggable={editable}
        nodesConnectable={editable}
        isValidConnection={(connection) =>
          refuseConnection(store.getState().document, wireOf(connection), kinds) === null
        }
        onConnect={(connection) => store.getState().connect(wireOf(connection))}
        onConnectEnd={(event, { fromNode, fromHandle, toNode, isValid }) => {
          if (isValid || !fromNode || fromHandle?.type !== 'source') return;
          const point = 'changedTouches' in event ? event.changedTouches[0] : event;
          if (!point) return;
          const client = { x: point.clientX, y: point.clientY };
          const from = { node: fromNode.id, handle: fromHandle.id ?? 'out' };
          const onto = toNode?.id ?? nodeAt(client);
          const source = store.getState().document.nodes.find((node) => node.id === from.node);
          // In the empty room of its own frame a step is to be added, as on the canvas.
          const inOwnFrame = source && onto !== null && (onto === source.parent || isBodyHandle(from));
          if (onto === fromNode.id && !inOwnFrame) return;
          if (onto !== null && !inOwnFrame) {
            const refused = store.getState().connect({ from, to: onto });
            if (refused !== null) toast.error(refused);
            return;
          }
          const at = flow.screenToFlowPosition(client);
          store
            .getState()
            .openPalette(
              { after: from.node, handle: from.handle, at: { x: at.x, y: at.y - CARD.height / 2 } },
              client,
            );
        }}
        onNodeDrag={(event, node) => {
          const loose = !store
            .getState()
            .document.edges.some((edge) => edge.from.node === node.id || edge.to.node === node.id);
          const client = 'clientX' in event ? { x: event.clientX, y: event.clientY } : null;
          store.getState().hoverEdge(loose && client ? edgeAt(client) : null);
        }}
        onNodeDragStop={(event, node) => {
          const { dropEdge, dropOnEdge, dropInFrame, hoverEdge, endGesture } = store.getState();
          const client = 'clientX' in event ? { x: event.clientX, y: event.clientY } : null;
          if (client) dropInFrame(node.id, flow.screenToFlowPosition(client));
          if (dropEdge !== null) dropOnEdge(node.id, dropEdge);
          hoverEdge(null);
          endGesture();
        }}
        onNodeDoubleClick={(_, node) => onOpen?.(node.id)}
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        panOnDrag={[1, 2]}
        panOnScroll
        zoomOnDoubleClick={false}
        connectionRadius={28}
        minZoom={0.15}
        maxZoom={2}
        snapToGrid
        snapGrid={[GRID, GRID]}
        fitView
        fitViewOptions={FIT}
        proOptions={{ hideAttribution: false }}
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
            // What stands in a frame is drawn on it.
            nodeColor={(node) => (node.type === 'frame' ? 'var(--line)' : 'var(--faint)')}
          />
        )}
        {children}
      </ReactFlow>
    </div>
  );
}
