import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { Fault } from '../errors.ts';
import type { Method } from '../exchange.ts';
import { cacheHints, type Era, resultMeta } from '../protocol.ts';

/** Answers by era and by what the caller may see. Gone with the release they belong to. */
const written = new WeakMap<LiveProject, Map<string, string>>();
/** Distinct allow-lists of keys, per project. */
const MAX_WRITTEN = 100;

/** `tools/list`: the live workflows the caller may call, by name. A release's answer is written out once. */
export const toolsList: Method = ({ caller: { project, principal }, era, message }) => {
  if (message.params?.['cursor'] !== undefined) {
    throw new Fault('invalid_params', 'There is no such page: the list has one.');
  }
  let answers = written.get(project);
  if (!answers) {
    answers = new Map();
    written.set(project, answers);
  }
  const allowed = principal.type === 'key' ? principal.tools : null;
  const key = allowed ? `${era} ${allowed.join(' ')}` : era;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = writeList(project, principal, era);
    if (answers.size >= MAX_WRITTEN) answers.clear();
    answers.set(key, answer);
  }
  return answer;
};

function writeList(project: LiveProject, principal: Principal, era: Era): string {
  const tools = [...project.workflows.values()]
    .filter(({ contract: { kind, name } }) => kind === 'tool' && mayCall(principal, project, name))
    .map(({ contract }) => definition(contract));
  if (era === 'legacy') return JSON.stringify({ tools });
  return JSON.stringify({
    resultType: 'complete',
    tools,
    ...cacheHints(project),
    _meta: resultMeta(project),
  });
}

function definition(contract: Contract): JsonObject {
  const { name, title, description, inputSchema, outputSchema, annotations } = contract;
  return {
    name,
    ...(title && { title }),
    description,
    inputSchema,
    ...(outputSchema && { outputSchema }),
    ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
  };
}
