import { AppError } from '#lib/db/app-error.ts';
import type { Approval } from '#lib/db/approvals.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { merge } from './answer-run.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { type ApprovalView, approvalView } from './read-approvals.ts';
import { mayEdit } from './roles.ts';

export interface Decide {
  project: string;
  approval: string;
  approved: boolean;
  comment?: string | undefined;
  /** The name of the person who decides, as it is kept. */
  name: string;
}

/** A run that changes while somebody decides. */
const TRIES = 10;

/**
 * Keeps a person's decision; the run then goes on by itself. Durable when it resolves. Throws `conflict` when it was
 * decided already, `gone` when its time is over or the run has ended otherwise.
 */
export async function decideApproval(
  app: App,
  principal: Principal,
  { project, approval: approvalId, approved, comment, name }: Decide,
): Promise<ApprovalView> {
  const { id: projectId } = await findProject(app, principal, project);
  mayEdit(principal, 'decide an approval');
  const { approvals } = repository(app.db, principal);
  const { runs } = repository(app.db, { type: 'system' });
  for (let count = 0; count < TRIES; count += 1) {
    const approval = await approvals.get(projectId, approvalId);
    if (!approval) throw new AppError('not_found', 'There is no such approval.');
    checkPending(approval);
    const { runId, questionKey } = approval;
    const run = await runs.held(projectId, runId);
    if (!run) throw new AppError('gone', 'The run that asked for this is no longer there.');
    const given = { approved, ...(comment !== undefined && { comment }) };
    const { merged, decisions } = merge(run, { [questionKey]: given }, { type: 'person', name });
    const done = await approvals.decide(projectId, approvalId, decisions[questionKey]!, {
      looked: run,
      answers: merged,
    });
    if (!done) continue;
    app.events.publish(JOB_ADDED, null);
    app.events.publish('run.answered', { runId });
    app.events.publish('approval.changed', { projectId, runId });
    return approvalView((await approvals.get(projectId, approvalId))!);
  }
  throw new AppError('unavailable', 'The run changes all the time; try again in a moment.', {
    retryAfterMs: 1000,
  });
}

function checkPending({ status, decidedByName, expiresAt }: Approval): void {
  if (status === 'expired' || (status === 'pending' && expiresAt.getTime() <= Date.now())) {
    throw new AppError(
      'gone',
      'Nobody decided in time, or the run has ended: this can no longer be decided.',
    );
  }
  if (status === 'pending') return;
  const who = decidedByName === null ? '' : ` by ${decidedByName}`;
  throw new AppError('conflict', `This was ${status} already${who}.`);
}
