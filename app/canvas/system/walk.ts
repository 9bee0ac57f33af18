import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { edgesFrom, edgesTo, findNode, readingOrder } from './graph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node an arrow key leads to: right and left along the edges, up and down to the nearest card above or below.
 * Down goes into a frame, up and left out of it, right from its last step to what follows it. With nothing selected any
 * arrow selects the first node. Null where there is nothing that way.
 */
export function walk(document: WorkflowDocument, from: string | null, direction: Direction): string | null {
  const here = from === null ? undefined : findNode(document, from);
  if (!here) return readingOrder(document)[0]?.id ?? null;
  const nearest = (from: WorkflowNode, nodes: WorkflowNode[]): WorkflowNode | undefined =>
    nodes.sort((a, b) => distance(from, a, direction) - distance(from, b, direction))[0];
  if (direction === 'down') {
    const inside = readingOrder(document).find(({ parent }) => parent === here.id);
    if (inside) return inside.id;
  }
  const frame = here.parent === undefined ? undefined : findNode(document, here.parent);
  const found = nearest(here, neighbours(document, here, direction));
  if (found || !frame) return found?.id ?? null;
  if (direction === 'right') return nearest(frame, neighbours(document, frame, direction))?.id ?? null;
  return direction === 'down' ? null : frame.id;
}

function neighbours(document: WorkflowDocument, here: WorkflowNode, direction: Direction): WorkflowNode[] {
  if (direction === 'right' || direction === 'left') {
    const ids =
      direction === 'right'
        ? edgesFrom(document, here.id).map((edge) => edge.to.node)
        : edgesTo(document, here.id).map((edge) => edge.from.node);
    // From a frame to the right means past it: down leads to what is in it.
    return document.nodes.filter(
      (node) => ids.includes(node.id) && !(direction === 'right' && node.parent === here.id),
    );
  }
  return document.nodes.filter(
    (node) =>
      node.parent === here.parent &&
      (direction === 'up' ? node.position.y < here.position.y : node.position.y > here.position.y),
  );
}

function distance(here: WorkflowNode, there: WorkflowNode, direction: Direction): number {
  const x = Math.abs(there.position.x - here.position.x);
  const y = Math.abs(there.position.y - here.position.y);
  // Up and down mean "the one above": what lies far to the side counts double.
  return direction === 'up' || direction === 'down' ? 2 * x + y : y;
}

/**
 * The edge that comes after the selected one, in reading order; of a selected step, the first that leaves it, or else
 * the first that comes to it. Null where there is none.
 */
export function nextEdge(
  document: WorkflowDocument,
  selected: { node: string | null; edge: string | null },
): string | null {
  const place = new Map(readingOrder(document).map(({ id }, at) => [id, at]));
  const at = (id: string): number => place.get(id) ?? 0;
  const edges = document.edges.toSorted(
    (a, b) => at(a.from.node) - at(b.from.node) || at(a.to.node) - at(b.to.node),
  );
  if (selected.node !== null) {
    const own = edges.find(({ from }) => from.node === selected.node);
    return (own ?? edges.find(({ to }) => to.node === selected.node))?.id ?? null;
  }
  const index = edges.findIndex(({ id }) => id === selected.edge);
  return edges[(index + 1) % Math.max(1, edges.length)]?.id ?? null;
}
