import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { oneLine, templateLabel } from '#lib/workflow/text.ts';

/** As many as a run may have. */
const MOST_ITEMS = 10_000;

const config = z.strictObject({
  list: z.string().min(1, 'say what to go through').meta({
    title: 'For each of',
    description: 'A list; an object, for its members { key, value }; or a number n, for 0 to n - 1.',
    template: true,
    placeholder: '{{ steps.fetch.body.items }}',
  }),
  concurrency: z.int().min(1).max(20).default(1).meta({
    title: 'At once',
    description: 'How many items are worked on at the same time; 1 is one after the other.',
  }),
  onError: z
    .enum(['stop', 'collect'])
    .default('stop')
    .meta({
      title: 'When an item fails',
      widget: 'select',
      labels: { stop: 'the loop fails', collect: 'the others go on, and the error is collected' },
    }),
  collect: z.string().default('').meta({
    title: 'Collect',
    description:
      'What is kept of each item, read inside the loop when its steps are done. Left empty: the value of the last step that ran.',
    template: true,
    placeholder: '{{ steps.convert.total }}',
  }),
  limit: z.int().min(1).max(MOST_ITEMS).default(1000).meta({
    title: 'At most',
    description: 'Items; a longer list fails the step before the first is begun.',
    advanced: true,
  }),
});

const resolved = z.object({
  list: z.custom<JsonValue>().optional(),
  concurrency: z.int(),
  onError: z.enum(['stop', 'collect']),
  limit: z.int(),
});

/** Runs the steps inside it once for each item. */
export const forEach: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'for-each',
  title: 'For each',
  summary: 'Runs the steps inside it once for each item of a list.',
  keywords: ['loop', 'iterate', 'iterator', 'repeat', 'map', 'batch', 'items', 'while', 'array'],
  icon: 'repeat',
  group: 'flow',
  config,
  resolved,
  initial: { list: '{{ [1, 2, 3] }}' },
  initialKey: 'each',
  needs: [],
  example: {
    summary: 'Works out the price of each line of an order, two at once, and the sum.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: {
              lines: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: { price: { type: 'number' }, count: { type: 'number' } },
                  required: ['price', 'count'],
                },
              },
            },
            required: ['lines'],
          },
        },
      },
      lines: { config: { list: '{{ input.lines }}', concurrency: 2, collect: '{{ steps.line.total }}' } },
      line: {
        kind: 'set',
        inside: 'lines',
        config: { values: { total: '{{ steps.lines.item.price * steps.lines.item.count }}' } },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [
            { type: 'text', text: '{{ steps.lines.items.join(" + ") }} = {{ sum(steps.lines.items) }}' },
          ],
        },
      },
    },
    edges: ['arguments -> lines', 'lines:each -> line', 'lines -> answer'],
    input: {
      lines: [
        { price: 5, count: 2 },
        { price: 3, count: 4 },
      ],
    },
    answer: { text: '10 + 12 = 22' },
  },
  handles: () => [
    { id: 'each', label: 'for each item' },
    { id: 'out', label: 'when all are done' },
  ],
  body: {
    handle: 'each',
    collect: 'collect',
    over: 'list',
    itemSchema: (_, over) => ({
      type: 'object',
      properties: { item: itemOf(over), index: { type: 'integer' }, count: { type: 'integer' } },
      required: ['item', 'index', 'count'],
      additionalProperties: false,
    }),
    valueSchema: (_, collected) => collectedSchema(collected),
  },
  outputSchema: () => collectedSchema({}),
  describe: ({ list, concurrency }) => {
    const several = concurrency > 1 ? `, ${concurrency} at once` : '';
    return oneLine(`${templateLabel(list)}${several}`, 60) || 'nothing';
  },
  check: ({ list }) =>
    list.includes('{{') || /^\s*\d+\s*$/.test(list)
      ? []
      : [
          {
            code: 'for_each_no_expression',
            severity: 'error',
            message: 'Write the list as an expression: {{ steps.fetch.body.items }}.',
            field: ['list'],
          },
        ],
  run: ({ config: { list, limit, concurrency, onError } }) => {
    const count = countOf(list);
    if (count > limit) {
      throw new StepError(
        'TOO_MANY_ITEMS',
        `There are ${count} items, and this loop takes ${limit} at most. Hand it fewer, or raise its limit ("At most", ${MOST_ITEMS} at the highest).`,
        { details: { count, limit } },
      );
    }
    return { value: null, each: { items: itemsOf(list, count), concurrency, onError } };
  },
};

function countOf(list: JsonValue | undefined): number {
  if (Array.isArray(list)) return list.length;
  if (typeof list === 'object' && list !== null) return Object.keys(list).length;
  const count = typeof list === 'string' && list.trim() !== '' ? Number(list) : list;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  const found = list === null || list === undefined ? 'nothing' : `${JSON.stringify(list).slice(0, 60)}`;
  throw new StepError(
    'NOT_A_LIST',
    `A list, an object or a whole number is expected, and there is ${found}. Where the list may be missing write {{ … ?? [] }}; a text with JSON in it has to be parsed first.`,
    { details: { field: ['list'] } },
  );
}

function itemsOf(list: JsonValue | undefined, count: number): readonly JsonValue[] {
  if (Array.isArray(list)) return list;
  if (typeof list !== 'object' || list === null) return Array.from({ length: count }, (_, index) => index);
  return Object.entries(list).map(([key, value]) => ({ key, value }));
}

/** What an item of such a list looks like. */
function itemOf(over: JsonSchema): JsonSchema {
  const { type, items, prefixItems } = over;
  if (type === 'integer') return { type: 'integer' };
  const isKnown = type === 'array' && prefixItems === undefined && typeof items === 'object';
  return isKnown && items !== null && !Array.isArray(items) ? items : {};
}

function collectedSchema(collected: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items: collected },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            index: { type: 'integer' },
            error: {
              type: 'object',
              properties: {
                code: { type: 'string' },
                message: { type: 'string' },
                // The key of the step that failed, or null.
                step: {},
                details: { type: 'object' },
              },
              required: ['code', 'message', 'step', 'details'],
            },
          },
          required: ['index', 'error'],
          additionalProperties: false,
        },
      },
      count: { type: 'integer' },
    },
    required: ['items', 'errors', 'count'],
    additionalProperties: false,
  };
}
