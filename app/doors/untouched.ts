import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';

/** Whether nobody has drawn anything yet: no steps, or the start and the end that a new workflow has. */
export function isUntouched(
  { nodes }: Pick<WorkflowDocument, 'nodes'>,
  kinds: ReadonlyMap<string, KindSpec>,
): boolean {
  if (nodes.length > 2) return false;
  return nodes.every((node) => {
    const kind = kinds.get(node.kind);
    return kind?.role !== undefined && JSON.stringify(node.config) === JSON.stringify(kind.initial);
  });
}
