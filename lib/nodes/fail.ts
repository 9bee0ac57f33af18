import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  message: z.string().min(1, 'say what went wrong and what to do').meta({
    title: 'Message',
    description: 'Read by the model that called: what went wrong, and what it can do about it.',
    widget: 'textarea',
    template: true,
    placeholder: 'There is no order {{ input.order_id }}. Ask for the number on the invoice.',
  }),
});

const resolved = z.object({ message: z.custom<JsonValue>().optional() });

/** Where a run ends badly, on purpose. */
export const fail: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'fail',
  title: 'Fail',
  summary: 'Ends the run with an error that tells the model what to do.',
  keywords: ['error', 'throw', 'abort', 'end'],
  icon: 'octagon-x',
  group: 'start-end',
  role: 'end',
  config,
  resolved,
  initial: { message: 'This cannot be done: say why, and what to try instead.' },
  initialKey: 'fail',
  needs: [],
  example: {
    summary: 'Refuses an order of nothing, in words that tell the model what to do.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { quantity: { type: 'integer' } }, required: ['quantity'] },
        },
      },
      any: {
        kind: 'if',
        config: {
          when: 'all',
          conditions: [{ left: '{{ input.quantity }}', operator: 'greater', right: '0' }],
        },
      },
      answer: { kind: 'output', config: { parts: [{ type: 'text', text: 'Ordered.' }] } },
      none: {
        config: {
          message: 'An order of {{ input.quantity }} is none. Ask how many are wanted, and call again.',
        },
      },
    },
    edges: ['arguments -> any', 'any:true -> answer', 'any:false -> none'],
    input: { quantity: 0 },
    answer: {
      error: { code: 'FAIL', message: 'An order of 0 is none. Ask how many are wanted, and call again.' },
    },
  },
  handles: () => [],
  outputSchema: () => ({}),
  describe: ({ message }) => oneLine(templateLabel(message), 60),
  run: ({ config: { message } }) => {
    throw new StepError('FAIL', asText(message));
  },
};
