import type { RunEvent } from '#lib/engine/events.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { GuardNotes, guardValue } from '#lib/workflow/guard-text.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import type { AnswerForm } from './answer-form.ts';
import { beginCall, repeatCall } from './ask-back.ts';
import { askOverStream } from './ask-over-stream.ts';
import { endedResult, insteadResult } from './call-result.ts';
import { clientAbilities, lackingCapabilities, takesTasks } from './client-abilities.ts';
import { Fault } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { argumentFaults } from './failure-text.ts';
import { linkResult } from './link-result.ts';
import { type LogMessages, logMessagesOf } from './log-messages.ts';
import { type OngoingCall, startOrFind } from './ongoing-call.ts';
import { progressOf } from './progress.ts';
import { clientName, metaOf, TASKS_EXTENSION } from './protocol.ts';
import { callAsTask } from './task-call.ts';

/** A request that runs a live workflow which its caller may use. */
export interface WorkflowCall {
  workflow: LiveWorkflow;
  /** Not checked yet. */
  args: JsonObject;
  form: AnswerForm;
}

/** What a client lacks that takes no tasks. */
const NO_TASKS: JsonObject = { extensions: { [TASKS_EXTENSION]: {} } };

/**
 * Runs a workflow for a request, in the way of its era, and answers with the result as JSON text: `tools/call`,
 * `prompts/get` and `resources/read` differ only in how the answer is written. Throws Fault and AppError.
 */
export async function callWorkflow(exchange: Exchange, call: WorkflowCall): Promise<string> {
  const { caller, era, message } = exchange;
  const { workflow, args } = call;
  const abilities = clientAbilities(message, caller.session);
  const asTask = workflow.contract.task !== undefined && era === 'modern' && takesTasks(message);
  const lacking = {
    ...lackingCapabilities(workflow.contract.requires, abilities),
    ...(workflow.contract.task === 'required' && !asTask && NO_TASKS),
  };
  if (Object.keys(lacking).length > 0) return refuseClient(exchange, call, lacking);
  const faults = argumentFaults(workflow, args);
  if (faults !== null) return insteadResult({ ...call, exchange }, 'arguments', faults);

  exchange.reply.mayTakeLong();
  const listening = logMessagesOf(exchange, workflow);
  const log = listening instanceof Promise ? await listening : listening;
  if (era === 'modern') {
    const begun = ongoing(exchange, { ...call, abilities, log, signal: caller.signal });
    const { params = {} } = message;
    if (asTask) return callAsTask(begun, params);
    return params['requestState'] === undefined ? beginCall(begun, params) : repeatCall(begun, params);
  }
  const { signal, forget } = cancellableCall(exchange);
  try {
    const begun = ongoing(exchange, { ...call, abilities, log, signal });
    const run = await startOrFind(begun);
    if (run.status !== 'suspended') return await endedResult(begun, run);
    return await (caller.session ? askOverStream(begun, caller.session, run) : linkResult(begun, run));
  } finally {
    forget();
  }
}

function ongoing(
  exchange: Exchange,
  { log, ...call }: WorkflowCall & Pick<OngoingCall, 'abilities' | 'signal'> & { log: LogMessages | null },
): OngoingCall {
  const { caller, message, reply } = exchange;
  const token = metaOf(message)['progressToken'];
  const { guard } = caller.project;
  const guarded = (told: JsonObject) => guardValue(told, guard, new GuardNotes()) as JsonObject;
  const progress =
    typeof token === 'string' || typeof token === 'number' ? progressOf(call.workflow, token) : null;
  return {
    ...call,
    exchange,
    client: caller.session?.client ?? clientName(message, caller.headers['user-agent']),
    onEvent:
      progress || log
        ? (event: RunEvent) => {
            const told = progress?.(event);
            if (told) reply.notify('notifications/progress', guarded(told));
            const logged = log?.(event);
            if (logged) reply.notify('notifications/message', guarded(logged));
          }
        : undefined,
  };
}

/** Clients of 2025 take a call back with a notification, and may close the connection as well. */
function cancellableCall({ caller, message }: Exchange): { signal: AbortSignal; forget(): void } {
  const cancelled = new AbortController();
  const cancel = () => cancelled.abort(new Error('cancelled'));
  if (caller.signal.aborted) cancel();
  else caller.signal.addEventListener('abort', cancel, { once: true });
  const remove = caller.calls.add(caller.identity, message.id, cancel);
  return {
    signal: cancelled.signal,
    forget() {
      remove();
      caller.signal.removeEventListener('abort', cancel);
    },
  };
}

/** A workflow that asks the client's model, say, is of no use to a client that has none to offer. */
function refuseClient(exchange: Exchange, call: WorkflowCall, requiredCapabilities: JsonObject): string {
  const { extensions, ...rest } = requiredCapabilities;
  const names = [...Object.keys(rest), ...Object.keys(isJsonObject(extensions) ? extensions : {})].join(
    ' and ',
  );
  const text = `${call.workflow.contract.name} needs a client with the capability ${names}, which this one did not declare.`;
  if (exchange.era === 'modern')
    throw new Fault('missing_capability', text, { data: { requiredCapabilities } });
  return insteadResult({ ...call, exchange }, 'client', text);
}
