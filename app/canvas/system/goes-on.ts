import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';

/** Whether the run goes on when the step fails: then it is no failure of the run. */
export function goesOn({ settings }: WorkflowNode): boolean {
  return settings?.onError === 'continue' || settings?.onError === 'handle';
}

/** Ids of all such steps; none of a document that is not known. */
export function stepsThatGoOn(document: WorkflowDocument | null): ReadonlySet<string> {
  return new Set(document?.nodes.filter(goesOn).map(({ id }) => id));
}
