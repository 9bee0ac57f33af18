import { createHash } from 'node:crypto';
import type { McpList } from '#lib/engine/capabilities.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import type { Contract } from '#lib/workflow/contract.ts';

/** The lists that a client can be told of. */
export type List = McpList;

export const LISTS: readonly List[] = ['tools', 'prompts', 'resources'];

const KIND_OF: Record<List, Contract['kind']> = { tools: 'tool', prompts: 'prompt', resources: 'resource' };

const known = new WeakMap<LiveProject, Record<List, string>>();

/** A short text for each list, which is another when something in the list is. */
export function listPrints(project: LiveProject): Record<List, string> {
  let prints = known.get(project);
  if (!prints) {
    prints = {
      tools: printOf(project, 'tools'),
      prompts: printOf(project, 'prompts'),
      resources: printOf(project, 'resources'),
    };
    known.set(project, prints);
  }
  return prints;
}

function printOf({ workflows, offersKnowledge, resultBudget }: LiveProject, list: List): string {
  const hash = createHash('sha256');
  if (list === 'resources' && offersKnowledge) hash.update('knowledge\n');
  // Told of each tool.
  if (list === 'tools') hash.update(`${resultBudget}\n`);
  for (const { contract } of workflows.values()) {
    if (contract.kind === KIND_OF[list]) hash.update(JSON.stringify(contract)).update('\n');
  }
  return hash.digest('base64url');
}
