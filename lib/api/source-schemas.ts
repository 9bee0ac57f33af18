import { z } from '@hono/zod-openapi';
import type { SourceView } from '#lib/operations/read-sources.ts';
import { SOURCE_KINDS, type SourceKindName, type SourceSettingInput } from '#lib/sources/kinds.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { inBase } from './schemas.ts';

/** What goes in and out of the API of sources. */

const time = z.iso.datetime().openapi({ example: '2026-11-21T09:30:00.000Z' });
const id = z.string().min(1).max(64);
const name = z.string().trim().min(1).max(120);
const jsonObject = z.custom<JsonObject>(isJsonObject).openapi({ type: 'object', additionalProperties: true });
const count = z.int();
const reasons = z.array(z.object({ path: z.string(), reason: z.string() }));

const schedule = z.string().min(1).max(120).nullable().openapi({
  description: 'Five fields: minute hour day month weekday. null: it is read when somebody asks.',
  example: '0 3 * * *',
});
const timeZone = z.string().min(1).max(64).openapi({ example: 'Europe/Berlin' });
const connection = id
  .nullable()
  .openapi({ description: 'A connection of the project: it is read with that.' });

const report = z
  .object({
    startedAt: time,
    endedAt: time.nullable(),
    cause: z.enum(['user', 'schedule']),
    end: z.enum(['complete', 'partial', 'stopped', 'failed']).nullable().openapi({
      description:
        'null while it is under way. partial: not all there is was looked at, and nothing was removed.',
    }),
    found: count,
    waiting: count,
    added: count,
    changed: count,
    unchanged: count,
    removed: count,
    failed: count,
    leftOut: count,
    failures: reasons.openapi({ description: 'What could not be read; the first fifty.' }),
    omissions: reasons.openapi({ description: 'What was passed over on purpose; the first fifty.' }),
    notes: z.array(z.string()),
  })
  .openapi('SourceReport');

const kinds = Object.keys(SOURCE_KINDS) as [SourceKindName, ...SourceKindName[]];

export const source = z
  .object({
    id,
    kind: z.enum(kinds),
    name: z.string(),
    config: jsonObject.openapi({ description: 'By kind, complete.' }),
    connection: id.nullable(),
    schedule: z.string().nullable(),
    timeZone: z.string(),
    state: z.enum(['idle', 'running', 'failed']),
    error: z.string().nullable().openapi({ description: 'Why the last run failed.' }),
    report: report.nullable().openapi({ description: 'Of the last run, or the current one so far.' }),
    lastRunAt: time.nullable(),
    nextRunAt: time.nullable(),
    documentCount: count,
  })
  .openapi('KnowledgeSource') as unknown as z.ZodType<SourceView>;
export const sourceList = z.object({ items: z.array(source) }).openapi('KnowledgeSourceList');

const about = {
  name,
  connection: connection.optional(),
  schedule: schedule.optional(),
  timeZone: timeZone.optional(),
  run: z.boolean().optional().openapi({ description: 'Whether it is read at once; it is unless said.' }),
};

type About = z.output<z.ZodObject<typeof about>>;

/** One shape for each kind. */
export const sourceCreate = z
  .discriminatedUnion(
    'kind',
    Object.values(SOURCE_KINDS).map(({ kind, config }) =>
      z.strictObject({ kind: z.literal(kind), config, ...about }).openapi(`KnowledgeSourceOf_${kind}`),
    ) as unknown as [z.ZodObject<{ kind: z.ZodLiteral }>],
  )
  .openapi('KnowledgeSourceCreate') as unknown as z.ZodType<
  SourceSettingInput & About,
  SourceSettingInput & About
>;

export const sourceUpdate = z
  .strictObject({
    name: name.optional(),
    config: jsonObject.optional().openapi({
      description: 'The whole of it, by kind: what is left out has its default.',
    }),
    connection: connection.optional(),
    schedule: schedule.optional(),
    timeZone: timeZone.optional(),
  })
  .openapi('KnowledgeSourceUpdate');

export const inSource = inBase.extend({ source: id });

export const sourceDelete = z.object({
  documents: z.enum(['keep', 'remove']).openapi({ description: 'What becomes of its documents.' }),
});
