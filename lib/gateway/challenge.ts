import type { LiveProject } from '#lib/operations/live.ts';
import { metadataUrlOf } from '#lib/operations/protected-resource.ts';
import { SCOPES } from '#lib/workflow/scopes.ts';
import { Fault } from './errors.ts';

/**
 * HTTP 401. Where people sign in by OAuth it says so: `presented` tells a client that its token is no longer good. All
 * others get the same answer, be it a project of keys or none at all, without a word of OAuth: clients that find that
 * ignore the key they were given.
 */
export function unauthenticated(
  project: LiveProject | null,
  { publicUrl, presented }: { publicUrl: string; presented: boolean },
): Fault {
  if (project?.access !== 'oauth') {
    return new Fault('unauthenticated', 'Send a valid key of this project as Authorization: Bearer pbk_….', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const challenge = bearer({
    ...(presented && {
      error: 'invalid_token',
      error_description: 'The token is not valid here, or no longer.',
    }),
    resource_metadata: metadataUrlOf(project, publicUrl),
    scope: SCOPES.join(' '),
  });
  return new Fault(
    'unauthenticated',
    'Sign in with OAuth, or send a valid key of this project as Authorization: Bearer pbk_….',
    { headers: { 'www-authenticate': challenge } },
  );
}

/** HTTP 403: a client that asks for these scopes, and is granted them, may do it. */
export function insufficientScope(
  project: LiveProject,
  { publicUrl, scopes }: { publicUrl: string; scopes: readonly string[] },
): Fault {
  const facts = {
    error: 'insufficient_scope',
    scope: scopes.join(' '),
    resource_metadata: metadataUrlOf(project, publicUrl),
  };
  const challenge = bearer({ ...facts, error_description: 'More has to be granted for this.' });
  return new Fault('insufficient_scope', 'This was not granted to the client. Let it ask for more.', {
    data: facts,
    headers: { 'www-authenticate': challenge },
  });
}

/** Names of tools and addresses hold no quotes. */
function bearer(parameters: Record<string, string>): string {
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}
