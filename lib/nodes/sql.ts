import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';

const config = z.strictObject({
  connection: z.string().max(64).default('').meta({
    title: 'Connection',
    widget: 'connection',
    connectionType: 'postgres',
  }),
  statement: z.string().min(1, 'write a statement').max(100_000).meta({
    title: 'Statement',
    description: 'One statement. Values never go into its text: $1 is the first parameter, $2 the second.',
    widget: 'textarea',
    language: 'sql',
    placeholder: 'SELECT id, total FROM orders WHERE customer = $1 ORDER BY id LIMIT 20',
  }),
  params: z
    .array(z.string().meta({ template: true, placeholder: '{{ input.customer }}' }))
    .max(100)
    .default([])
    .meta({ title: 'Parameters', description: '$1, $2 and so on, in this order.' }),
  write: z
    .boolean()
    .default(false)
    .meta({ title: 'May change data', description: 'Otherwise the database refuses every change.' }),
  maxRows: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({ title: 'Most rows', description: 'No more are read.' }),
  timeoutMs: z.int().min(100).max(300_000).default(15_000).meta({ title: 'Time limit (ms)', advanced: true }),
});

const resolved = z.object({
  connection: z.string().default(''),
  statement: z.string(),
  params: z.array(z.custom<JsonValue>().optional()).default([]),
  write: z.boolean().default(false),
  maxRows: z.number().default(100),
  timeoutMs: z.number().default(15_000),
});

/** Asks a PostgreSQL database. */
export const sql: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'sql',
  title: 'SQL query',
  summary: 'Asks a PostgreSQL database, and changes nothing in it unless allowed to.',
  keywords: ['postgres', 'postgresql', 'database', 'db', 'select', 'table'],
  icon: 'database',
  group: 'do',
  config,
  resolved,
  initial: { statement: 'SELECT now()' },
  initialKey: 'query',
  needs: ['sql'],
  example: {
    summary: 'Finds the open orders of a customer.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { customer: { type: 'integer' } }, required: ['customer'] },
        },
      },
      query: {
        config: {
          connection: 'orders',
          statement: 'SELECT id, total FROM orders WHERE customer = $1 AND open',
          params: ['{{ input.customer }}'],
        },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [
            {
              type: 'text',
              text: '{{ steps.query.rowCount }} open: {{ steps.query.rows.map(r => r.id).join(", ") }}',
            },
          ],
        },
      },
    },
    edges: ['arguments -> query', 'query -> answer'],
    input: { customer: 12 },
    world: {
      query: {
        asked: [
          {
            ask: 'sql',
            request: { text: 'SELECT id, total FROM orders WHERE customer = $1 AND open', params: [12] },
            answer: {
              rows: [
                { id: 'A7', total: 41.5 },
                { id: 'B3', total: 8 },
              ],
              rowCount: 2,
              truncated: false,
            },
          },
        ],
      },
    },
    answer: { text: '2 open: A7, B3' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      rows: { type: 'array', items: { type: 'object' } },
      rowCount: { type: 'integer' },
      truncated: { type: 'boolean' },
    },
    required: ['rows', 'rowCount', 'truncated'],
  }),
  describe: ({ statement }) => oneLine(statement, 60),
  check: ({ connection, statement, params }) => {
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    if (connection === '') {
      problems.push({
        code: 'sql_no_connection',
        severity: 'warning',
        message: 'Choose a connection of the type PostgreSQL.',
        field: ['connection'],
      });
    }
    const braces = statement.indexOf('{{');
    if (braces >= 0) {
      problems.push({
        code: 'sql_expression',
        severity: 'error',
        message: 'Expressions do not work within the statement: write $1 and add the value as a parameter.',
        field: ['statement'],
        start: braces,
        end: braces + 2,
      });
    }
    const highest = Math.max(
      0,
      ...[...statement.matchAll(/\$(\d{1,4})/g)].map(([, number]) => Number(number)),
    );
    if (highest > params.length) {
      problems.push({
        code: 'sql_parameter_missing',
        severity: 'warning',
        message: `The statement has $${highest}, but there ${params.length === 1 ? 'is one parameter' : `are ${params.length} parameters`}.`,
        field: ['params'],
      });
    }
    return problems;
  },
  run: async ({ config: given, capabilities, signal, timeoutMs }) => {
    const { connection, statement, params, write, maxRows } = given;
    const answer = await capabilities.sql.query(
      {
        connectionId: connection,
        text: statement,
        params: params.map((value) => value ?? null),
        readOnly: !write,
        maxRows,
        timeoutMs: Math.min(timeoutMs, given.timeoutMs),
      },
      signal,
    );
    return { value: { ...answer } };
  },
};
