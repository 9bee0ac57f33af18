import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { KindSpec } from './kind.ts';
import type { Problem } from './problem.ts';

/** How many containers may stand around a step. */
export const MAX_NESTING = 8;

export interface Nesting {
  /** By node id: the container it stands in. A node whose parent is none counts as standing outside. */
  parents: ReadonlyMap<string, string>;
  /** False when containers stand inside each other, or too deep: no order can be made of that. */
  sound: boolean;
}

/** Which step stands in which, and what is wrong with that. */
export function checkNesting(
  { nodes }: WorkflowDocument,
  kinds: ReadonlyMap<string, KindSpec>,
  problems: Problem[],
): Nesting {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<string, string>();
  for (const { id, key, parent } of nodes) {
    if (parent === undefined) continue;
    const holder = byId.get(parent);
    const kind = holder && kinds.get(holder.kind);
    if (kind?.body) parents.set(id, parent);
    // Of an unknown kind it is said elsewhere that it is unknown.
    if (kind?.body || (holder && !kind)) continue;
    const why = holder ? `"${holder.key}" cannot hold other steps` : 'the step around it is not there';
    problems.push({
      code: holder ? 'parent_no_container' : 'parent_missing',
      severity: 'error',
      message: `"${key}" stands inside another step, but ${why}: move it out.`,
      nodeId: id,
    });
  }
  return { parents, sound: checkDepth(nodes, parents, problems) };
}

function checkDepth(
  nodes: readonly WorkflowNode[],
  parents: ReadonlyMap<string, string>,
  problems: Problem[],
): boolean {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  const depths = new Map<string, number>();
  const told = new Set<string>();
  let sound = true;
  for (const { id } of nodes) {
    const path = new Set<string>();
    let at: string | undefined = id;
    while (at !== undefined && !depths.has(at) && !path.has(at)) {
      path.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && path.has(at)) {
      sound = false;
      problems.push(circleProblem(at, parents.get(at)!, keys));
      for (const member of path) depths.set(member, 0);
      continue;
    }
    let depth = at === undefined ? -1 : depths.get(at)!;
    for (const member of [...path].reverse()) {
      depth += 1;
      depths.set(member, depth);
      const holder = parents.get(member);
      if (depth !== MAX_NESTING + 1 || holder === undefined || told.has(holder)) continue;
      told.add(holder);
      sound = false;
      const message = `"${keys.get(holder)}" stands inside ${MAX_NESTING} others already, so that no more steps can stand in it: move them to a workflow of their own.`;
      problems.push({ code: 'container_depth', severity: 'error', message, nodeId: holder });
    }
  }
  return sound;
}

function circleProblem(id: string, around: string, keys: ReadonlyMap<string, string>): Problem {
  const message =
    id === around
      ? `"${keys.get(id)}" stands inside itself: move it out.`
      : `"${keys.get(id)}" and "${keys.get(around)}" stand inside each other: move one of them out.`;
  return { code: 'parent_cycle', severity: 'error', message, nodeId: id };
}
