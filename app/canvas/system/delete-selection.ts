import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { connect } from './connect.ts';
import { nodesInside } from './frames.ts';
import { edgesFrom, edgesTo } from './graph.ts';
import type { Kinds } from './kinds.ts';

export interface Selection {
  nodes: readonly string[];
  edges: readonly string[];
}

/**
 * Removes the selected nodes, with what stands in them, and edges. The chain heals: what came before a removed node
 * is connected to what came behind it, where that was a single step.
 */
export function deleteSelection(
  document: WorkflowDocument,
  selection: Selection,
  kinds: Kinds,
  newId: () => string,
): WorkflowDocument {
  const cut = { ...document, edges: document.edges.filter((edge) => !selection.edges.includes(edge.id)) };
  const ids = nodesInside(document, selection.nodes);
  for (const id of selection.nodes) ids.add(id);
  return [...ids].reduce((rest, id) => removeNode(rest, id, kinds, newId), cut);
}

function removeNode(
  document: WorkflowDocument,
  id: string,
  kinds: Kinds,
  newId: () => string,
): WorkflowDocument {
  const before = edgesTo(document, id);
  const behind = edgesFrom(document, id);
  const rest: WorkflowDocument = {
    ...document,
    nodes: document.nodes.filter((node) => node.id !== id),
    edges: document.edges.filter((edge) => edge.from.node !== id && edge.to.node !== id),
  };
  const [next] = behind;
  if (!next || behind.length > 1) return rest;
  return before.reduce(
    (healed, edge) => connect(healed, { from: edge.from, to: next.to.node }, kinds, newId),
    rest,
  );
}
