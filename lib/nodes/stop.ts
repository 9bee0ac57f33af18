import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  what: z
    .enum(['run', 'loop'])
    .default('run')
    .meta({
      title: 'Stop',
      widget: 'select',
      labels: {
        run: 'the run, which succeeds',
        loop: 'the loop around this step, after the items done so far',
      },
    }),
  text: z
    .string()
    .default('')
    .meta({
      title: 'Answer',
      description: 'Read by whoever called.',
      widget: 'textarea',
      template: true,
      placeholder: 'There is nothing to do for {{ input.name }}.',
      showIf: { field: 'what', in: ['run'] },
    }),
});

const resolved = z.object({ what: z.enum(['run', 'loop']), text: z.custom<JsonValue>().optional() });

/** Where a run ends well before its end, or a loop before its last item. */
export const stop: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'stop',
  title: 'Stop',
  summary: 'Ends the run early and well, or the loop around it.',
  keywords: ['end', 'exit', 'break', 'return', 'finish'],
  icon: 'circle-stop',
  group: 'flow',
  role: 'end',
  config,
  resolved,
  initial: { what: 'run', text: '' },
  initialKey: 'stop',
  needs: [],
  example: {
    summary: 'Looks for the first open ticket, and leaves the loop there.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { tickets: { type: 'array', items: { type: 'object' } } },
            required: ['tickets'],
          },
        },
      },
      each: {
        kind: 'for-each',
        config: { list: '{{ input.tickets }}', collect: '{{ steps.each.item.id }}' },
      },
      open: {
        kind: 'if',
        inside: 'each',
        config: { when: 'expression', expression: '{{ steps.each.item.open }}' },
      },
      stop: { inside: 'each', config: { what: 'loop' } },
      answer: {
        kind: 'output',
        config: {
          parts: [
            { type: 'text', text: 'Closed before the first open one: {{ steps.each.items.join(", ") }}' },
          ],
        },
      },
    },
    edges: ['arguments -> each', 'each:each -> open', 'open:true -> stop', 'each -> answer'],
    input: {
      tickets: [
        { id: 'A-1', open: false },
        { id: 'A-2', open: true },
        { id: 'A-3', open: false },
      ],
    },
    answer: { text: 'Closed before the first open one: A-1' },
  },
  insideOnly: ({ what }) => what === 'loop',
  answersPlainly: ({ what }) => what === 'run',
  handles: () => [],
  outputSchema: () => ({}),
  describe: ({ what, text }) =>
    what === 'loop' ? 'ends the loop' : oneLine(templateLabel(text), 60) || 'ends the run',
  run: ({ config: { what, text } }) => {
    if (what === 'loop') return { value: null, stop: 'loop' };
    const answer = asText(text);
    return {
      value: null,
      stop: 'run',
      output: { parts: answer === '' ? [] : [{ type: 'text', text: answer }] },
    };
  },
};
