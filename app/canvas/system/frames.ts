import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { type Point, type Size, type Sizes, sizeOf } from './geometry.ts';
import type { Kinds } from './kinds.ts';

/** Where a frame is drawn: its top left corner and its size, in px of the canvas. */
export type Box = Point & Size;

/** A frame without steps, in px. */
export const EMPTY_FRAME: Size = { width: 352, height: 184 };

/** The head of a frame, in px: what it does, and its key. */
export const HEAD_HEIGHT = 56;

/** Where the handle inside a frame stands, in px from its top: at the middle of a first card. */
export const BODY_HANDLE_AT = 118;

/** Room between the frame and its steps, in px; above them stands the head, left of them the handle they begin at. */
const INSET = { top: 88, right: 48, bottom: 32, left: 112 };

/** More room above a step that is in a group, for the group's title; px. */
const GROUP_TITLE = 32;

/** Deeper than this nothing is drawn inside another step: the compiler refuses it long before. */
const DEEPEST = 16;

/** Whether a node holds others. */
export function isFrame(node: WorkflowNode, kinds: Kinds): boolean {
  return kinds.get(node.kind)?.body !== undefined;
}

/** Nodes by the frame they stand in; a parent that is no frame does not count. */
export function childrenByFrame(document: WorkflowDocument, kinds: Kinds): Map<string, WorkflowNode[]> {
  const frames = new Set(document.nodes.filter((node) => isFrame(node, kinds)).map(({ id }) => id));
  const children = new Map<string, WorkflowNode[]>();
  for (const node of document.nodes) {
    if (node.parent === undefined || node.parent === node.id || !frames.has(node.parent)) continue;
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node);
    else children.set(node.parent, [node]);
  }
  return children;
}

/** The nodes inside these nodes, at any depth; those given are not among them unless they stand in one another. */
export function nodesInside(document: WorkflowDocument, ids: Iterable<string>): Set<string> {
  const inside = new Set<string>();
  const byParent = Map.groupBy(document.nodes, (node) => node.parent);
  const left = [...ids];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    for (const child of byParent.get(id) ?? []) {
      if (inside.has(child.id)) continue;
      inside.add(child.id);
      left.push(child.id);
    }
  }
  return inside;
}

/** The box of every frame: around its steps, and never smaller than an empty one. */
export function frameBoxes(document: WorkflowDocument, kinds: Kinds, sizes: Sizes): Map<string, Box> {
  const children = childrenByFrame(document, kinds);
  const boxes = new Map<string, Box>();
  const grouped = new Set(document.groups?.flatMap(({ nodes }) => nodes));
  const measure = (node: WorkflowNode, depth: number): Box => {
    if (!isFrame(node, kinds) || depth > DEEPEST) return { ...node.position, ...sizeOf(node.id, sizes) };
    const known = boxes.get(node.id);
    if (known) return known;
    let { x: left, y: top } = node.position;
    let right = left + EMPTY_FRAME.width;
    let bottom = top + EMPTY_FRAME.height;
    for (const child of children.get(node.id) ?? []) {
      const box = measure(child, depth + 1);
      left = Math.min(left, box.x - INSET.left);
      top = Math.min(top, box.y - INSET.top - (grouped.has(child.id) ? GROUP_TITLE : 0));
      right = Math.max(right, box.x + box.width + INSET.right);
      bottom = Math.max(bottom, box.y + box.height + INSET.bottom);
    }
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    boxes.set(node.id, box);
    return box;
  };
  for (const node of document.nodes) if (isFrame(node, kinds)) measure(node, 0);
  return boxes;
}

/** Sizes in which a frame counts with all that is in it. */
export function sizesWithFrames(document: WorkflowDocument, kinds: Kinds, sizes: Sizes): Sizes {
  const boxes = frameBoxes(document, kinds, sizes);
  if (boxes.size === 0) return sizes;
  return {
    ...sizes,
    ...Object.fromEntries([...boxes].map(([id, { width, height }]) => [id, { width, height }])),
  };
}

/** Where the first step of a frame goes. */
export function firstPlace(frame: WorkflowNode): Point {
  return { x: frame.position.x + INSET.left, y: frame.position.y + INSET.top };
}

/** The innermost frame at a point of the canvas; `without` and what stands in it are looked through. */
export function frameAt(
  document: WorkflowDocument,
  point: Point,
  context: { kinds: Kinds; sizes: Sizes },
  without?: string,
): string | undefined {
  const skipped = without === undefined ? new Set<string>() : nodesInside(document, [without]).add(without);
  const holding = [...frameBoxes(document, context.kinds, context.sizes)].filter(
    ([id, box]) =>
      !skipped.has(id) &&
      point.x >= box.x &&
      point.x <= box.x + box.width &&
      point.y >= box.y &&
      point.y <= box.y + box.height,
  );
  // A frame inside another one is the smaller of the two.
  return holding.sort(([, a], [, b]) => a.width * a.height - b.width * b.height)[0]?.[0];
}

/** Where nodes and all that stands in them are after these have been moved; positions of the canvas. */
export function withContents(
  document: WorkflowDocument,
  positions: Readonly<Record<string, Point>>,
  boxes: ReadonlyMap<string, Box>,
): Record<string, Point> {
  const moved: Record<string, Point> = { ...positions };
  for (const [id, to] of Object.entries(positions)) {
    const box = boxes.get(id);
    if (!box) continue;
    const taken = nodesInside(document, [id]).add(id);
    for (const node of document.nodes) {
      if (!taken.has(node.id) || (node.id !== id && node.id in positions)) continue;
      moved[node.id] = { x: node.position.x + to.x - box.x, y: node.position.y + to.y - box.y };
    }
  }
  return moved;
}

/**
 * Moves what stands right of frames that became wider, and below frames that became higher, out of their way.
 * `before` is the document as it was.
 */
export function makeRoom(
  before: WorkflowDocument,
  after: WorkflowDocument,
  context: { kinds: Kinds; sizes: Sizes },
): WorkflowDocument {
  const old = frameBoxes(before, context.kinds, context.sizes);
  let document = after;
  // The innermost first: a frame that grew makes the one around it grow.
  const grown = [...frameBoxes(after, context.kinds, context.sizes).keys()]
    .filter((id) => old.has(id))
    .sort((a, b) => depthOf(after, b) - depthOf(after, a));
  for (const id of grown) {
    const was = old.get(id)!;
    const now = frameBoxes(document, context.kinds, context.sizes).get(id)!;
    const wider = now.x + now.width - (was.x + was.width);
    const frame = document.nodes.find((node) => node.id === id)!;
    if (wider <= 0) continue;
    const aside = document.nodes.filter(
      (node) =>
        node.id !== id &&
        node.parent === frame.parent &&
        node.position.x >= was.x + was.width &&
        isThere(before, node),
    );
    const moving = nodesInside(
      document,
      aside.map((node) => node.id),
    );
    for (const node of aside) moving.add(node.id);
    document = {
      ...document,
      nodes: document.nodes.map((node) =>
        moving.has(node.id)
          ? { ...node, position: { x: node.position.x + wider, y: node.position.y } }
          : node,
      ),
    };
  }
  return document;
}

function isThere(document: WorkflowDocument, { id }: WorkflowNode): boolean {
  return document.nodes.some((node) => node.id === id);
}

function depthOf(document: WorkflowDocument, id: string): number {
  let depth = 0;
  let at = document.nodes.find((node) => node.id === id);
  while (at?.parent !== undefined && depth < DEEPEST) {
    depth += 1;
    const { parent } = at;
    at = document.nodes.find((node) => node.id === parent);
  }
  return depth;
}
