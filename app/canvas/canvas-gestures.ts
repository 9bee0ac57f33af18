import type { Connection, ReactFlowInstance, ReactFlowProps } from '@xyflow/react';
import { toast } from '#app/ui/toast.ts';
import type { CanvasStore } from './store.ts';
import { refuseConnection } from './system/connect.ts';
import type { StepEdge, StepNode } from './system/flow.ts';
import { type GroupNode, type NoteNode, noteId } from './system/flow-drawn.ts';
import { CARD, type Point } from './system/geometry.ts';
import { findNode } from './system/graph.ts';
import { groupId } from './system/groups.ts';

/** All that is drawn as a node. */
export type Drawn = StepNode | NoteNode | GroupNode;

type Gestures = Required<
  Pick<
    ReactFlowProps<Drawn, StepEdge>,
    'isValidConnection' | 'onConnect' | 'onConnectEnd' | 'onNodeDrag' | 'onNodeDragStop' | 'onNodeDoubleClick'
  >
>;

const wireOf = (connection: Connection | StepEdge) => ({
  from: { node: connection.source, handle: connection.sourceHandle ?? 'out' },
  to: connection.target,
});

/** The edge under a point of the screen, found by what the browser drew there. */
export function edgeAt(point: Point): string | null {
  return drawnAt(point, '.react-flow__edge');
}

export function nodeAt(point: Point): string | null {
  return drawnAt(point, '.react-flow__node');
}

function drawnAt(point: Point, what: string): string | null {
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const drawn = element.closest(what);
    if (drawn) return drawn.getAttribute('data-id');
  }
  return null;
}

/** What drawing a connection, dragging a card and a double click do. `onOpen` gets the id of a step. */
export function canvasGestures(
  store: CanvasStore,
  flow: ReactFlowInstance,
  onOpen: (id: string) => void,
): Gestures {
  const isBodyHandle = ({ node: id, handle }: { node: string; handle: string }): boolean => {
    const { document, kinds } = store.getState();
    const node = findNode(document, id);
    return node !== undefined && kinds.get(node.kind)?.body?.handle === handle;
  };
  return {
    isValidConnection: (connection) => {
      const { document, kinds } = store.getState();
      return refuseConnection(document, wireOf(connection), kinds) === null;
    },
    onConnect: (connection) => store.getState().connect(wireOf(connection)),
    onConnectEnd: (event, { fromNode, fromHandle, toNode, isValid }) => {
      if (isValid || !fromNode || fromHandle?.type !== 'source') return;
      const point = 'changedTouches' in event ? event.changedTouches[0] : event;
      if (!point) return;
      const client = { x: point.clientX, y: point.clientY };
      const from = { node: fromNode.id, handle: fromHandle.id ?? 'out' };
      const onto = toNode?.id ?? nodeAt(client);
      const source = findNode(store.getState().document, from.node);
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
    },
    onNodeDrag: (event, node) => {
      if (node.type !== 'step') return;
      const loose = !store
        .getState()
        .document.edges.some((edge) => edge.from.node === node.id || edge.to.node === node.id);
      const client = 'clientX' in event ? { x: event.clientX, y: event.clientY } : null;
      store.getState().hoverEdge(loose && client ? edgeAt(client) : null);
    },
    onNodeDragStop: (event, node) => {
      const { dropEdge, dropOnEdge, dropInFrame, hoverEdge, endGesture, showGuides } = store.getState();
      showGuides([]);
      const client = 'clientX' in event ? { x: event.clientX, y: event.clientY } : null;
      if (client && node.type !== 'note') dropInFrame(node.id, flow.screenToFlowPosition(client));
      if (dropEdge !== null) dropOnEdge(node.id, dropEdge);
      hoverEdge(null);
      endGesture();
    },
    onNodeDoubleClick: (_, node) => {
      const note = noteId(node.id);
      if (note !== null) store.getState().editNote(note);
      else if (groupId(node.id) === null) onOpen(node.id);
    },
  };
}
