import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { edgesFrom, edgesTo, findNode, readingOrder } from './graph.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * The node an arrow key leads to: right and left along the edges, up and down to the nearest card above or below.
 * With nothing selected any arrow selects the first node. Null where there is nothing that way.
 */
export function walk(document: WorkflowDocument, from: string | null, direction: Direction): string | null {
  const here = from === null ? undefined : findNode(document, from);
  if (!here) return readingOrder(document)[0]?.id ?? null;
  const candidates = neighbours(document, here, direction);
  const [nearest] = candidates.sort((a, b) => distance(here, a, direction) - distance(here, b, direction));
  return nearest?.id ?? null;
}

function neighbours(document: WorkflowDocument, here: WorkflowNode, direction: Direction): WorkflowNode[] {
  if (direction === 'right' || direction === 'left') {
    const ids =
      direction === 'right'
        ? edgesFrom(document, here.id).map((edge) => edge.to.node)
        : edgesTo(document, here.id).map((edge) => edge.from.node);
    return document.nodes.filter((node) => ids.includes(node.id));
  }
  return document.nodes.filter((node) =>
    direction === 'up' ? node.position.y < here.position.y : node.position.y > here.position.y,
  );
}

function distance(here: WorkflowNode, there: WorkflowNode, direction: Direction): number {
  const x = Math.abs(there.position.x - here.position.x);
  const y = Math.abs(there.position.y - here.position.y);
  // Up and down mean "the one above": what lies far to the side counts double.
  return direction === 'up' || direction === 'down' ? 2 * x + y : y;
}
