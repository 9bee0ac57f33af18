import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const amount = z.union([
  z.number().min(0),
  z.string().includes('{{', { error: 'a number or {{ an expression }}' }),
]);

const config = z.strictObject({
  done: amount.meta({
    title: 'Done',
    description: 'How far the work is; never less than before.',
    template: true,
  }),
  total: amount.optional().meta({ title: 'Of', description: 'When it is known.', template: true }),
  message: z
    .string()
    .optional()
    .meta({ title: 'Message', template: true, placeholder: 'Reading {{ input.file }}' }),
});

const resolved = z.object({
  done: z.coerce.number().min(0),
  total: z.coerce.number().min(0).optional(),
  message: z.custom<JsonValue>().optional(),
});

/** Tells a waiting client how far the run is. */
export const progress: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'progress',
  title: 'Report progress',
  summary: 'Tells the waiting client how far the work is.',
  keywords: ['status', 'percent', 'notify', 'notification'],
  icon: 'gauge',
  group: 'client',
  config,
  resolved,
  initial: { done: 1, total: 2, message: 'Half way' },
  initialKey: 'progress',
  needs: ['progress'],
  example: {
    summary: 'Tells the caller that half is done.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { file: { type: 'string' } }, required: ['file'] } },
      },
      half: { config: { done: 1, total: 2, message: 'Reading {{ input.file }}' } },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.half.message }}: done' }] },
      },
    },
    edges: ['arguments -> half', 'half -> answer'],
    input: { file: 'orders.csv' },
    answer: { text: 'Reading orders.csv: done' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: { done: { type: 'number' }, total: { type: 'number' }, message: { type: 'string' } },
    required: ['done'],
  }),
  describe: ({ done, total, message }) => {
    const share = [done, total]
      .filter((part) => part !== undefined)
      .map((part) => templateLabel(String(part)));
    return oneLine([share.join(' of '), message && templateLabel(message)].filter(Boolean).join(': '), 60);
  },
  run: (context) => {
    const { done, total } = context.config;
    const message = asText(context.config.message) || undefined;
    context.progress(done, total, message);
    const value: JsonObject = { done };
    if (total !== undefined) value['total'] = total;
    if (message !== undefined) value['message'] = message;
    return { value };
  },
};
