import { LOG_LEVEL_META_KEY } from '@modelcontextprotocol/server';
import type { RunEvent } from '#lib/engine/events.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Plan, PlanNode } from '#lib/workflow/plan.ts';
import type { Exchange } from './exchange.ts';
import { metaOf } from './protocol.ts';

/** The levels of MCP, the least urgent first; those of ours among them. */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(value: unknown): value is LogLevel {
  return (LOG_LEVELS as readonly unknown[]).includes(value);
}

/**
 * What a client of 2025 hears that did not say: the specification leaves it to the server, the servers of the SDKs tell
 * everything, and clients of theirs listen without ever setting a level.
 */
const UNSAID: LogLevel = 'info';

const LEVEL_OF = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;

/** Makes the params of `notifications/message` out of the events of one run; null for an event that says nothing to this client. */
export type LogMessages = (event: RunEvent) => JsonObject | null;

/**
 * For one call of a workflow. Null when there is nothing to hear, or the client does not listen: in 2026-07-28 that is
 * so unless the request says otherwise. Only a workflow that talks is worth a look at what its client set.
 */
export function logMessagesOf(
  { caller, era, message }: Exchange,
  { plan }: LiveWorkflow,
): LogMessages | null | Promise<LogMessages | null> {
  const heard = talkingIn(plan);
  if (heard.size === 0) return null;
  if (era === 'modern') return messagesFrom(heard, metaOf(message)[LOG_LEVEL_META_KEY]);
  const { connection, session, states } = caller;
  if (connection) return messagesFrom(heard, connection.logLevel ?? UNSAID);
  const set = session && states.logLevel(caller, session);
  if (set instanceof Promise) return set.then((level) => messagesFrom(heard, level ?? UNSAID));
  return messagesFrom(heard, set ?? UNSAID);
}

function messagesFrom(heard: ReadonlySet<string>, level: JsonValue | undefined): LogMessages | null {
  if (!isLogLevel(level)) return null;
  const least = LOG_LEVELS.indexOf(level);
  return (event) => {
    if (event.type !== 'log' || !heard.has(event.nodeId)) return null;
    const own = LEVEL_OF[event.level];
    return LOG_LEVELS.indexOf(own) < least ? null : { level: own, logger: event.key, data: event.text };
  };
}

const talking = new WeakMap<Plan<NodeKind>, ReadonlySet<string>>();

/** The steps that are there to talk to the client: what code writes to its console is for its author. */
function talkingIn(plan: Plan<NodeKind>): ReadonlySet<string> {
  let nodes = talking.get(plan);
  if (!nodes) {
    nodes = new Set(plan.nodes.flatMap(talkingOf));
    talking.set(plan, nodes);
  }
  return nodes;
}

function talkingOf({ id, kind, body }: PlanNode<NodeKind>): string[] {
  const own = kind.group === 'client' && kind.needs.includes('log') ? [id] : [];
  return own.concat(body?.nodes.flatMap(talkingOf) ?? []);
}
