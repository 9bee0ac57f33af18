import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import { toldIcon } from '#lib/workflow/icon.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { Fault } from './errors.ts';
import type { Exchange, Method } from './exchange.ts';
import { cacheHints, type Era, resultMeta } from './protocol.ts';
import { hasIcons, revisionOf } from './revision.ts';
import { whatIsSeen } from './what-is-seen.ts';

/** Distinct allow-lists of keys, per project. */
const MAX_WRITTEN = 100;

/** The icon of what is listed, where the revision has icons. */
export function iconsOf({ icon }: Contract, { icons }: { icons: boolean }): JsonObject {
  return icons && icon !== undefined ? { icons: [{ ...toldIcon(icon) }] } : {};
}

/** What a workflow is told as; null when it is not listed here. */
export type Define = (contract: Contract, list: { budget: number; icons: boolean }) => JsonObject | null;

/**
 * A method that lists live workflows, as far as the caller may use them, by name. A release's answer is written out
 * once. `member` names the list in the result, `more` gives what is no workflow.
 */
export function listing(
  member: string,
  define: Define,
  more: (project: LiveProject, principal: Principal) => JsonObject[] = () => [],
): Method {
  /** Answers by revision and by what the caller may see. Gone with the release they belong to. */
  const written = new WeakMap<LiveProject, Map<string, string>>();

  return (exchange) => {
    const { caller, era, message } = exchange;
    const { project, principal } = caller;
    if (message.params?.['cursor'] !== undefined) {
      throw new Fault('invalid_params', 'There is no such page: the list has one.');
    }
    let answers = written.get(project);
    if (!answers) {
      answers = new Map();
      written.set(project, answers);
    }
    const who = principal.type === 'public' ? 'all' : 'one';
    const key = `${revisionOf(exchange)} ${who} ${whatIsSeen(project, principal)}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      const items = [...listed(exchange, define), ...more(project, principal)];
      answer = listResult(caller, era, { [member]: items });
      if (answers.size >= MAX_WRITTEN) answers.clear();
      answers.set(key, answer);
    }
    return answer;
  };
}

/** What `define` makes of the live workflows that the caller may use. */
export function listed(exchange: Exchange, define: Define): JsonObject[] {
  const { project, principal } = exchange.caller;
  const list = { budget: project.resultBudget, icons: hasIcons(revisionOf(exchange)) };
  return [...project.workflows.values()].flatMap(({ contract }) => {
    const item = mayCall(principal, project, contract.name) ? define(contract, list) : null;
    return item ? [item] : [];
  });
}

/** A list in the form of its era, as JSON text. */
export function listResult(
  { project, principal }: Pick<Exchange['caller'], 'project' | 'principal'>,
  era: Era,
  members: JsonObject,
): string {
  if (era === 'legacy') return JSON.stringify(members);
  return JSON.stringify({
    resultType: 'complete',
    ...members,
    ...cacheHints(project, principal),
    _meta: resultMeta(project),
  });
}
