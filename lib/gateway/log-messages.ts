import type { RunEvent } from '#lib/engine/events.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { PlanNode } from '#lib/workflow/plan.ts';

/** The levels of MCP, the least urgent first; those of ours among them. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const LEVEL_OF = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;

/**
 * Makes the params of `notifications/message` out of the events of one run; null for an event that says nothing to this
 * client. Only steps that are there to talk to the client are heard: what code writes to its console is for its
 * author. Null when the client does not listen, which in 2026-07-28 is so unless each request says otherwise.
 */
export function logMessagesOf(
  workflow: LiveWorkflow,
  level: JsonValue | undefined,
): ((event: RunEvent) => JsonObject | null) | null {
  const least = LEVELS.indexOf(String(level));
  if (least === -1) return null;
  const heard = new Set(workflow.plan.nodes.flatMap(talking));
  return (event) => {
    if (event.type !== 'log' || !heard.has(event.nodeId)) return null;
    const own = LEVEL_OF[event.level];
    return LEVELS.indexOf(own) < least ? null : { level: own, logger: event.key, data: event.text };
  };
}

function talking({ id, kind, body }: PlanNode<NodeKind>): string[] {
  const own = kind.group === 'client' && kind.needs.includes('log') ? [id] : [];
  return own.concat(body?.nodes.flatMap(talking) ?? []);
}
