import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { resourceAt } from '#lib/operations/live-resources.ts';
import { mayReadOffered } from '#lib/operations/offered.ts';
import { KNOWLEDGE_SCHEME } from '#lib/workflow/kind-face.ts';

/** Whether this is a resource that the caller may read, and so may be told of. */
export function mayFollow(principal: Principal, project: LiveProject, uri: string): boolean {
  if (uri.startsWith(KNOWLEDGE_SCHEME)) return mayReadOffered(principal, project);
  return resourceAt(project, principal, uri)?.fitting !== undefined;
}
