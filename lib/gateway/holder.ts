import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';

/**
 * Who calls which address, in one text: what sessions and the state of suspended calls are bound to. Callers of a
 * public project are all alike.
 */
export function holderOf(project: LiveProject, principal: Principal): string {
  const who =
    principal.type === 'key'
      ? `key ${principal.keyId}`
      : principal.type === 'user'
        ? `user ${principal.userId}`
        : principal.type;
  return `${project.id}${project.pin === undefined ? '' : `@${project.pin}`} ${who}`;
}
