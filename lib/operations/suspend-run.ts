import type { NewApproval } from '#lib/db/approval-requests.ts';
import { isTask } from '#lib/db/is-task.ts';
import { JOB_ADDED } from '#lib/db/jobs.ts';
import { repository } from '#lib/db/repository.ts';
import type { RunState } from '#lib/engine/run.ts';
import type { App } from './app.ts';
import { firstEnd, type OpenQuestion, openQuestions } from './open-questions.ts';
import type { RunEvents } from './run-events.ts';
import type { RunRecording } from './run-recording.ts';
import { MOST_STATE, type StoredState, TOO_LARGE } from './run-state.ts';
import type { ToolRun } from './run-world.ts';

export interface Suspending {
  recording: RunRecording;
  events: RunEvents;
  state: RunState;
  held: {
    /** 0 when the run was in memory until now. */
    fence: number;
    background: boolean;
    /** Keys of the answers it went on with. */
    used: readonly string[];
    part: StoredState['part'];
  };
}

/**
 * Stores a run that has to wait: its state, the approvals it asks for, and the job that goes on when nobody answers in
 * time. All of it is durable when this resolves, and nothing is kept in memory. A run that leaves too much behind to be
 * stored has failed instead. Throws what the database throws.
 */
export async function suspendRun(app: App, suspending: Suspending): Promise<ToolRun> {
  const { recording, events, held } = suspending;
  const { runId, parentId, projectId } = recording.opening;
  const state: StoredState = held.part ? { ...suspending.state, part: held.part } : suspending.state;
  const text = JSON.stringify(state);
  const { runs } = repository(app.db, { type: 'system' });
  const open = openQuestions(state.waiting ?? []);
  if (text.length > MOST_STATE) return failTooLarge(app, suspending);
  const expiresAt = firstEnd(open);
  // A called workflow is asked about, and gone on with, by the one that called it.
  const called = parentId !== null;
  const approvals = called ? [] : open.flatMap(approvalOf);
  const { round, answered } = await runs.suspend({
    record: recording.record(null, events.end),
    fence: held.fence,
    background: held.background,
    state: text,
    used: held.used,
    waitingFor: open.map(({ key }) => key),
    expiresAt: new Date(expiresAt),
    continueAt: called ? null : new Date(expiresAt),
    approvals,
  });
  events.tell();
  app.recorder.forget(recording);
  if (answered && !called) await runs.continueLater(runId);
  if (!called) app.events.publish(JOB_ADDED, null);
  if (approvals.length > 0) app.events.publish('approval.changed', { projectId, runId });
  return { runId, status: 'suspended', state, waiting: open, round, expiresAt };
}

function approvalOf({ key, question }: OpenQuestion): NewApproval[] {
  if (question.type !== 'approval') return [];
  const { message, details, by, expiresAt } = question;
  return [{ questionKey: key, message, details, by, expiresAt: new Date(expiresAt) }];
}

async function failTooLarge(app: App, { recording, events, held }: Suspending): Promise<ToolRun> {
  const { runId } = recording.opening;
  const instead = { status: 'failed', error: TOO_LARGE } as const;
  if (held.fence > 0) {
    const { runs } = repository(app.db, { type: 'system' });
    const record = { ...recording.record(null, events.end), ...instead };
    const dead = held.background && !isTask({ ...recording.opening, background: true });
    await runs.finish({ record, fence: held.fence, state: null, dead });
  }
  events.tell(instead);
  return { runId, ...instead };
}
