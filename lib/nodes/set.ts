import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { literalSchema } from '#lib/workflow/literal-schema.ts';
import { oneLine } from '#lib/workflow/text.ts';

const config = z.strictObject({
  values: z.record(z.string().min(1).max(200), z.json()).meta({
    title: 'Values',
    description: 'An object; texts in it may hold expressions.',
    widget: 'json',
    template: true,
    placeholder: '{ "total": "{{ sum(steps.fetch.body.items) }}" }',
  }),
});

/** Gives values a name and a shape. */
export const set: NodeKind<typeof config> = {
  type: 'set',
  title: 'Set values',
  summary: 'Builds an object out of values of earlier steps.',
  keywords: ['variables', 'assign', 'edit fields', 'map', 'object', 'transform'],
  icon: 'pencil-line',
  group: 'shape',
  config,
  initial: { values: { text: '{{ input.text }}' } },
  initialKey: 'values',
  needs: [],
  example: {
    summary: 'Puts the parts of a name together.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { first: { type: 'string' }, last: { type: 'string' } },
            required: ['first', 'last'],
          },
        },
      },
      person: {
        config: {
          values: {
            name: '{{ input.first }} {{ input.last }}',
            initials: '{{ input.first[0] + input.last[0] }}',
          },
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.person.name }} ({{ steps.person.initials }})' }] },
      },
    },
    edges: ['arguments -> person', 'person -> answer'],
    input: { first: 'Ada', last: 'Lovelace' },
    answer: { text: 'Ada Lovelace (AL)' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ values }) => literalSchema(values),
  describe: ({ values }) => oneLine(Object.keys(values).join(', ') || 'no values', 60),
  run: ({ config: { values } }) => ({ value: values }),
};
