import type { ToolRun } from '#lib/operations/run-world.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { contentOf } from './content.ts';
import type { Exchange } from './exchange.ts';
import { failureText } from './failure-text.ts';
import type { OngoingCall } from './ongoing-call.ts';
import { resultMeta } from './protocol.ts';

/** Where `_meta` of a result names the run. */
const RUN = 'patchbay/run';

/** The result of a run that has ended, as JSON text. */
export async function endedResult({ exchange }: OngoingCall, run: ToolRun): Promise<string> {
  const { app, project } = exchange.caller;
  if (run.status !== 'succeeded' || !run.output) return failedResult(exchange, failureText(run), run.runId);
  const content = await contentOf(run.output, app.files.of(project.id));
  const { structured } = run.output;
  return completeResult(exchange, {
    content,
    ...(structured !== undefined && { structuredContent: structured }),
  });
}

/** What the model reads instead of an answer. */
export function failedResult(exchange: Exchange, text: string, runId?: string): string {
  return completeResult(exchange, { content: [{ type: 'text', text }], isError: true }, runId);
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
