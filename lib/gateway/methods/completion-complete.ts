import {
  completeArgument,
  completeKnowledge,
  type TypedArgument,
} from '#lib/operations/complete-argument.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import { KNOWLEDGE_TEMPLATE, mayReadOffered } from '#lib/operations/offered.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import { isJsonObject, type JsonValue } from '#lib/workflow/json.ts';
import { completeResult } from '../call-result.ts';
import { Fault } from '../errors.ts';
import type { Exchange, Method } from '../exchange.ts';
import { admitted } from '../ongoing-call.ts';

const NOTHING = { values: [], total: 0, hasMore: false };

/** `completion/complete`: what to propose for an argument of a prompt, or for a variable of a template. */
export const completionComplete: Method = async (exchange) => {
  const { app, project, principal, signal } = exchange.caller;
  const params = exchange.message.params ?? {};
  const typed = typedArgument(params['argument'], params['context']);
  const ref = isJsonObject(params['ref']) ? params['ref'] : {};
  if (
    ref['type'] === 'ref/resource' &&
    ref['uri'] === KNOWLEDGE_TEMPLATE &&
    mayReadOffered(principal, project)
  ) {
    const completion = await completeKnowledge(app, project, typed);
    if (completion) return completeResult(exchange, { completion: { ...completion } });
    throw unknownArgument(typed);
  }
  const { contract } = referredTo(exchange, ref);
  const known = contract.inputSchema['properties'];
  if (!isJsonObject(known) || !Object.hasOwn(known, typed.name)) throw unknownArgument(typed);
  const source = contract.completions;
  const completion = source && Object.hasOwn(source, typed.name) ? source[typed.name] : undefined;
  if (!completion) return completeResult(exchange, { completion: NOTHING });
  const complete = () => completeArgument(app, project, { completion, typed, signal });
  // What runs a workflow takes a place as a call does.
  const found = await (completion.type === 'workflow'
    ? admitted({ exchange, signal }, complete)
    : complete());
  return completeResult(exchange, { completion: { ...found } });
};

function referredTo({ caller }: Exchange, { type, name, uri }: Record<string, JsonValue>): LiveWorkflow {
  const { project, principal } = caller;
  const workflow =
    type === 'ref/prompt' && typeof name === 'string'
      ? project.workflows.get(name)
      : [...project.workflows.values()].find(
          ({ contract: { resource } }) =>
            type === 'ref/resource' &&
            typeof uri === 'string' &&
            (resource?.uriTemplate === uri || resource?.uri === uri),
        );
  const isRight = workflow?.contract.kind === (type === 'ref/prompt' ? 'prompt' : 'resource');
  if (workflow && isRight && mayCall(principal, project, workflow.contract.name)) return workflow;
  throw new Fault('invalid_params', 'params.ref names no prompt and no template of a resource.');
}

function typedArgument(argument: JsonValue | undefined, context: JsonValue | undefined): TypedArgument {
  const { name, value } = isJsonObject(argument) ? argument : {};
  if (typeof name !== 'string' || typeof value !== 'string') {
    throw new Fault('invalid_params', 'params.argument must have a name and a value, both texts.');
  }
  const given = isJsonObject(context) && isJsonObject(context['arguments']) ? context['arguments'] : {};
  const others = Object.entries(given).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== name,
  );
  return { name, value, others: Object.fromEntries(others) };
}

function unknownArgument({ name }: TypedArgument): Fault {
  return new Fault('invalid_params', `There is no argument "${name.slice(0, 100)}" to be completed.`);
}
