import { z } from '@hono/zod-openapi';
import { AUDIT_FORMATS } from '#lib/operations/export-audit.ts';
import { AUDIT_CALLS } from '#lib/workflow/audit-calls.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

/** What is read of the audit log. */

const time = z.iso.datetime();

const filter = z.object({
  actor: z.string().min(1).max(64).optional().openapi({ description: 'Id of who did it.' }),
  about: z
    .string()
    .regex(/^[a-z]{1,40}$/)
    .optional()
    .openapi({ description: 'What it was about, the first part of the action: `workflow`.' }),
  projectId: z.string().min(1).max(64).optional(),
  tool: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .openapi({ description: 'The name of the tool that was called.' }),
  client: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .openapi({ description: 'What the name of the client begins with: `claude-code`.' }),
  outcome: z.enum(['ok', 'refused', 'failed', 'cancelled', 'waiting']).optional(),
  from: time.optional(),
  to: time.optional(),
});

export const auditQuery = filter.extend({
  before: z.coerce.number().int().min(1).max(2_147_483_647).optional().openapi({
    description: 'Number of the last event that was seen: those before it.',
  }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const auditExportQuery = filter.extend({
  format: z
    .enum(AUDIT_FORMATS)
    .default('jsonl')
    .openapi({ description: 'JSON Lines, an event each; or OpenTelemetry logs, messages of OTLP/JSON.' }),
});

export const auditEvent = z
  .object({
    number: z.int(),
    at: time,
    actor: z.object({
      type: z.string().openapi({ description: 'user, key, public or system' }),
      id: z.string().nullable(),
      name: z.string().nullable(),
    }),
    action: z.string().openapi({ example: 'workflow.publish' }),
    target: z.string().nullable().openapi({ example: 'workflow:0b5c…' }),
    outcome: z.string().openapi({ description: 'ok, refused, failed, cancelled or waiting' }),
    details: z
      .custom<JsonObject>(() => true)
      .openapi({ type: 'object', additionalProperties: true, description: 'Facts, and never secrets.' }),
    ip: z.string().nullable(),
    projectId: z.string().nullable(),
    tool: z.string().nullable().openapi({ description: 'Of `tool.call`: what was called.' }),
    client: z.string().nullable().openapi({ example: 'claude-code 2.1' }),
  })
  .openapi('AuditEvent');

export const auditPage = z
  .object({
    items: z.array(auditEvent),
    next: z.int().nullable().openapi({ description: 'What to give as `before`; null at the end.' }),
  })
  .openapi('AuditPage');

export const auditCheck = z
  .object({
    at: time,
    number: z.int().openapi({ description: 'The last event that fits.' }),
    broken: z
      .int()
      .nullable()
      .openapi({ description: 'The first that was changed or taken out; null when all fit.' }),
  })
  .openapi('AuditCheck');

export const auditCheckState = z.object({ check: auditCheck.nullable() }).openapi('AuditCheckState');

export const auditedCalls = z.strictObject({ calls: z.enum(AUDIT_CALLS) }).openapi('AuditedCalls');
