import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import type { Kinds } from './kinds.ts';

/** Steps that can take the effect of this one back: beside it, connected to nothing, and nothing's undo but its own. */
export function undoCandidates(document: WorkflowDocument, node: WorkflowNode, kinds: Kinds): WorkflowNode[] {
  const wired = new Set(document.edges.flatMap(({ from, to }) => [from.node, to.node]));
  return document.nodes.filter((other) => {
    const kind = kinds.get(other.kind);
    if (other.id === node.id || other.parent !== node.parent || wired.has(other.id)) return false;
    return kind !== undefined && kind.role === undefined && kind.body === undefined && !other.settings?.undo;
  });
}

const undoneById = new WeakMap<readonly WorkflowNode[], Map<string, WorkflowNode>>();

/** The step whose effect this one takes back. */
export function undoneBy(document: WorkflowDocument, id: string): WorkflowNode | undefined {
  let undone = undoneById.get(document.nodes);
  if (!undone) {
    undone = new Map(
      document.nodes.flatMap((node) => (node.settings?.undo ? [[node.settings.undo, node]] : [])),
    );
    undoneById.set(document.nodes, undone);
  }
  return undone.get(id);
}
