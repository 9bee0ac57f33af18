import type { Run } from '#app/data/types.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import type { McpCall } from './mcp-request.ts';
import { wholeInput } from './whole-input.ts';

/**
 * The call that a run was, or would be of a draft. Null where there is none: of a resource, which is read by its
 * address; and of arguments that were too large to be recorded.
 */
export function callOfRun(
  run: Pick<Run, 'workflowName' | 'input' | 'document'>,
  target: Pick<McpCall, 'url' | 'access'>,
): McpCall | null {
  const args = wholeInput(run.input);
  const kind = run.document?.kind ?? 'tool';
  if (args === null || kind === 'resource') return null;
  const start = run.document?.nodes.find((node) => node.kind === 'input');
  const config = start?.config as { schema?: JsonValue } | undefined;
  return {
    ...target,
    kind,
    name: run.workflowName,
    args,
    ...(config?.schema !== undefined && { schema: config.schema }),
  };
}
