import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { moveNodes } from './change-node.ts';
import { type Box, frameBoxes, withContents } from './frames.ts';
import { type Point, type Sizes, sizeOf } from './geometry.ts';
import { outermost } from './groups.ts';
import type { Kinds } from './kinds.ts';

/** How cards are put in line. */
export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';
export type Direction = 'across' | 'down';

/** A line that shows what a dragged card is in line with; px of the canvas. */
export interface Guide {
  /** `x`: it stands upright at this x. */
  axis: 'x' | 'y';
  at: number;
  from: number;
  to: number;
}

/** So near a card jumps into line, in px of the canvas. */
const REACH = 5;

/**
 * How far a dragged box is from being in line with others, edge to edge or middle to middle, and the lines that show it.
 * Zero where nothing is near.
 */
export function lineUp(box: Box, others: readonly Box[]): { by: Point; guides: Guide[] } {
  const x = nearest(box, others, 'x');
  const y = nearest(box, others, 'y');
  const by = { x: x?.by ?? 0, y: y?.by ?? 0 };
  const moved = { ...box, x: box.x + by.x, y: box.y + by.y };
  const guides: Guide[] = [];
  if (x) {
    const boxes = [moved, x.other];
    guides.push({
      axis: 'x',
      at: x.at,
      from: Math.min(...boxes.map((one) => one.y)),
      to: Math.max(...boxes.map((one) => one.y + one.height)),
    });
  }
  if (y) {
    const boxes = [moved, y.other];
    guides.push({
      axis: 'y',
      at: y.at,
      from: Math.min(...boxes.map((one) => one.x)),
      to: Math.max(...boxes.map((one) => one.x + one.width)),
    });
  }
  return { by, guides };
}

function linesOf(box: Box, axis: 'x' | 'y'): number[] {
  const [from, length] = axis === 'x' ? [box.x, box.width] : [box.y, box.height];
  return [from, from + length / 2, from + length];
}

function nearest(box: Box, others: readonly Box[], axis: 'x' | 'y') {
  let best: { by: number; at: number; other: Box } | null = null;
  let far = Number.POSITIVE_INFINITY;
  const own = linesOf(box, axis);
  for (const other of others) {
    for (const [index, at] of linesOf(other, axis).entries()) {
      // Like to like: left to left, middle to middle.
      const by = at - own[index]!;
      const away = Math.hypot(other.x - box.x, other.y - box.y);
      if (Math.abs(by) > REACH) continue;
      if (best && (Math.abs(by) > Math.abs(best.by) || (Math.abs(by) === Math.abs(best.by) && away >= far))) {
        continue;
      }
      best = { by, at, other };
      far = away;
    }
  }
  return best;
}

interface Drawn {
  kinds: Kinds;
  sizes: Sizes;
}

/** Puts steps in line; frames move with what is in them. Fewer than two stay where they are. */
export function alignNodes(
  document: WorkflowDocument,
  ids: Iterable<string>,
  how: Alignment,
  drawn: Drawn,
): WorkflowDocument {
  const { boxes, frames } = boxesOf(document, ids, drawn);
  if (boxes.length < 2) return document;
  const left = Math.min(...boxes.map(({ box }) => box.x));
  const top = Math.min(...boxes.map(({ box }) => box.y));
  const right = Math.max(...boxes.map(({ box }) => box.x + box.width));
  const bottom = Math.max(...boxes.map(({ box }) => box.y + box.height));
  const to: Record<Alignment, (box: Box) => Point> = {
    left: ({ y }) => ({ x: left, y }),
    centre: ({ y, width }) => ({ x: Math.round((left + right - width) / 2), y }),
    right: ({ y, width }) => ({ x: right - width, y }),
    top: ({ x }) => ({ x, y: top }),
    middle: ({ x, height }) => ({ x, y: Math.round((top + bottom - height) / 2) }),
    bottom: ({ x, height }) => ({ x, y: bottom - height }),
  };
  const positions = Object.fromEntries(boxes.map(({ id, box }) => [id, to[how](box)]));
  return moveNodes(document, withContents(document, positions, frames));
}

/** Gives steps equal room between them; the outer two stay. Fewer than three stay where they are. */
export function distributeNodes(
  document: WorkflowDocument,
  ids: Iterable<string>,
  direction: Direction,
  drawn: Drawn,
): WorkflowDocument {
  const { boxes, frames } = boxesOf(document, ids, drawn);
  if (boxes.length < 3) return document;
  const start = (box: Box): number => (direction === 'across' ? box.x : box.y);
  const length = (box: Box): number => (direction === 'across' ? box.width : box.height);
  const sorted = boxes.toSorted((a, b) => start(a.box) - start(b.box));
  const [first, last] = [sorted[0]!.box, sorted.at(-1)!.box];
  const taken = sorted.reduce((sum, { box }) => sum + length(box), 0);
  const gap = (start(last) + length(last) - start(first) - taken) / (sorted.length - 1);
  let at = start(first);
  const positions: Record<string, Point> = {};
  for (const { id, box } of sorted) {
    positions[id] =
      direction === 'across' ? { x: Math.round(at), y: box.y } : { x: box.x, y: Math.round(at) };
    at += length(box) + gap;
  }
  return moveNodes(document, withContents(document, positions, frames));
}

function boxesOf(document: WorkflowDocument, ids: Iterable<string>, { kinds, sizes }: Drawn) {
  const frames = frameBoxes(document, kinds, sizes);
  const chosen = new Set(outermost(document, ids));
  const boxes = document.nodes
    .filter(({ id }) => chosen.has(id))
    .map(({ id, position }) => ({ id, box: frames.get(id) ?? { ...position, ...sizeOf(id, sizes) } }));
  return { boxes, frames };
}
