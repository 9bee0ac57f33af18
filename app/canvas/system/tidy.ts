import { Graph, layout } from '@dagrejs/dagre';
import type { CanvasGroup, WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { moveNodes } from './change-node.ts';
import { type Box, firstPlace, frameBoxes, nodesInside, withContents } from './frames.ts';
import { GAP, type Point, type Sizes, sizeOf, snap } from './geometry.ts';
import { groupBoxes, groupMoved } from './groups.ts';
import type { Kinds } from './kinds.ts';

/** Where edges come in at a card or a frame, in px below its top. */
const HEAD = 28;

/** The same at a group, whose first line of steps stands below its title. */
const GROUP_HEAD = 76;

/** What is laid out as one: a card, a frame with what is in it, a group with its steps. */
interface Unit {
  id: string;
  box: Box;
  /** Where edges come in, in px below its top. */
  head: number;
}

/**
 * Lays the graph out from left to right in layers, what stands in frames first; a group stays together. With `only`, those nodes are laid out
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
  const groups = document.groups?.filter((group) => group.nodes.every((id) => ids.has(id))) ?? [];
  const inside = groups.reduce(
    (tidied, group) => layOut(tidied, { kinds, sizes }, new Set(group.nodes), parent, []),
    document,
  );
  return layOut(inside, { kinds, sizes }, ids, parent, groups);
}

/** Lays out nodes of one level among themselves, those of a group as one. */
function layOut(
  document: WorkflowDocument,
  { kinds, sizes }: { kinds: Kinds; sizes: Sizes },
  ids: ReadonlySet<string>,
  parent: string | undefined,
  groups: readonly CanvasGroup[],
): WorkflowDocument {
  const frames = frameBoxes(document, kinds, sizes);
  const around = groupBoxes({ ...document, groups: [...groups] }, { sizes, frames });
  const boxOf = (node: WorkflowNode): Box =>
    frames.get(node.id) ?? { ...node.position, ...sizeOf(node.id, sizes) };
  const nodes = document.nodes.filter((node) => ids.has(node.id));
  const unitOf = new Map(groups.flatMap((group) => group.nodes.map((id) => [id, group.id] as const)));
  const units: Unit[] = [
    ...groups.flatMap(({ id }) => {
      const box = around.get(id);
      return box ? [{ id, box, head: GROUP_HEAD }] : [];
    }),
    ...nodes
      .filter(({ id }) => !unitOf.has(id))
      .map((node) => ({ id: node.id, box: boxOf(node), head: HEAD })),
  ];
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.y, ranksep: GAP.x, edgesep: GAP.y / 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Edges run from head to head: what stands below the head of a card or a frame counts above it too, so that heads
  // lie on one line.
  for (const { id, box, head } of units) {
    graph.setNode(id, { width: box.width, height: Math.max(box.height, 2 * (box.height - head)) });
  }
  for (const edge of document.edges) {
    if (!ids.has(edge.from.node) || !ids.has(edge.to.node)) continue;
    const [from, to] = [edge.from.node, edge.to.node].map((id) => unitOf.get(id) ?? id);
    if (from !== undefined && to !== undefined && from !== to) graph.setEdge(from, to, {}, edge.id);
  }
  layout(graph);

  const corners = units.map(({ id, box, head }) => {
    const centre = graph.node(id) as Point;
    return { id, box, x: centre.x - box.width / 2, y: centre.y - Math.min(head, box.height / 2) };
  });
  const frame = document.nodes.find((node) => node.id === parent);
  const whole = document.nodes.every((node) => node.parent !== parent || ids.has(node.id));
  // All that is in a frame begins where its first step does; of anything else the corner stays.
  const wanted =
    frame && whole
      ? firstPlace(frame)
      : {
          x: Math.min(...units.map(({ box }) => box.x)),
          y: Math.min(...units.map(({ box }) => box.y)),
        };
  const shift = {
    x: wanted.x - Math.min(...corners.map((corner) => corner.x)),
    y: wanted.y - Math.min(...corners.map((corner) => corner.y)),
  };
  const positions: Record<string, Point> = {};
  for (const { id, box, x, y } of corners) {
    const to = snap({ x: x + shift.x, y: y + shift.y });
    const group = groups.find((other) => other.id === id);
    if (!group) positions[id] = to;
    else Object.assign(positions, groupMoved(document, group, { x: to.x - box.x, y: to.y - box.y }, frames));
  }
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
