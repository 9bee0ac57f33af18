import type { Edge, Node } from '@xyflow/react';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import type { Handle, KindSpec } from '#lib/workflow/kind.ts';
import { handlesOf } from '#lib/workflow/step-face.ts';
import { type Box, frameBoxes, withContents } from './frames.ts';
import type { Point, Sizes } from './geometry.ts';
import { findNode } from './graph.ts';
import { drawnGroup, foldedNodes } from './groups.ts';
import type { Kinds } from './kinds.ts';
import { orBefore } from './or-before.ts';

/**
 * A card reads its step from the document by the id: what is typed into a form is then no news to React Flow, which
 * would look at every card for it.
 */
export type StepNode = Node<{ kind: KindSpec | undefined; handles: Handle[] }, 'step' | 'frame'>;
export type StepEdge = Edge<{ edge: WorkflowEdge }, 'step'>;

export interface FlowView {
  selectedNodes: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  sizes: Sizes;
  /** Groups that are drawn as one card. */
  folded?: ReadonlySet<string>;
}

/**
 * What React Flow draws. A card whose place, handles, selection and size did not change is the object of `previous`,
 * and all of them are `previous` where no card changed, so that only what changed is drawn again.
 */
export function flowNodes(
  document: WorkflowDocument,
  kinds: Kinds,
  view: FlowView,
  previous: StepNode[],
): StepNode[] {
  const old = new Map(previous.map((card) => [card.id, card]));
  const extra = new Map<string, Set<string>>();
  for (const edge of document.edges) {
    const handles = extra.get(edge.from.node) ?? new Set();
    extra.set(edge.from.node, handles.add(edge.from.handle));
  }
  const boxes = frameBoxes(document, kinds, view.sizes);
  const hidden = foldedNodes(document, view.folded ?? NONE);
  const drawn = framesFirst(document.nodes, boxes).filter(({ id }) => !hidden.has(id));
  const cards = drawn.map((node): StepNode => {
    const was = old.get(node.id);
    const selected = view.selectedNodes.has(node.id);
    const box = boxes.get(node.id);
    const around = node.parent === undefined ? undefined : boxes.get(node.parent);
    const corner = box ?? node.position;
    // React Flow counts from the frame a card stands in.
    const position = around ? { x: corner.x - around.x, y: corner.y - around.y } : corner;
    const measured = box ? { width: box.width, height: box.height } : view.sizes[node.id];
    const handles = drawnHandles(node, extra.get(node.id), kinds);
    const kind = kinds.get(node.kind);
    const sameHandles =
      was?.data.handles === handles || JSON.stringify(was?.data.handles) === JSON.stringify(handles);
    const sameData = was?.data.kind === kind && sameHandles ? was?.data : undefined;
    const ariaLabel = `${kind?.title ?? node.kind} ${node.key}`;
    if (
      was &&
      sameData &&
      was.ariaLabel === ariaLabel &&
      was.selected === selected &&
      was.position.x === position.x &&
      was.position.y === position.y &&
      was.measured?.width === measured?.width &&
      was.measured?.height === measured?.height
    ) {
      return was;
    }
    return {
      id: node.id,
      type: box ? 'frame' : 'step',
      position: { x: position.x, y: position.y },
      selected,
      ...(measured ? { measured } : {}),
      // Through the room of a frame one reaches what is drawn in it: edges lie under all cards.
      ...(box ? { width: box.width, height: box.height, style: { pointerEvents: 'none' as const } } : {}),
      ...(around ? { parentId: node.parent } : {}),
      data: sameData ?? { kind, handles },
      ariaLabel,
      // Also where steps cannot be focused: a name needs a role.
      ariaRole: 'group',
    };
  });
  return orBefore(cards, previous);
}

const NONE: ReadonlySet<string> = new Set();

/** React Flow wants a frame before what stands in it. */
function framesFirst(nodes: readonly WorkflowNode[], boxes: ReadonlyMap<string, Box>): WorkflowNode[] {
  const byFrame = Map.groupBy(nodes, ({ parent }) =>
    parent !== undefined && boxes.has(parent) ? parent : undefined,
  );
  const ordered = [...(byFrame.get(undefined) ?? [])];
  // An array visits what is added to it while it is walked.
  for (const node of ordered) ordered.push(...(byFrame.get(node.id) ?? []));
  return ordered;
}

/** Positions as React Flow tells them, as positions on the canvas; what stands in a frame moves with it. */
export function canvasPositions(
  document: WorkflowDocument,
  { kinds, sizes }: { kinds: Kinds; sizes: Sizes },
  told: Readonly<Record<string, Point>>,
): Record<string, Point> {
  const boxes = frameBoxes(document, kinds, sizes);
  if (boxes.size === 0) return { ...told };
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const positions = Object.entries(told).map(([id, { x, y }]) => {
    const around = boxes.get(parents.get(id) ?? '');
    return [id, around ? { x: x + around.x, y: y + around.y } : { x, y }];
  });
  return withContents(document, Object.fromEntries(positions), boxes);
}

/** Handles that only an edge still names are drawn too, or the edge could be neither seen nor removed. */
function drawnHandles(node: WorkflowNode, used: Set<string> | undefined, kinds: Kinds): Handle[] {
  const kind = kinds.get(node.kind);
  const wires = [...(used ?? [])].join(' ');
  const known = handlesByNode.get(node);
  if (known && known.kind === kind && known.wires === wires) return known.handles;
  const own = handlesOf(node, kinds);
  const gone = [...(used ?? [])].filter((id) => !own.some((handle) => handle.id === id));
  const handles = [...own, ...gone.map((id) => ({ id, label: `${id} (gone)` }))];
  handlesByNode.set(node, { kind, wires, handles });
  return handles;
}

/** Documents share the nodes that did not change. */
const handlesByNode = new WeakMap<
  WorkflowNode,
  { kind: KindSpec | undefined; wires: string; handles: Handle[] }
>();

/** The edges as React Flow draws them; `previous` where none changed. */
export function flowEdges(document: WorkflowDocument, view: FlowView, previous: StepEdge[]): StepEdge[] {
  const old = new Map(previous.map((line) => [line.id, line]));
  const hidden = foldedNodes(document, view.folded ?? NONE);
  const lines = document.edges.flatMap((edge): StepEdge[] => {
    const was = old.get(edge.id);
    const selected = view.selectedEdges.has(edge.id);
    const from = hidden.get(edge.from.node);
    const to = hidden.get(edge.to.node);
    if (from !== undefined && from === to) return [];
    // What leads into a folded group leads to its card.
    const source = from === undefined ? edge.from.node : drawnGroup(from);
    const target = to === undefined ? edge.to.node : drawnGroup(to);
    const ariaLabel = `Connection from ${keyOf(document, edge.from.node)} to ${keyOf(document, edge.to.node)}`;
    const same = was?.source === source && was.target === target && was.selected === selected;
    if (was && same && was.data?.edge === edge && was.ariaLabel === ariaLabel) return [was];
    return [
      {
        id: edge.id,
        type: 'step',
        source,
        sourceHandle: from === undefined ? edge.from.handle : 'out',
        target,
        selected,
        data: { edge },
        ariaLabel,
      },
    ];
  });
  return orBefore(lines, previous);
}

function keyOf(document: WorkflowDocument, id: string): string {
  return findNode(document, id)?.key ?? id;
}
