import { Graph, layout } from '@dagrejs/dagre';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { moveNodes } from './change-node.ts';
import { GAP, type Point, type Sizes, sizeOf, snap } from './geometry.ts';

/**
 * Lays the graph out from left to right in layers. With `only`, those nodes are laid out among themselves and
 * stay where their top left corner was; the others do not move.
 */
export function tidy(document: WorkflowDocument, sizes: Sizes, only?: readonly string[]): WorkflowDocument {
  const nodes = document.nodes.filter((node) => !only || only.includes(node.id));
  if (nodes.length === 0) return document;
  const chosen = new Set(nodes.map((node) => node.id));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.y, ranksep: GAP.x, edgesep: GAP.y / 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(node.id, sizes) });
  for (const edge of document.edges) {
    if (chosen.has(edge.from.node) && chosen.has(edge.to.node)) {
      graph.setEdge(edge.from.node, edge.to.node, {}, edge.id);
    }
  }
  layout(graph);

  const corners = nodes.map((node) => {
    const centre = graph.node(node.id) as Point;
    const size = sizeOf(node.id, sizes);
    return { id: node.id, x: centre.x - size.width / 2, y: centre.y - size.height / 2 };
  });
  const anchor = {
    x: Math.min(...nodes.map((node) => node.position.x)) - Math.min(...corners.map((corner) => corner.x)),
    y: Math.min(...nodes.map((node) => node.position.y)) - Math.min(...corners.map((corner) => corner.y)),
  };
  return moveNodes(
    document,
    Object.fromEntries(
      corners.map((corner) => [corner.id, snap({ x: corner.x + anchor.x, y: corner.y + anchor.y })]),
    ),
  );
}
