import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';

/** A draft may be unfinished; these are no unfinished work but a broken or hostile file. */
const STRUCTURAL = new Set([
  'unknown_kind',
  'cycle',
  'duplicate_id',
  'edge_unknown_node',
  'edge_unknown_handle',
]);

/** What makes a document that comes from elsewhere no workflow, in sentences. */
export function structuralFaults(document: WorkflowDocument): string[] {
  return compile(document, kinds)
    .problems.filter(({ code, severity }) => severity === 'error' && STRUCTURAL.has(code))
    .map(({ message }) => message);
}
