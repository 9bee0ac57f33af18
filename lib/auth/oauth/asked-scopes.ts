import { SCOPE_CALL, SCOPE_READ, SCOPES, toolOfScope } from '#lib/workflow/scopes.ts';

const MOST_SCOPES = 200;

/**
 * What a client asks for, of what there is: others mean nothing here (RFC 6749, 3.3, lets the server leave them out).
 * All there is when it asks for nothing that is known.
 */
export function askedScopes(scope: string | null): string[] {
  const known = scopesIn(scope ?? '').filter((name) => SCOPES.includes(name) || toolOfScope(name) !== null);
  return known.length > 0 ? known : [...SCOPES];
}

/** The names in a space-separated list, each once. */
export function scopesIn(scope: string): string[] {
  return [...new Set(scope.split(' ').filter((name) => name !== ''))].slice(0, MOST_SCOPES);
}

/** What remains of what was asked for where the person gives only tools that read. */
export function readingScopes(asked: readonly string[]): string[] {
  return asked.includes(SCOPE_READ) || asked.includes(SCOPE_CALL) ? [SCOPE_READ] : [...asked];
}

/** Whether all of `wanted` is in `given`; a broader scope contains the narrower ones. */
export function contains(given: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every(
    (name) =>
      given.includes(name) ||
      (given.includes(SCOPE_CALL) && (name === SCOPE_READ || toolOfScope(name) !== null)),
  );
}
