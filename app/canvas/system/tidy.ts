import { Graph, layout } from '@dagrejs/dagre';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { moveNodes } from './change-node.ts';
import { type Box, firstPlace, frameBoxes, nodesInside, withContents } from './frames.ts';
import { GAP, type Point, type Sizes, sizeOf, snap } from './geometry.ts';
import type { Kinds } from './kinds.ts';

/** Where edges come in at a card or a frame, in px below its top. */
const HEAD = 28;

/**
 * Lays the graph out from left to right in layers, what stands in frames first. With `only`, those nodes are laid out
 * among themselves and stay where their top left corner was; the others do not move.
 */
export function tidy(
  document: WorkflowDocument,
  { kinds, sizes }: { kinds: Kinds; sizes: Sizes },
  only?: readonly string[],
): WorkflowDocument {
  const chosen = only && new Set([...only, ...nodesInside(document, only)]);
  const levels = new Map<string | undefined, WorkflowNode[]>();
  for (const node of document.nodes) {
    if (chosen && !chosen.has(node.id)) continue;
    levels.set(node.parent, [...(levels.get(node.parent) ?? []), node]);
  }
  const parents = [...levels.keys()].sort((a, b) => depth(document, b) - depth(document, a));
  return parents.reduce((tidied, parent) => {
    const ids = new Set(levels.get(parent)!.map((node) => node.id));
    return tidyLevel(tidied, { kinds, sizes }, ids, parent);
  }, document);
}

/** Lays out nodes that stand in the same frame; what stands in them moves along. */
function tidyLevel(
  document: WorkflowDocument,
  { kinds, sizes }: { kinds: Kinds; sizes: Sizes },
  ids: ReadonlySet<string>,
  parent: string | undefined,
): WorkflowDocument {
  const frames = frameBoxes(document, kinds, sizes);
  const boxOf = (node: WorkflowNode): Box =>
    frames.get(node.id) ?? { ...node.position, ...sizeOf(node.id, sizes) };
  const nodes = document.nodes.filter((node) => ids.has(node.id));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.y, ranksep: GAP.x, edgesep: GAP.y / 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Edges run from head to head: what stands below the head of a card or a frame counts above it too, so that heads
  // lie on one line.
  for (const node of nodes) {
    const { width, height } = boxOf(node);
    graph.setNode(node.id, { width, height: Math.max(height, 2 * (height - HEAD)) });
  }
  for (const edge of document.edges) {
    if (ids.has(edge.from.node) && ids.has(edge.to.node)) {
      graph.setEdge(edge.from.node, edge.to.node, {}, edge.id);
    }
  }
  layout(graph);

  const corners = nodes.map((node) => {
    const centre = graph.node(node.id) as Point;
    const { width, height } = boxOf(node);
    return { id: node.id, x: centre.x - width / 2, y: centre.y - Math.min(HEAD, height / 2) };
  });
  const frame = document.nodes.find((node) => node.id === parent);
  const whole = document.nodes.every((node) => node.parent !== parent || ids.has(node.id));
  // All that is in a frame begins where its first step does; of anything else the corner stays.
  const wanted =
    frame && whole
      ? firstPlace(frame)
      : {
          x: Math.min(...nodes.map((node) => boxOf(node).x)),
          y: Math.min(...nodes.map((node) => boxOf(node).y)),
        };
  const shift = {
    x: wanted.x - Math.min(...corners.map((corner) => corner.x)),
    y: wanted.y - Math.min(...corners.map((corner) => corner.y)),
  };
  const positions = Object.fromEntries(
    corners.map((corner) => [corner.id, snap({ x: corner.x + shift.x, y: corner.y + shift.y })]),
  );
  return moveNodes(document, withContents(document, positions, frames));
}

function depth(document: WorkflowDocument, parent: string | undefined): number {
  let steps = 0;
  for (let at = parent; at !== undefined && steps < 16; steps += 1) {
    const id: string = at;
    at = document.nodes.find((node) => node.id === id)?.parent;
  }
  return steps;
}
