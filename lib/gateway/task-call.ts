import type { HeldRun } from '#lib/db/held-runs.ts';
import { isTask } from '#lib/db/is-task.ts';
import { waitingAgain } from '#lib/operations/resume-run.ts';
import type { ToolRun } from '#lib/operations/run-world.ts';
import { becomeTask, startTask } from '#lib/operations/task-run.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { askResult, isAnswered, type Reading, read, readRepeated, repeatCall } from './ask-back.ts';
import { asksFirst } from './asks-first.ts';
import { createdResult, endedResult } from './call-result.ts';
import { admitted, type OngoingCall, startRun } from './ongoing-call.ts';
import { workingTask } from './task-answer.ts';

/**
 * Answers a call with a task, which is durable by then. What the workflow asks before it does anything is asked as in
 * any call of 2026-07-28, where the client can be asked: the task begins with the first answer.
 */
export async function callAsTask(call: OngoingCall, params: JsonObject): Promise<string> {
  if (params['requestState'] !== undefined) return repeatAsTask(call, params);
  if (!asksFirst(call.workflow.plan)) return created(call, await admitted(call, () => begin(call)));
  const run = await startRun(call);
  if (run.status !== 'suspended') return endedResult(call, run);
  const responses = params['inputResponses'];
  return goOnAsTask(call, run, read(run.waiting ?? [], { responses, client: call.client }));
}

async function repeatAsTask(call: OngoingCall, params: JsonObject): Promise<string> {
  const { run, reading } = await readRepeated(call, params);
  // The answer to the call before got lost.
  if (isTask(run)) return created(call, run);
  // Somebody answered another way, and it went on without becoming a task.
  if (run.status !== 'suspended') return repeatCall(call, params);
  return goOnAsTask(call, waitingAgain(run), reading);
}

async function goOnAsTask(call: OngoingCall, run: ToolRun, reading: Reading): Promise<string> {
  const { app, principal, project } = call.exchange.caller;
  // To wait for a team is what a task is for.
  const waiting = run.waiting?.filter(
    ({ question }) => question.type !== 'approval' || question.by === 'caller',
  );
  const asked = isAnswered(reading) ? null : askResult(call, { ...run, waiting }, reading);
  if (asked !== null) return asked;
  const task = await becomeTask(
    app,
    principal,
    { projectId: project.id, runId: run.runId },
    { answers: reading.answers, by: { type: 'client', name: call.client } },
  );
  return created(call, task);
}

function begin({ exchange, workflow, args, client }: OngoingCall): Promise<HeldRun> {
  const { app, principal, project } = exchange.caller;
  return startTask(app, principal, { project, workflow, args, client });
}

function created({ exchange }: OngoingCall, run: HeldRun): string {
  return createdResult(exchange, workingTask(run));
}
