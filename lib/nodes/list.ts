import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { oneLine, templateLabel } from '#lib/workflow/text.ts';
import { config, type Operation, type Resolved, type ResolvedOperation, resolved } from './list/config.ts';
import { type Applied, apply } from './list/operations.ts';

/** Items a list may have. */
const MAX_ITEMS = 100_000;
/** Items that all operations go over without a pause. */
const MAX_AT_ONCE = 2_000;

/** Filters, sorts, groups and adds up a list. */
export const list: NodeKind<typeof config, Resolved> = {
  type: 'list',
  title: 'Filter, sort, aggregate',
  summary: 'Works on a list: filters, sorts, cuts, groups and adds up its items.',
  keywords: [
    'filter',
    'sort',
    'limit',
    'group',
    'unique',
    'duplicates',
    'sum',
    'count',
    'average',
    'map',
    'pick',
    'array',
    'aggregate',
    'reduce',
  ],
  icon: 'list-filter',
  group: 'shape',
  config,
  resolved,
  initial: {
    list: '{{ input.items }}',
    operations: [{ type: 'limit', count: 10 }],
  },
  initialKey: 'list',
  needs: [],
  example: {
    summary: 'The names of those who owe, the largest sum first.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { people: { type: 'array', items: { type: 'object' } } },
            required: ['people'],
          },
        },
      },
      list: {
        config: {
          list: '{{ input.people }}',
          operations: [
            { type: 'filter', when: 'all', conditions: [{ path: 'owes', operator: 'greater', value: '0' }] },
            { type: 'sort', by: [{ path: 'owes', direction: 'descending' }] },
          ],
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.list.map(p => p.name).join(", ") }}' }] },
      },
    },
    edges: ['arguments -> list', 'list -> answer'],
    input: {
      people: [
        { name: 'Ada', owes: 5 },
        { name: 'Bob', owes: 0 },
        { name: 'Cy', owes: 9 },
      ],
    },
    answer: { text: 'Cy, Ada' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ operations }) => operations.reduce(schemaAfter, { type: 'array', items: {} }),
  describe: ({ list: from, operations }) =>
    oneLine([templateLabel(from), ...operations.map(({ type }) => type)].join(' · '), 60) || 'a list',
  check: ({ operations }) =>
    operations.slice(0, -1).flatMap(({ type }, index) =>
      type === 'aggregate'
        ? [
            {
              code: 'list_aggregate_last',
              severity: 'error' as const,
              message: 'This leaves totals in place of a list: it must be the last operation.',
              field: ['operations', index],
            },
          ]
        : [],
    ),
  run: ({ config: { list: given, operations }, capabilities, signal }) => {
    if (!Array.isArray(given)) {
      throw new StepError(
        'NOT_A_LIST',
        `A list is needed, but this is ${wordOf(given)}. Where it may be missing write {{ … ?? [] }}.`,
        {
          details: { field: ['list'] },
        },
      );
    }
    if (given.length > MAX_ITEMS) {
      throw new StepError(
        'TOO_LARGE',
        `The list has ${given.length} items; at most ${MAX_ITEMS} are worked on. Ask the source for fewer.`,
        { details: { field: ['list'] } },
      );
    }
    if (given.length <= MAX_AT_ONCE) return { value: operations.reduce<Applied>(applied, given) };
    return inTurns(given, operations, () => capabilities.sleep(0, signal));
  },
};

function applied(left: Applied, operation: ResolvedOperation): Applied {
  // Only the last operation can leave something that is no list: the config is checked for it.
  return apply(left as JsonValue[], operation);
}

/** Long lists let others have their turn between the operations. */
async function inTurns(
  given: JsonValue[],
  operations: readonly ResolvedOperation[],
  pause: () => Promise<void>,
): Promise<NodeResult> {
  let left: Applied = given;
  for (const operation of operations) {
    await pause();
    left = applied(left, operation);
  }
  return { value: left };
}

/** What a value is called in a sentence. */
function wordOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}

const ANYTHING: JsonSchema = {};

/** What is known of the value after one more operation. */
function schemaAfter(before: JsonSchema, operation: Operation): JsonSchema {
  switch (operation.type) {
    case 'pick':
      return { type: 'array', items: objectOf(Object.keys(operation.fields), () => ANYTHING) };
    case 'group': {
      const items: JsonSchema = {
        key: {},
        count: { type: 'integer' },
        items: before,
        ...(operation.measures.length > 0 ? { totals: measureSchema(operation.measures) } : {}),
      };
      return { type: 'array', items: objectOf(Object.keys(items), (name) => items[name] as JsonSchema) };
    }
    case 'aggregate':
      return measureSchema(operation.measures);
    default:
      return before;
  }
}

function measureSchema(measures: { name: string; of: string }[]): JsonSchema {
  const kinds = new Map(measures.map(({ name, of }) => [name, of]));
  return objectOf([...kinds.keys()], (name) => {
    const of = kinds.get(name);
    if (of === 'count') return { type: 'integer' };
    if (of === 'sum') return { type: 'number' };
    return of === 'average' ? { type: ['number', 'null'] } : { type: ['number', 'string', 'null'] };
  });
}

function objectOf(names: string[], schemaOf: (name: string) => JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(name)])),
    required: names,
  };
}
