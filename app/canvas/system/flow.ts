import type { Edge, Node } from '@xyflow/react';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '#lib/workflow/document.ts';
import type { Handle, KindSpec } from '#lib/workflow/kind.ts';
import type { Sizes } from './geometry.ts';
import { handlesOf, type Kinds } from './kinds.ts';

export type StepNode = Node<{ node: WorkflowNode; kind: KindSpec | undefined; handles: Handle[] }, 'step'>;
export type StepEdge = Edge<{ edge: WorkflowEdge }, 'step'>;

export interface FlowView {
  selectedNodes: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  sizes: Sizes;
}

/**
 * What React Flow draws. A card whose node, selection and size did not change is the object of `previous`, so
 * that only what changed is drawn again.
 */
export function flowNodes(
  document: WorkflowDocument,
  kinds: Kinds,
  view: FlowView,
  previous: readonly StepNode[],
): StepNode[] {
  const old = new Map(previous.map((card) => [card.id, card]));
  const extra = new Map<string, Set<string>>();
  for (const edge of document.edges) {
    const handles = extra.get(edge.from.node) ?? new Set();
    extra.set(edge.from.node, handles.add(edge.from.handle));
  }
  return document.nodes.map((node) => {
    const was = old.get(node.id);
    const selected = view.selectedNodes.has(node.id);
    const measured = view.sizes[node.id];
    const handles = drawnHandles(node, extra.get(node.id), kinds);
    const sameCard =
      was?.data.node === node && JSON.stringify(was.data.handles) === JSON.stringify(handles)
        ? was
        : undefined;
    if (sameCard && sameCard.selected === selected && sameCard.measured === measured) return sameCard;
    return {
      id: node.id,
      type: 'step',
      position: node.position,
      selected,
      ...(measured ? { measured } : {}),
      data: sameCard?.data ?? { node, kind: kinds.get(node.kind), handles },
      ariaLabel: `${kinds.get(node.kind)?.title ?? node.kind} ${node.key}`,
    };
  });
}

/** Handles that only an edge still names are drawn too, or the edge could be neither seen nor removed. */
function drawnHandles(node: WorkflowNode, used: Set<string> | undefined, kinds: Kinds): Handle[] {
  const own = handlesOf(node, kinds);
  const gone = [...(used ?? [])].filter((id) => !own.some((handle) => handle.id === id));
  return [...own, ...gone.map((id) => ({ id, label: `${id} (gone)` }))];
}

export function flowEdges(
  document: WorkflowDocument,
  view: FlowView,
  previous: readonly StepEdge[],
): StepEdge[] {
  const old = new Map(previous.map((line) => [line.id, line]));
  return document.edges.map((edge) => {
    const was = old.get(edge.id);
    const selected = view.selectedEdges.has(edge.id);
    if (was && was.data?.edge === edge && was.selected === selected) return was;
    return {
      id: edge.id,
      type: 'step',
      source: edge.from.node,
      sourceHandle: edge.from.handle,
      target: edge.to.node,
      selected,
      data: { edge },
    };
  });
}
