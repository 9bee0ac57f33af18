import { z } from '@hono/zod-openapi';
import type { ApiFault, ApiScheme } from '#lib/openapi/api.ts';
import type { ApiDifference } from '#lib/openapi/compare-apis.ts';
import type { ArgumentLine, OperationLine } from '#lib/openapi/operation-lines.ts';
import type { ResponseField } from '#lib/openapi/response-fields.ts';
import type { MadeConnection } from '#lib/operations/import-api.ts';
import type { PlannedUpdate } from '#lib/operations/plan-api-update.ts';
import { isJsonObject, type JsonSchema, type JsonValue } from '#lib/workflow/json.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';

/** What goes in and out where an API is imported from its description. */

const anyJson = z
  .custom<JsonValue>(() => true)
  .openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'] });
const anyObject = { type: 'object', additionalProperties: true } as const;
const id = z.string().min(1).max(64);
const operationId = z.string().min(1).max(2100).openapi({ example: 'GET /pets/{id}' });

export const operationChoice = z
  .strictObject({
    name: z.string().regex(WORKFLOW_NAME, 'a-z, 0-9 and _; at most 45').optional(),
    title: z.string().max(120).optional(),
    description: z.string().max(2000).optional(),
    arguments: z
      .record(
        z.string().max(300),
        z.strictObject({
          hidden: z.boolean().optional().openapi({ description: 'Neither shown nor sent.' }),
          value: anyJson.optional().openapi({ description: 'Sent, and not shown.' }),
          name: z
            .string()
            .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'letters, digits, "_", "-" and "."; at most 64')
            .optional(),
          description: z.string().max(2000).optional(),
        }),
      )
      .optional(),
    fields: z.array(z.string().min(1).max(1000)).max(500).optional().openapi({
      description: 'Of the answer, such as `data[].id`; left out: all of it.',
    }),
  })
  .openapi('OperationChoice');

const chosenOperation = z.strictObject({ id: operationId, choice: operationChoice });

export const apiRead = z
  .strictObject({
    text: z.string().min(1).optional().openapi({ description: 'JSON or YAML; at most 10 MiB.' }),
    url: z.string().min(1).max(2000).optional(),
    updates: id.optional().openapi({ description: 'Id of an API that was imported: what is new since?' }),
  })
  .openapi('ApiRead');

export const apiSource = z
  .object({
    id,
    name: z.string(),
    url: z.string().nullable(),
    importedAt: z.iso.datetime().nullable(),
    base: z.string().openapi({ description: 'Address of the API.' }),
    env: z.string().openapi({ description: 'Name of the environment value that holds it.' }),
    operations: z.array(z.object({ id: operationId, workflow: id, name: z.string() })),
  })
  .openapi('ApiSource');
export const apiSourceList = z.object({ items: z.array(apiSource) }).openapi('ApiSourceList');

const fault = z.custom<ApiFault>(isJsonObject).openapi('ApiFault', anyObject);
const line = z.custom<OperationLine>(isJsonObject).openapi('ApiOperation', anyObject);
const scheme = z.custom<ApiScheme>(isJsonObject).openapi('ApiScheme', anyObject);
const difference = z.custom<ApiDifference & { imported: PlannedUpdate[] }>(isJsonObject);

export const apiView = z
  .object({
    source: apiSource.nullable().openapi({ description: 'null when nothing in it can be imported.' }),
    title: z.string(),
    version: z.string(),
    description: z.string(),
    server: z.string().openapi({ description: 'Proposed base address.' }),
    otherServers: z.array(z.string()),
    schemes: z.array(scheme),
    faults: z.array(fault),
    operations: z.array(line),
    difference: difference.nullable().openapi({ ...anyObject, type: ['object', 'null'] }),
  })
  .openapi('ApiDescription');

export const operationPreview = z
  .strictObject({ operation: operationId, choice: operationChoice })
  .openapi('OperationPreview');
export const operationView = z
  .custom<
    OperationLine & {
      description: string;
      arguments: ArgumentLine[];
      fields: ResponseField[];
      inputSchema: JsonSchema;
    }
  >(isJsonObject)
  .openapi('ApiOperationDetail', anyObject);

export const apiImport = z
  .strictObject({
    source: id,
    base: z.string().min(1).max(500).openapi({ example: 'https://api.example.com/v1' }),
    operations: z.array(chosenOperation).min(1).max(300),
  })
  .openapi('ApiImport');
const made = {
  source: apiSource,
  workflows: z.array(z.object({ id, name: z.string(), operation: operationId, problems: z.int() })),
  connections: z.array(z.custom<MadeConnection>(isJsonObject).openapi('MadeConnection', anyObject)),
};
export const importedApi = z.object(made).openapi('ImportedApi');

export const apiUpdate = z
  .strictObject({
    newer: id,
    base: z.string().min(1).max(500).optional(),
    overwrite: z.array(operationId).max(5000).default([]).openapi({
      description: 'Operations whose drafts were edited by hand, and are made again all the same.',
    }),
    operations: z.array(chosenOperation).max(300).default([]).openapi({ description: 'To import besides.' }),
  })
  .openapi('ApiUpdate');
export const updatedApi = z
  .object({
    ...made,
    imported: z.array(
      z.object({
        id: operationId,
        workflow: id,
        name: z.string(),
        state: z.enum(['same', 'updated', 'kept', 'gone', 'deleted']),
      }),
    ),
  })
  .openapi('UpdatedApi');
