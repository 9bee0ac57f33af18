import { type Principal, reachOf } from '#lib/db/principal.ts';
import { WHOLE } from '#lib/db/reach.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { reachOfRole } from '#lib/operations/run-tool.ts';

/** The same text for callers who see the same of a project's workflows. */
export function whatIsSeen(project: LiveProject, principal: Principal): string {
  const { tools, readOnly, also } =
    reachOf(principal) ?? (principal.type === 'user' ? reachOfRole(principal.role, project) : WHOLE);
  return `${readOnly ? `reads ${also?.join(' ') ?? ''}` : ''};${tools ? tools.join(' ') : '*'}`;
}
