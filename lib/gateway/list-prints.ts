import { createHash } from 'node:crypto';
import type { Principal } from '#lib/db/principal.ts';
import type { McpList } from '#lib/engine/capabilities.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { mayReadOffered } from '#lib/operations/offered.ts';
import { mayCall } from '#lib/operations/run-tool.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import { whatIsSeen } from './what-is-seen.ts';

/** The lists that a client can be told of. */
export type List = McpList;

export const LISTS: readonly List[] = ['tools', 'prompts', 'resources'];

const KIND_OF: Record<List, Contract['kind']> = { tools: 'tool', prompts: 'prompt', resources: 'resource' };

/** By what their callers see of it. */
const known = new WeakMap<LiveProject, Map<string, Record<List, string>>>();
/** Distinct ways to see a project. */
const MAX_KNOWN = 100;

/** A short text for each list as this caller sees it, which is another when something in the list is. */
export function listPrints(project: LiveProject, principal: Principal): Record<List, string> {
  let all = known.get(project);
  if (!all) {
    all = new Map();
    known.set(project, all);
  }
  const key = `${mayReadOffered(principal, project)} ${whatIsSeen(project, principal)}`;
  let prints = all.get(key);
  if (!prints) {
    prints = {
      tools: printOf(project, principal, 'tools'),
      prompts: printOf(project, principal, 'prompts'),
      resources: printOf(project, principal, 'resources'),
    };
    if (all.size >= MAX_KNOWN) all.clear();
    all.set(key, prints);
  }
  return prints;
}

function printOf(project: LiveProject, principal: Principal, list: List): string {
  const { workflows, resultBudget } = project;
  const hash = createHash('sha256');
  if (list === 'resources' && mayReadOffered(principal, project)) hash.update('knowledge\n');
  // Told of each tool.
  if (list === 'tools') hash.update(`${resultBudget}\n`);
  for (const { contract } of workflows.values()) {
    if (contract.kind !== KIND_OF[list] || !mayCall(principal, project, contract.name)) continue;
    hash.update(JSON.stringify(contract)).update('\n');
  }
  return hash.digest('base64url');
}
