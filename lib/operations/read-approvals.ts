import type { Approval, ApprovalStatus } from '#lib/db/approvals.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';

export interface ApprovalView {
  id: string;
  runId: string;
  workflowId: string;
  workflowName: string;
  message: string;
  details: JsonValue;
  by: 'caller' | 'team';
  /** Who asks: name and version of the client. */
  client: string | null;
  status: ApprovalStatus;
  requestedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedByName: string | null;
  comment: string | null;
}

/** Approvals of a project, newest first. */
export async function listApprovals(
  app: App,
  principal: Principal,
  project: string,
  status?: ApprovalStatus,
): Promise<{ items: ApprovalView[] }> {
  const { id } = await findProject(app, principal, project);
  const approvals = await repository(app.db, principal).approvals.list(id, status);
  return { items: approvals.map(approvalView) };
}

/** An approval as it is shown. */
export function approvalView(approval: Approval): ApprovalView {
  const { id, runId, workflowId, workflowName, message, details, by, client, status } = approval;
  return {
    id,
    runId,
    workflowId,
    workflowName,
    message,
    details,
    by,
    client,
    status,
    requestedAt: approval.requestedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    decidedByName: approval.decidedByName,
    comment: approval.comment,
  };
}
