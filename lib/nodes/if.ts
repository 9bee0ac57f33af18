import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { conditionWords, holds, isTrue, operatorNames, operators, unary } from '#lib/workflow/compare.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';

const config = z.strictObject({
  when: z
    .enum(['all', 'any', 'expression'])
    .default('all')
    .meta({
      title: 'When',
      widget: 'select',
      labels: { all: 'all conditions hold', any: 'any condition holds', expression: 'an expression is true' },
    }),
  conditions: z
    .array(
      z.strictObject({
        left: z
          .string()
          .meta({ title: 'Value', template: true, placeholder: '{{ steps.fetch.body.price }}' }),
        operator: z
          .enum(operatorNames)
          .meta({ title: 'Is', widget: 'select', labels: operators, half: true }),
        right: z
          .string()
          .default('')
          .meta({
            title: 'Compared with',
            template: true,
            half: true,
            showIf: { field: 'operator', in: operatorNames.filter((name) => !unary.includes(name)) },
          }),
      }),
    )
    .max(20)
    .default([])
    .meta({ title: 'Conditions', showIf: { field: 'when', in: ['all', 'any'] } }),
  expression: z
    .string()
    .default('')
    .meta({
      title: 'Expression',
      template: true,
      placeholder: '{{ steps.fetch.body.price > 100 }}',
      showIf: { field: 'when', in: ['expression'] },
    }),
});

const value = z.custom<JsonValue>().optional();

const resolved = z.object({
  when: z.enum(['all', 'any', 'expression']),
  conditions: z.array(z.object({ left: value, operator: z.enum(operatorNames), right: value })),
  expression: value,
});

/** Takes one of two ways. */
export const branch: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'if',
  title: 'If',
  summary: 'Goes one way when a condition holds, and the other way when it does not.',
  keywords: ['condition', 'branch', 'else', 'router', 'filter'],
  icon: 'split',
  group: 'flow',
  config,
  resolved,
  initial: { when: 'all', conditions: [{ left: '', operator: 'is_true', right: '' }] },
  initialKey: 'check',
  needs: [],
  example: {
    summary: 'Refuses what costs more than somebody may spend.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { price: { type: 'number' } }, required: ['price'] },
        },
      },
      check: {
        config: {
          when: 'all',
          conditions: [{ left: '{{ input.price }}', operator: 'greater', right: '100' }],
        },
      },
      dear: {
        kind: 'fail',
        config: { message: '{{ input.price }} is more than 100: ask for consent first.' },
      },
      fine: { kind: 'output', config: { parts: [{ type: 'text', text: 'Bought.' }] } },
    },
    edges: ['arguments -> check', 'check:true -> dear', 'check:false -> fine'],
    input: { price: 80 },
    answer: { text: 'Bought.' },
  },
  handles: (given) => [
    { id: 'true', label: conditionLabel(given) },
    { id: 'false', label: 'otherwise' },
  ],
  outputSchema: () => ({ type: 'boolean' }),
  describe: conditionLabel,
  check: ({ when, conditions, expression }) => {
    if (when === 'expression') {
      if (expression.includes('{{')) return [];
      return [
        {
          code: 'if_no_expression',
          severity: 'error',
          message: 'Write the condition as an expression: {{ steps.fetch.body.price > 100 }}.',
          field: ['expression'],
        },
      ];
    }
    if (conditions.length === 0) {
      return [
        { code: 'if_no_condition', severity: 'error', message: 'Add a condition.', field: ['conditions'] },
      ];
    }
    return conditions.flatMap(({ left }, index) => (left.trim() === '' ? [noValue(index)] : []));
  },
  run: ({ config: { when, conditions, expression } }) => {
    const verdict =
      when === 'expression'
        ? isTrue(expression)
        : when === 'all'
          ? conditions.every(holds)
          : conditions.some(holds);
    return { value: verdict, handle: verdict ? 'true' : 'false' };
  },
};

type Config = z.output<typeof config>;

/** How a new condition begins. */
function noValue(index: number): ReturnType<NonNullable<NodeKind['check']>>[number] {
  return {
    code: 'if_no_value',
    severity: 'warning',
    message: 'Say which value is looked at: {{ steps.fetch.body.price }}.',
    field: ['conditions', index, 'left'],
  };
}

function conditionLabel({ when, conditions, expression }: Config): string {
  if (when === 'expression')
    return oneLine(expression.replace(/^\s*\{\{|\}\}\s*$/g, ''), 60) || 'no condition';
  const words = conditions.map(conditionWords);
  return oneLine(words.join(when === 'all' ? ' and ' : ' or '), 60) || 'no condition';
}
