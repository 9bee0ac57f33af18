/**
 * Whether a run is a task of the MCP tasks extension: a call whose run goes on in the background. Its caller sees how
 * it ends: nobody else has to look at one that failed, and it is not tried again.
 */
export function isTask({ background, cause }: { background: boolean; cause: string }): boolean {
  return background && cause === 'call';
}
