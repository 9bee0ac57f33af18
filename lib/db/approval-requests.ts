import type { JsonValue } from '#lib/workflow/json.ts';
import type { Tx } from './database.ts';
import { plain, type RunRecord } from './run-batch.ts';

/** What a run that suspends asks for. */
export interface NewApproval {
  questionKey: string;
  message: string;
  details: JsonValue;
  by: 'caller' | 'team';
  expiresAt: Date;
}

/**
 * Inside the transaction that suspends a run: asks for what was not asked for yet, and withdraws what the run no longer
 * waits for.
 */
export async function requestApprovals(
  tx: Tx,
  run: Pick<
    RunRecord,
    'id' | 'organizationId' | 'projectId' | 'workflowId' | 'workflowName' | 'client' | 'keyId'
  >,
  wanted: readonly NewApproval[],
  waitingFor: readonly string[],
): Promise<void> {
  const pending = await tx.approval.findMany({
    where: { runId: run.id, status: 'pending' },
    select: { questionKey: true },
  });
  const asked = new Set(pending.map(({ questionKey }) => questionKey));
  const left = [...asked].filter((key) => !waitingFor.includes(key));
  if (left.length > 0) await withdrawApprovals(tx, run.id, left);
  for (const { questionKey, message, details, by, expiresAt } of wanted) {
    if (asked.has(questionKey)) continue;
    await tx.approval.create({
      data: {
        organizationId: run.organizationId,
        projectId: run.projectId,
        runId: run.id,
        workflowId: run.workflowId,
        workflowName: plain(run.workflowName),
        questionKey,
        message: plain(message),
        details: JSON.stringify(details),
        by,
        client: run.client === null ? null : plain(run.client),
        keyId: run.keyId,
        expiresAt,
      },
    });
  }
}

/** Inside a transaction: nobody can decide these any more; all of the run when no questions are named. */
export async function withdrawApprovals(
  tx: Tx,
  runId: string,
  questionKeys?: readonly string[],
): Promise<void> {
  await tx.approval.updateMany({
    where: { runId, status: 'pending', ...(questionKeys && { questionKey: { in: [...questionKeys] } }) },
    data: { status: 'expired', decidedAt: new Date() },
  });
}
