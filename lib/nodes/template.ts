import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  text: z.string().max(200_000).meta({ title: 'Text', widget: 'textarea', template: true }),
});

const resolved = z.object({ text: z.custom<JsonValue>().optional() });

/** Writes a text with values in it. */
export const template: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'template',
  title: 'Template text',
  summary: 'Writes a text with values of earlier steps in it.',
  keywords: ['text', 'string', 'format', 'concatenate', 'join', 'message'],
  icon: 'text-quote',
  group: 'shape',
  config,
  resolved,
  initial: { text: 'Hello {{ input.text }}' },
  initialKey: 'text',
  needs: [],
  example: {
    summary: 'Writes a letter.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, sum: { type: 'number' } },
            required: ['name', 'sum'],
          },
        },
      },
      letter: { config: { text: 'Dear {{ input.name }},\n\nplease pay {{ input.sum }} EUR.' } },
      answer: { kind: 'output', config: { parts: [{ type: 'text', text: '{{ steps.letter }}' }] } },
    },
    edges: ['arguments -> letter', 'letter -> answer'],
    input: { name: 'Ada', sum: 12 },
    answer: { text: 'Dear Ada,\n\nplease pay 12 EUR.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({ type: 'string' }),
  describe: ({ text }) => oneLine(templateLabel(text), 60),
  run: ({ config: { text } }) => ({ value: asText(text) }),
};
