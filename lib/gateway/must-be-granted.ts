import { reachOfScopes, WHOLE } from '#lib/db/reach.ts';
import { resourceAt } from '#lib/operations/live-resources.ts';
import { isWithin, mayCall } from '#lib/operations/run-tool.ts';
import { SCOPE_READ, toolScope } from '#lib/workflow/scopes.ts';
import { insufficientScope } from './challenge.ts';
import type { Caller } from './exchange.ts';

type Asking = Pick<Caller, 'app' | 'project' | 'principal'>;

/**
 * Throws Fault 403 where a person may use this workflow, but the scopes that they granted to the client do not contain
 * it. What they may not have themselves stays unknown, and so does what they left out on purpose of the tools that these
 * scopes contain: asking for more scopes would not bring it.
 */
export function mustBeGranted(caller: Asking, name: string): void {
  const { project, principal } = caller;
  if (principal.type !== 'grant' || mayCall(principal, project, name)) return;
  if (!isWithin(principal.most ?? WHOLE, project, name)) return;
  if (isWithin(reachOfScopes(principal.scopes), project, name)) return;
  const isTool = project.workflows.get(name)?.contract.kind === 'tool';
  throw needs(caller, principal.scopes, isTool ? toolScope(name) : SCOPE_READ);
}

/** The same for what is read at a URI. */
export function mustBeGrantedToRead(caller: Asking, uri: string): void {
  const { project, principal } = caller;
  if (principal.type !== 'grant') return;
  const { tools, readOnly } = principal.most ?? WHOLE;
  const person = { ...principal, tools, readOnly };
  const asked = { ...principal, ...reachOfScopes(principal.scopes) };
  const isThere = resourceAt(project, person, uri)?.fitting !== undefined;
  if (isThere && !resourceAt(project, asked, uri)?.fitting) throw needs(caller, principal.scopes, SCOPE_READ);
}

function needs({ app, project }: Asking, granted: readonly string[], scope: string) {
  const scopes = [...new Set([...granted.filter((one) => one !== 'offline_access'), scope])];
  return insufficientScope(project, { publicUrl: app.env.publicUrl, scopes });
}
