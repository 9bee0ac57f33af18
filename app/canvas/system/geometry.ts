import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Sizes as the browser measured them, by node id. Cards not measured yet count as `CARD`. */
export type Sizes = Readonly<Record<string, Size>>;

/** A card before it is measured, in px. */
export const CARD: Size = { width: 224, height: 60 };

/** Free room between a card and the next one, in px. */
export const GAP = { x: 56, y: 40 };

/** Positions snap to this grid, in px. */
export const GRID = 8;

export function sizeOf(id: string, sizes: Sizes): Size {
  return sizes[id] ?? CARD;
}

export function snap(point: Point): Point {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}

/** A new card keeps this distance from the others, in px. */
const MARGIN = 16;

/** The first place at or below `wanted` where a new card covers no other that stands in the same frame. */
export function freePlace(document: WorkflowDocument, wanted: Point, sizes: Sizes, parent?: string): Point {
  const place = snap(wanted);
  const covering = (at: Point): WorkflowNode | undefined =>
    document.nodes.find((node) => {
      if (node.parent !== parent) return false;
      const size = sizeOf(node.id, sizes);
      return (
        at.x < node.position.x + size.width + MARGIN &&
        node.position.x < at.x + CARD.width + MARGIN &&
        at.y < node.position.y + size.height + MARGIN &&
        node.position.y < at.y + CARD.height + MARGIN
      );
    });
  let other = covering(place);
  while (other) {
    place.y = snap({ x: 0, y: other.position.y + sizeOf(other.id, sizes).height + GAP.y }).y;
    other = covering(place);
  }
  return place;
}
