import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';

/**
 * Whether two documents differ in nothing but where cards stand, notes and groups: nothing that is checked, run or
 * read by a form. Documents share what did not change, so that parts are compared as objects.
 */
export function sameMeaning(one: WorkflowDocument, other: WorkflowDocument): boolean {
  if (one === other) return true;
  return (
    one.edges === other.edges &&
    one.settings === other.settings &&
    one.name === other.name &&
    one.title === other.title &&
    one.description === other.description &&
    one.kind === other.kind &&
    one.nodes.length === other.nodes.length &&
    one.nodes.every((node, at) => sameNode(node, other.nodes[at]))
  );
}

function sameNode(one: WorkflowNode, other: WorkflowNode | undefined): boolean {
  return (
    one === other ||
    (one.id === other?.id &&
      one.key === other.key &&
      one.kind === other.kind &&
      one.config === other.config &&
      one.settings === other.settings &&
      one.parent === other.parent)
  );
}
