import { callerName, type Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';

/**
 * Who calls which address, in one text: what sessions and the state of suspended calls are bound to. Callers of a
 * public project are all alike.
 */
export function holderOf(project: LiveProject, principal: Principal): string {
  const { id, pin, toolset } = project;
  const address = `${id}${pin === undefined ? '' : `@${pin}`}${toolset ? `/${toolset.id}` : ''}`;
  return `${address} ${callerName(principal)}`;
}
