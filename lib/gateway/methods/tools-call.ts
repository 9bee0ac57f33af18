import type { RunEvent } from '#lib/engine/events.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { mayCall, runTool } from '#lib/operations/run-tool.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { contentOf } from '../content.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { argumentFaults, failureText } from '../failure-text.ts';
import { checkParamHeaders } from '../param-headers.ts';
import { progressOf } from '../progress.ts';
import { clientName, isObject, metaOf, resultMeta } from '../protocol.ts';

/** `tools/call`: runs a live workflow. What goes wrong inside it is a result the model can read. */
export const toolsCall: Method = async (exchange) => {
  const { caller, era } = exchange;
  const { workflow, args } = readParams(exchange);
  if (era === 'modern') checkParamHeaders(workflow.contract.inputSchema, args, caller.headers);
  const faults = argumentFaults(workflow, args);
  if (faults !== null) return failed(exchange, faults);

  const { admission, admissionKey, project } = caller;
  const projectKey = `project ${project.id}`;
  const cancellable = era === 'legacy' ? cancellableCall(exchange) : null;
  const signal = cancellable?.signal ?? caller.signal;
  exchange.reply.mayTakeLong();
  try {
    if (!admission.tryEnter(admissionKey, projectKey)) {
      await admission.enter(admissionKey, projectKey, signal);
    }
    try {
      return await run(exchange, workflow, args, signal);
    } finally {
      admission.leave(admissionKey, projectKey);
    }
  } finally {
    cancellable?.forget();
  }
};

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

async function run(
  exchange: Exchange,
  workflow: LiveWorkflow,
  args: JsonObject,
  signal: AbortSignal,
): Promise<string> {
  const { caller, message, reply } = exchange;
  const { app, project, principal, headers, session } = caller;
  const token = metaOf(message)['progressToken'];
  const progress =
    typeof token === 'string' || typeof token === 'number' ? progressOf(workflow, token) : null;
  const onEvent = progress
    ? (event: RunEvent) => {
        const params = progress(event);
        if (params) reply.notify('notifications/progress', params);
      }
    : undefined;
  const client = session?.client ?? clientName(message, headers['user-agent']);
  const ran = await runTool(app, principal, { project, workflow, args, signal, client, onEvent });
  if (ran.status !== 'succeeded' || !ran.output) return failed(exchange, failureText(ran), ran.runId);
  const content = await contentOf(ran.output, app.files.of(project.id));
  const { structured } = ran.output;
  return result(exchange, {
    content,
    ...(structured !== undefined && { structuredContent: structured }),
  });
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

function failed(exchange: Exchange, text: string, runId?: string): string {
  const meta = runId === undefined ? undefined : { 'patchbay/run': runId };
  return result(exchange, { content: [{ type: 'text', text }], isError: true }, meta);
}

function result({ caller, era }: Exchange, members: JsonObject, meta?: JsonObject): string {
  if (era === 'legacy') return JSON.stringify(meta ? { ...members, _meta: meta } : members);
  return JSON.stringify({
    resultType: 'complete',
    ...members,
    _meta: { ...meta, ...resultMeta(caller.project) },
  });
}
