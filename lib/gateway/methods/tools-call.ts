import { LOG_LEVEL_META_KEY } from '@modelcontextprotocol/server';
import type { RunEvent } from '#lib/engine/events.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { beginCall, repeatCall } from '../ask-back.ts';
import { askOverStream } from '../ask-over-stream.ts';
import { endedResult, failedResult } from '../call-result.ts';
import { clientAbilities, lackingCapabilities } from '../client-abilities.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { argumentFaults } from '../failure-text.ts';
import { linkResult } from '../link-result.ts';
import { logMessagesOf } from '../log-messages.ts';
import { type OngoingCall, startOrFind } from '../ongoing-call.ts';
import { checkParamHeaders } from '../param-headers.ts';
import { progressOf } from '../progress.ts';
import { clientName, isObject, metaOf } from '../protocol.ts';

/** `tools/call`: runs a live workflow. What goes wrong inside it is a result the model can read. */
export const toolsCall: Method = async (exchange) => {
  const { caller, era, message } = exchange;
  const { workflow, args } = readParams(exchange);
  if (era === 'modern') checkParamHeaders(workflow.contract.inputSchema, args, caller.headers);
  const abilities = clientAbilities(message, caller.session);
  const lacking = lackingCapabilities(workflow.contract.requires, abilities);
  if (lacking) return refuseClient(exchange, workflow, lacking);
  const faults = argumentFaults(workflow, args);
  if (faults !== null) return failedResult(exchange, faults);

  exchange.reply.mayTakeLong();
  if (era === 'modern') {
    const call = ongoing(exchange, { workflow, args, abilities, signal: caller.signal });
    const { params = {} } = message;
    return params['requestState'] === undefined ? beginCall(call, params) : repeatCall(call, params);
  }
  const { signal, forget } = cancellableCall(exchange);
  try {
    const call = ongoing(exchange, { workflow, args, abilities, signal });
    const run = await startOrFind(call);
    if (run.status !== 'suspended') return await endedResult(call, run);
    return await (caller.session ? askOverStream(call, caller.session, run) : linkResult(call, run));
  } finally {
    forget();
  }
};

function ongoing(
  exchange: Exchange,
  call: Pick<OngoingCall, 'workflow' | 'args' | 'abilities' | 'signal'>,
): OngoingCall {
  const { caller, message, reply } = exchange;
  const meta = metaOf(message);
  const token = meta['progressToken'];
  const progress =
    typeof token === 'string' || typeof token === 'number' ? progressOf(call.workflow, token) : null;
  const log = exchange.era === 'modern' ? logMessagesOf(call.workflow, meta[LOG_LEVEL_META_KEY]) : null;
  return {
    ...call,
    exchange,
    client: caller.session?.client ?? clientName(message, caller.headers['user-agent']),
    onEvent:
      progress || log
        ? (event: RunEvent) => {
            const told = progress?.(event);
            if (told) reply.notify('notifications/progress', told);
            const logged = log?.(event);
            if (logged) reply.notify('notifications/message', logged);
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

/** The tool and its arguments. Throws Fault -32602; a tool the caller may not see is unknown to it. */
function readParams({ caller, message }: Exchange): { workflow: LiveWorkflow; args: JsonObject } {
  const { name, arguments: given = {} } = message.params ?? {};
  if (typeof name !== 'string') throw new Fault('invalid_params', 'params.name must be the name of a tool.');
  const workflow = caller.project.workflows.get(name);
  if (workflow?.contract.kind !== 'tool' || !mayCall(caller.principal, caller.project, name)) {
    throw new Fault('invalid_params', `Unknown tool: ${name.slice(0, 100)}`);
  }
  if (!isObject(given)) throw new Fault('invalid_params', 'params.arguments must be an object.');
  return { workflow, args: given };
}

/** A tool that asks the client's model, say, is of no use to a client that has none to offer. */
function refuseClient(
  exchange: Exchange,
  { contract }: LiveWorkflow,
  requiredCapabilities: JsonObject,
): string {
  const names = Object.keys(requiredCapabilities).join(' and ');
  const text = `${contract.name} needs a client with the capability ${names}, which this one did not declare.`;
  if (exchange.era === 'modern')
    throw new Fault('missing_capability', text, { data: { requiredCapabilities } });
  return failedResult(exchange, text);
}
