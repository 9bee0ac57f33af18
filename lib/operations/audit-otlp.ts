import type { AuditEvent } from '#lib/db/audit.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { isJsonObject } from '#lib/workflow/json.ts';

/** Severity numbers of the data model of logs. */
const INFO = 9;
const WARN = 13;

/**
 * Events as one message of OTLP/JSON (opentelemetry-proto, `LogsData`). Attributes have the names of the semantic
 * conventions where there are some: `user.*`, `client.address`, `user_agent.*`, `gen_ai.tool.name`, `mcp.method.name`;
 * `patchbay.*` for the rest.
 */
export function otlpLogs(events: readonly AuditEvent[]): JsonObject {
  return {
    resourceLogs: [
      {
        resource: { attributes: attributes({ 'service.name': 'patchbay' }) },
        scopeLogs: [{ scope: { name: 'patchbay.audit' }, logRecords: events.map(recordOf) }],
      },
    ],
  };
}

function recordOf(event: AuditEvent): JsonObject {
  const { at, action, actorType, actorId, actorName, target, outcome, client, tool, ip } = event;
  const nanoseconds = `${at.getTime()}000000`;
  const isFine = outcome === 'ok' || outcome === 'waiting';
  const isPerson = actorType === 'user';
  const [, clientName = client, clientVersion = null] = /^(.*\S)\s+v?(\d\S*)$/.exec(client ?? '') ?? [];
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber: isFine ? INFO : WARN,
    severityText: isFine ? 'INFO' : 'WARN',
    eventName: `patchbay.${action}`,
    body: { stringValue: `${actorName ?? actorType}: ${action}${target ? ` ${target}` : ''} (${outcome})` },
    attributes: attributes({
      'user.id': isPerson ? actorId : null,
      'user.name': isPerson ? actorName : null,
      'client.address': ip,
      'user_agent.original': client,
      'user_agent.name': clientName,
      'user_agent.version': clientVersion,
      'mcp.method.name': action === 'tool.call' ? 'tools/call' : null,
      'gen_ai.operation.name': tool === null ? null : 'execute_tool',
      'gen_ai.tool.name': tool,
      'patchbay.audit.number': event.number,
      'patchbay.audit.action': action,
      'patchbay.audit.outcome': outcome,
      'patchbay.audit.target': target,
      'patchbay.audit.actor.type': actorType,
      'patchbay.audit.actor.id': actorId,
      'patchbay.audit.actor.name': actorName,
      'patchbay.audit.details': event.details,
      'patchbay.audit.hash': event.hash,
      'patchbay.audit.prev_hash': event.prevHash,
      'patchbay.project.id': event.projectId,
    }),
  };
}

function attributes(facts: Record<string, JsonValue>): JsonObject[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** `AnyValue`; whole numbers are texts in its JSON. */
function anyValue(value: JsonValue): JsonObject {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (isJsonObject(value)) return { kvlistValue: { values: attributes(value) } };
  return {};
}
