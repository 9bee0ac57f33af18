import { keepOutput } from '#lib/operations/kept-output.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import type { AnswerForm } from '../answer-form.ts';
import { callWorkflow } from '../call-workflow.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { mustBeGranted } from '../must-be-granted.ts';
import { checkParamHeaders } from '../param-headers.ts';
import { isFenced, toolAnswer } from '../tool-answer.ts';

/** `tools/call`: runs a live workflow. What goes wrong inside it is a result the model can read. */
export const toolsCall: Method = (exchange) => {
  const { workflow, args } = readParams(exchange);
  if (exchange.era === 'modern') {
    checkParamHeaders(workflow.contract.inputSchema, args, exchange.caller.headers);
  }
  return callWorkflow(exchange, { workflow, args, form: toolForm });
};

const toolForm: AnswerForm = {
  answer: ({ exchange, workflow }, output, runId) =>
    toolAnswer(exchange, {
      runId,
      output,
      fences: isFenced(exchange.caller.project, workflow),
      promised: workflow.contract.outputSchema !== null,
      keep: () => keepOutput(exchange.caller.app, runId, output),
    }),
  instead(why, text, { contract }) {
    // A call that only waits is not marked as an error, which clients show as a failure and models try again at once;
    // but a client that was promised structured data takes an answer without it only as an error.
    const isError = why !== 'waiting' || contract.outputSchema !== null;
    return { content: [{ type: 'text', text }], ...(isError && { isError }) };
  },
};

/** The tool and its arguments. Throws Fault -32602; a tool the caller may not see is unknown to it. */
function readParams({ caller, message }: Exchange): { workflow: LiveWorkflow; args: JsonObject } {
  const { name, arguments: given = {} } = message.params ?? {};
  if (typeof name !== 'string') throw new Fault('invalid_params', 'params.name must be the name of a tool.');
  mustBeGranted(caller, name);
  const workflow = caller.project.workflows.get(name);
  if (workflow?.contract.kind !== 'tool' || !mayCall(caller.principal, caller.project, name)) {
    throw new Fault('invalid_params', `Unknown tool: ${name.slice(0, 100)}`);
  }
  if (!isJsonObject(given)) throw new Fault('invalid_params', 'params.arguments must be an object.');
  return { workflow, args: given };
}
