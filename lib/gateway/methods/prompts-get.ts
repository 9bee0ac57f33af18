import type { LiveWorkflow } from '#lib/operations/live.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { fromTexts } from '#lib/workflow/text-arguments.ts';
import type { AnswerForm } from '../answer-form.ts';
import { callWorkflow } from '../call-workflow.ts';
import { contentOf, linksAsTexts } from '../content.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { mustBeGranted } from '../must-be-granted.ts';
import { hasLinks, revisionOf } from '../revision.ts';

/** `prompts/get`: runs a live workflow, whose answer is the messages. */
export const promptsGet: Method = (exchange) => {
  const { workflow, args } = readParams(exchange);
  return callWorkflow(exchange, { workflow, args, form: promptForm });
};

/** Each part of the answer is a message. There is no result for a failure. */
const promptForm: AnswerForm = {
  async answer({ exchange, workflow: { contract } }, output) {
    const { caller } = exchange;
    const parts = await contentOf(output, caller.app.files.of(caller.project.id));
    const content = hasLinks(revisionOf(exchange)) ? parts : linksAsTexts(parts);
    return {
      ...(contract.description && { description: contract.description }),
      messages: output.parts.map(({ role = 'user' }, index) => ({ role, content: content[index]! })),
    };
  },
  instead(why, text) {
    throw new Fault(why === 'arguments' ? 'invalid_params' : why === 'waiting' ? 'waiting' : 'failed', text);
  },
};

/** The prompt and its arguments. Throws Fault -32602; a prompt the caller may not see is unknown to it. */
function readParams({ caller, message }: Exchange): { workflow: LiveWorkflow; args: JsonObject } {
  const { name, arguments: given = {} } = message.params ?? {};
  if (typeof name !== 'string') {
    throw new Fault('invalid_params', 'params.name must be the name of a prompt.');
  }
  mustBeGranted(caller, name);
  const workflow = caller.project.workflows.get(name);
  if (workflow?.contract.kind !== 'prompt' || !mayCall(caller.principal, caller.project, name)) {
    throw new Fault('invalid_params', `Unknown prompt: ${name.slice(0, 100)}`);
  }
  if (!isTexts(given)) throw new Fault('invalid_params', 'params.arguments must be an object of texts.');
  return { workflow, args: fromTexts(workflow.contract.inputSchema, given) };
}

function isTexts(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
