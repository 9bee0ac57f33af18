import { actorOf } from './access.ts';
import type { Tx } from './database.ts';
import type { Principal } from './principal.ts';

export type ReleaseReason = 'publish' | 'unpublish' | 'rollback' | 'delete';

/**
 * Makes the next release of a project from the versions that are live now; answers its number. Call it inside a
 * transaction that holds the lock `project:<id>`.
 */
export async function nextRelease(
  tx: Tx,
  principal: Principal,
  /** `id`: of the workflow; null when it is about the project as a whole. */
  changed: { id: string | null; projectId: string; organizationId: string },
  reason: ReleaseReason,
): Promise<number> {
  const { projectId, organizationId } = changed;
  const { releaseNumber: number } = await tx.project.update({
    where: { id: projectId },
    data: { releaseNumber: { increment: 1 } },
    select: { releaseNumber: true },
  });
  const live = await tx.workflow.findMany({
    where: { projectId, liveVersionId: { not: null } },
    select: { id: true, liveVersionId: true },
    orderBy: { id: 'asc' },
  });
  await tx.release.create({
    data: {
      organizationId,
      projectId,
      number,
      versions: JSON.stringify(
        live.map(({ id, liveVersionId }) => ({ workflowId: id, versionId: liveVersionId })),
      ),
      reason,
      workflowId: changed.id,
      by: actorOf(principal).actorId,
    },
  });
  return number;
}
