import type { Principal } from '#lib/db/principal.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import { resourceAt } from '#lib/operations/live-resources.ts';
import { mayReadOffered } from '#lib/operations/offered.ts';
import { KNOWLEDGE_SCHEME } from '#lib/workflow/kind-face.ts';

/** Of a URI that somebody follows: it is kept in an index of the database, and travels with news. */
const MAX_BYTES = 2000;

/** Whether this can be told of at all: neither too long, nor with characters that no URI has and not every database keeps. */
export function isFollowable(uri: string): boolean {
  return Buffer.byteLength(uri) <= MAX_BYTES && uri.isWellFormed() && !/\p{Cc}/u.test(uri);
}

/** Whether this is a resource that the caller may read, and so may be told of. */
export function mayFollow(principal: Principal, project: LiveProject, uri: string): boolean {
  if (!isFollowable(uri)) return false;
  if (uri.startsWith(KNOWLEDGE_SCHEME)) return mayReadOffered(principal, project);
  return resourceAt(project, principal, uri)?.fitting !== undefined;
}
