/** OAuth scopes of an MCP address. A broader one contains the narrower ones. */

/** Resources, prompts, and tools that change nothing. */
export const SCOPE_READ = 'mcp:read';
/** All there is. */
export const SCOPE_CALL = 'mcp:call';

const TOOL = `${SCOPE_CALL}:`;

/** What every address offers. Those of single tools are told to nobody who is not in: they hold names of tools. */
export const SCOPES: readonly string[] = [SCOPE_READ, SCOPE_CALL];

/** One tool, whatever it does. */
export function toolScope(tool: string): string {
  return `${TOOL}${tool}`;
}

/** The tool that a scope is of; null for every other scope. */
export function toolOfScope(scope: string): string | null {
  return scope.startsWith(TOOL) && scope.length > TOOL.length ? scope.slice(TOOL.length) : null;
}
