import { z } from '@hono/zod-openapi';
import type { JsonValue } from '#lib/workflow/json.ts';
import { QUESTIONS } from '#lib/workflow/recording.ts';

/** What is told of a run besides its steps. */

const anyJson = z
  .custom<JsonValue>(() => true)
  .openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'] });
const jsonByName = z
  .custom<Record<string, JsonValue>>(() => true)
  .openapi({ type: 'object', additionalProperties: true });

export const runOutside = z
  .object({
    items: z.array(
      z.object({
        nodeId: z.string(),
        iteration: z
          .array(z.int())
          .nullable()
          .openapi({ description: 'Inside containers: of which item, the outermost container first.' }),
        ask: z.enum(QUESTIONS),
        request: jsonByName,
        answer: anyJson,
        error: z.object({ code: z.string(), message: z.string() }).nullable(),
        cut: z.int().nullable().openapi({ description: 'Bytes of an answer that was too large to be kept.' }),
      }),
    ),
    answers: jsonByName.openapi({ description: 'What it was answered, by the key of the question.' }),
    full: z.boolean().openapi({ description: 'There was more than is kept.' }),
  })
  .openapi('RunOutside');

export const runCaller = z
  .object({
    client: z.string().nullable(),
    version: z.string().nullable(),
    clientId: z.string().nullable().openapi({ description: 'In the list of clients, while it is on it.' }),
    key: z
      .object({
        name: z.string().nullable().openapi({ description: 'null: revoked since.' }),
        preview: z.string(),
      })
      .nullable(),
    protocol: z.string().nullable().openapi({ description: 'Revision of MCP that it said last.' }),
  })
  .openapi('RunCaller');
