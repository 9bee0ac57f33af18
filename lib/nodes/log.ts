import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta({
      title: 'Level',
      widget: 'select',
      labels: { debug: 'debug', info: 'info', warn: 'warning', error: 'error' },
    }),
  text: z.string().min(1, 'say what happened').meta({
    title: 'Text',
    widget: 'textarea',
    template: true,
    placeholder: 'Found {{ steps.search.length }} orders',
  }),
  data: z.json().optional().meta({
    title: 'Data',
    description: 'Written after the text.',
    widget: 'json',
    template: true,
    advanced: true,
  }),
});

const resolved = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.custom<JsonValue>().optional(),
  data: z.custom<JsonValue>().optional(),
});

/** Writes a line into the log of the run, which a listening client gets too. */
export const log: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'log',
  title: 'Log',
  summary: 'Writes a line into the log of the run; clients that listen get it too.',
  keywords: ['debug', 'print', 'console', 'message', 'trace'],
  icon: 'scroll-text',
  group: 'client',
  config,
  resolved,
  initial: { level: 'info', text: 'So far, so good' },
  initialKey: 'log',
  needs: ['log'],
  example: {
    summary: 'Notes how many words a text has, and answers with the number.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
        },
      },
      note: {
        config: {
          level: 'info',
          text: '{{ input.text.split(" ").length }} words',
          data: { text: '{{ input.text }}' },
        },
      },
      answer: { kind: 'output', config: { parts: [{ type: 'text', text: '{{ steps.note.text }}' }] } },
    },
    edges: ['arguments -> note', 'note -> answer'],
    input: { text: 'out of paper' },
    answer: { text: '3 words' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: { level: { type: 'string' }, text: { type: 'string' }, data: {} },
    required: ['level', 'text'],
    additionalProperties: false,
  }),
  describe: ({ level, text }) => oneLine(`${level}: ${templateLabel(text)}`, 60),
  run: (context) => {
    const { level, data } = context.config;
    const text = asText(context.config.text);
    context.log(level, data === undefined ? text : `${text} ${JSON.stringify(data)}`);
    const value: JsonObject = { level, text };
    if (data !== undefined) value['data'] = data;
    return { value };
  },
};
