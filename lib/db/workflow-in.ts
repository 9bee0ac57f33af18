import type { Scope } from './access.ts';
import { idOf, notFound } from './check.ts';
import type { Tx } from './database.ts';

/** The workflow, if it is of this project and within the scope; else throws `not_found`. */
export async function workflowIn(
  tx: Tx,
  scope: Scope,
  at: { projectId: string; workflowId: string },
): Promise<{ id: string; projectId: string; organizationId: string }> {
  const row = await tx.workflow.findFirst({
    where: {
      AND: [{ id: idOf(at.workflowId, 'workflow'), projectId: idOf(at.projectId, 'project') }, scope],
    },
    select: { id: true, projectId: true, organizationId: true },
  });
  return row ?? notFound('workflow');
}
