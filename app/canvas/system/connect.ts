import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { handlesOf } from '#lib/workflow/step-face.ts';
import { downstream, findNode } from './graph.ts';
import type { Kinds } from './kinds.ts';

export interface Wire {
  from: { node: string; handle: string };
  to: string;
}

/** Why two steps cannot be connected, in a sentence; null when they can. */
export function refuseConnection(document: WorkflowDocument, wire: Wire, kinds: Kinds): string | null {
  const source = findNode(document, wire.from.node);
  const target = findNode(document, wire.to);
  if (!source || !target) return 'One of the steps is gone.';
  if (source === target) return `${source.key} cannot come after itself.`;
  const sourceKind = kinds.get(source.kind);
  const targetKind = kinds.get(target.kind);
  if (targetKind?.role === 'start') return `${target.key} starts the workflow: nothing can come before it.`;
  if (sourceKind?.role === 'end') return `${source.key} ends the workflow: nothing can come after it.`;
  if (!handlesOf(source, kinds).some((handle) => handle.id === wire.from.handle)) {
    return `${source.key} has no handle “${wire.from.handle}”.`;
  }
  if (wire.from.handle === sourceKind?.body?.handle) {
    if (target.parent !== source.id) {
      return `“${wire.from.handle}” leads to the first step inside ${source.key}: ${target.key} stands outside of it.`;
    }
  } else if (source.parent !== target.parent) {
    return 'Steps inside a frame connect only to steps of the same frame.';
  }
  const same = document.edges.some(
    (edge) =>
      edge.from.node === wire.from.node && edge.from.handle === wire.from.handle && edge.to.node === wire.to,
  );
  if (same) return `${source.key} and ${target.key} are connected already.`;
  if (downstream(document, target.id).has(source.id)) {
    return `${target.key} runs before ${source.key}: this edge would close a circle.`;
  }
  return null;
}

/** Adds an edge. A connection that is refused leaves the document as it was. */
export function connect(
  document: WorkflowDocument,
  wire: Wire,
  kinds: Kinds,
  newId: () => string,
): WorkflowDocument {
  if (refuseConnection(document, wire, kinds) !== null) return document;
  const edge = { id: newId(), from: wire.from, to: { node: wire.to } };
  return { ...document, edges: [...document.edges, edge] };
}
