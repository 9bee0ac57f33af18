import type { ToolRun } from '#lib/operations/run-world.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { Instead } from './answer-form.ts';
import type { Exchange } from './exchange.ts';
import { failureText } from './failure-text.ts';
import type { OngoingCall } from './ongoing-call.ts';
import { resultMeta } from './protocol.ts';

/** Where `_meta` of a result names the run. */
const RUN = 'patchbay/run';

/** The result of a run that has ended, as JSON text. Throws Fault where the method has no result for a failure. */
export async function endedResult(call: OngoingCall, run: ToolRun): Promise<string> {
  if (run.status !== 'succeeded' || !run.output) {
    const why = run.error?.code === 'FAIL' ? 'refused' : 'failed';
    return insteadResult(call, why, failureText(run), run.runId);
  }
  // A person who tries the tool goes on to its run; of no use to any other client.
  const isTried = call.exchange.caller.principal.type === 'user';
  const members = await call.form.answer(call, run.output, run.runId);
  return completeResult(call.exchange, members, isTried ? run.runId : undefined);
}

/** What whoever called reads in place of an answer. Throws Fault where the method has no result for it. */
export function insteadResult(
  { exchange, workflow, form }: Pick<OngoingCall, 'exchange' | 'workflow' | 'form'>,
  why: Instead,
  text: string,
  runId?: string,
): string {
  return completeResult(exchange, form.instead(why, text, workflow), runId);
}

/** A result in the form of its era. */
export function completeResult({ caller, era }: Exchange, members: JsonObject, runId?: string): string {
  const meta = runId === undefined ? undefined : { [RUN]: runId };
  if (era === 'legacy') return JSON.stringify(meta ? { ...members, _meta: meta } : members);
  return JSON.stringify({
    resultType: 'complete',
    ...members,
    _meta: { ...meta, ...resultMeta(caller.project) },
  });
}

/** A result of 2026-07-28 in whose place there is a task. */
export function createdResult({ caller }: Exchange, task: JsonObject): string {
  return JSON.stringify({ resultType: 'task', ...task, _meta: resultMeta(caller.project) });
}

/** A result of 2026-07-28 that asks back. */
export function inputRequiredResult(
  { caller }: Exchange,
  members: { inputRequests: JsonObject; requestState: string },
  runId: string,
): string {
  return JSON.stringify({
    resultType: 'input_required',
    ...members,
    _meta: { [RUN]: runId, ...resultMeta(caller.project) },
  });
}
