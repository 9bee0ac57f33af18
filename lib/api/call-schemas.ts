import { z } from '@hono/zod-openapi';

/** What goes in and out where calls are counted. */

const id = z.string().min(1).max(64);

export const callsQuery = z.object({
  range: z.enum(['24h', '7d', '30d']).default('24h'),
  timeZone: z
    .string()
    .min(1)
    .max(64)
    .default('UTC')
    .openapi({ description: 'Days begin at its midnights.', example: 'Europe/Berlin' }),
  workflow: id.optional(),
  client: z.string().min(1).max(100).optional().openapi({ description: 'Name, without the version.' }),
});

const duration = z.number().nullable().openapi({
  description: 'ms, without the time a run waited; at most 9 % off. null: no calls.',
});
const figures = z.object({ calls: z.int(), errors: z.int(), p50: duration, p95: duration });
const line = figures.extend({ points: z.array(z.int()).openapi({ description: 'Calls, of each point.' }) });

export const calls = z
  .object({
    step: z.enum(['hour', 'day']),
    total: figures,
    points: z.array(figures.extend({ at: z.string().openapi({ format: 'date-time' }) })),
    tools: z.array(
      line.extend({
        workflowId: id.nullable().openapi({ description: 'null: tools past the 300 that are told apart.' }),
        tool: z.string(),
      }),
    ),
    clients: z.array(
      line.extend({
        cause: z.enum(['call', 'api', 'schedule', 'webhook']),
        client: z
          .string()
          .nullable()
          .openapi({ description: 'Of a call; null: clients past the 30 that are told apart.' }),
      }),
    ),
  })
  .openapi('Calls');
