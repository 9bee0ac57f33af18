import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeContext, NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';

const config = z.strictObject({
  mode: z
    .enum(['all', 'first', 'combine'])
    .default('all')
    .meta({
      title: 'Take',
      widget: 'select',
      description:
        'Ways that a branch left out are not waited for. With the first, steps that lead only here are stopped when they come too late.',
      labels: {
        all: 'all values, by step',
        first: 'the value that comes first',
        combine: 'all values in one object or list',
      },
    }),
});

type Incoming = NodeContext<unknown>['incoming'];

/** Brings ways together. */
export const merge: NodeKind<typeof config> = {
  type: 'merge',
  title: 'Merge',
  summary: 'Brings ways together: all their values, the first, or all in one.',
  keywords: ['join', 'combine', 'union', 'wait for all', 'race'],
  icon: 'git-merge',
  group: 'flow',
  config,
  initial: { mode: 'all' },
  initialKey: 'merged',
  needs: [],
  example: {
    summary: 'Builds one object out of what two ways made at the same time.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
      },
      person: { kind: 'set', config: { values: { name: '{{ input.name }}' } } },
      place: { kind: 'set', config: { values: { city: 'Oslo' } } },
      merged: { config: { mode: 'combine' } },
      answer: {
        kind: 'output',
        config: { parts: [], structured: { value: { found: '{{ steps.merged }}' } } },
      },
    },
    edges: [
      'arguments -> person',
      'arguments -> place',
      'person -> merged',
      'place -> merged',
      'merged -> answer',
    ],
    input: { name: 'Ida' },
    answer: { structured: { found: { name: 'Ida', city: 'Oslo' } } },
  },
  join: ({ mode }) => (mode === 'first' ? 'first' : 'all'),
  handles: () => [{ id: 'out' }],
  outputSchema: ({ mode }): JsonSchema =>
    mode === 'all' ? { type: 'object', additionalProperties: {} } : {},
  describe: ({ mode }) =>
    ({ all: 'all, by step', first: 'the first that comes', combine: 'all in one' })[mode],
  run: ({ config: { mode }, incoming }) => {
    if (mode === 'first') return { value: incoming[0]?.value ?? null };
    if (mode === 'combine') return { value: combined(incoming) };
    return { value: Object.fromEntries(incoming.map(({ key, value }) => [key, value])) };
  },
};

/** Objects into one, in which a later member replaces an earlier one of its name; lists into one list. */
function combined(incoming: Incoming): JsonValue {
  const values = incoming.filter(({ value }) => value !== null);
  if (values.every(({ value }) => Array.isArray(value))) {
    const lists = values.map(({ value }) => value as JsonValue[]);
    // Nothing came: there is no telling whether lists or objects were meant.
    return lists.length === 0 ? null : lists.flat();
  }
  const odd = values.find(({ value }) => typeof value !== 'object' || Array.isArray(value));
  if (odd) {
    const found = values.map(({ key, value }) => `"${key}" gave ${nameOf(value)}`).join(', ');
    throw new StepError(
      'NOT_COMBINABLE',
      `Only objects, or only lists, can be combined: ${found}. Take all values by step instead, or shape them before.`,
    );
  }
  return Object.fromEntries(values.flatMap(({ value }) => Object.entries(value as JsonObject)));
}

function nameOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'an object'
    : `a ${typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'truth value'}`;
}
