import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import {
  conditionWords,
  holds,
  type Operator,
  operatorNames,
  operators,
  unary,
} from '#lib/workflow/compare.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { oneLine, templateLabel } from '#lib/workflow/text.ts';

/** The way of what fits no case. */
const OTHERWISE = 'otherwise';
/** `error` is added by the compiler, to a node that takes its errors somewhere. */
const TAKEN = [OTHERWISE, 'error'];

const caseFields = {
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
      'begins with a letter or digit; at most 32 of these, "_" and "-"',
    )
    .meta({ title: 'Way out', description: 'Names the way out in connections.', widget: 'id' }),
  name: z.string().max(80).default('').meta({
    title: 'Name',
    description: 'Shown at the way out. Left empty: the condition.',
  }),
};
const operator = z
  .enum(operatorNames)
  .default('equals')
  .meta({ title: 'Is', widget: 'select', labels: operators, half: true });
const right = z
  .string()
  .default('')
  .meta({
    title: 'Compared with',
    template: true,
    half: true,
    showIf: { field: 'operator', in: operatorNames.filter((name) => !unary.includes(name)) },
  });

const config = z.strictObject({
  mode: z
    .enum(['value', 'conditions'])
    .default('value')
    .meta({
      title: 'Look at',
      widget: 'select',
      labels: { value: 'one value, compared with each case', conditions: 'a condition for each case' },
    }),
  value: z
    .string()
    .default('')
    .meta({
      title: 'Value',
      template: true,
      placeholder: '{{ steps.fetch.body.status }}',
      showIf: { field: 'mode', in: ['value'] },
    }),
  cases: z
    .array(z.strictObject({ ...caseFields, operator, right }))
    .max(20)
    .default([])
    .meta({
      title: 'Cases',
      description: 'The first that fits is taken.',
      showIf: { field: 'mode', in: ['value'] },
    }),
  conditions: z
    .array(
      z.strictObject({
        ...caseFields,
        left: z
          .string()
          .default('')
          .meta({ title: 'Value', template: true, placeholder: '{{ steps.fetch.body.price }}' }),
        operator,
        right,
      }),
    )
    .max(20)
    .default([])
    .meta({
      title: 'Conditions',
      description: 'The first that holds is taken.',
      showIf: { field: 'mode', in: ['conditions'] },
    }),
});

const json = z.custom<JsonValue>().optional();
const resolvedCase = z.object({
  id: z.string(),
  name: z.string(),
  operator: z.enum(operatorNames),
  right: json,
});

const resolved = z.object({
  mode: z.enum(['value', 'conditions']),
  value: json,
  cases: z.array(resolvedCase),
  conditions: z.array(resolvedCase.extend({ left: json })),
});

/** Takes the way of the first case that fits. */
export const choose: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'switch',
  title: 'Switch',
  summary: 'Goes the way of the first case that fits, of as many as are needed.',
  keywords: ['case', 'router', 'route', 'branch', 'choose', 'condition'],
  icon: 'route',
  group: 'flow',
  config,
  resolved,
  initial: {
    mode: 'value',
    value: '',
    cases: [
      { id: 'case_1', name: '', operator: 'equals', right: 'a' },
      { id: 'case_2', name: '', operator: 'equals', right: 'b' },
    ],
  },
  initialKey: 'choose',
  needs: [],
  example: {
    summary: 'Answers by what became of an order.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] },
        },
      },
      choose: {
        config: {
          mode: 'value',
          value: '{{ input.status }}',
          cases: [
            { id: 'sent', name: 'On its way', operator: 'equals', right: 'sent' },
            { id: 'back', name: 'Sent back', operator: 'starts_with', right: 'return' },
          ],
        },
      },
      sent: { kind: 'output', config: { parts: [{ type: 'text', text: 'It is on its way.' }] } },
      back: { kind: 'output', config: { parts: [{ type: 'text', text: 'It was sent back.' }] } },
      other: { kind: 'fail', config: { message: 'There is no status {{ input.status }}.' } },
    },
    edges: ['arguments -> choose', 'choose:sent -> sent', 'choose:back -> back', 'choose:otherwise -> other'],
    input: { status: 'returned' },
    answer: { text: 'It was sent back.' },
  },
  handles: (given) => [
    ...casesOf(given).map(({ id, label }) => ({ id, label })),
    { id: OTHERWISE, label: 'otherwise' },
  ],
  outputSchema: (given) => ({
    type: 'object',
    properties: {
      case: { enum: [...new Set([...casesOf(given).map(({ id }) => id), OTHERWISE])] },
      name: { type: 'string' },
    },
    required: ['case', 'name'],
    additionalProperties: false,
  }),
  describe: (given) => {
    if (given.mode === 'value' && given.value.trim() !== '') return oneLine(templateLabel(given.value), 60);
    const count = casesOf(given).length;
    return count === 1 ? '1 case' : `${count} cases`;
  },
  check: (given) => {
    const field = given.mode === 'value' ? 'cases' : 'conditions';
    const problems: ReturnType<NonNullable<NodeKind['check']>> = [];
    const cases = casesOf(given);
    if (cases.length === 0) {
      problems.push({
        code: 'switch_no_case',
        severity: 'error',
        message: 'Add a case.',
        field: [field],
      });
    }
    const seen = new Set(TAKEN);
    for (const [index, { id }] of cases.entries()) {
      if (seen.has(id)) {
        const message = `The way out "${id}" is there already: give this case another.`;
        problems.push({ code: 'switch_case_id', severity: 'error', message, field: [field, index, 'id'] });
      }
      seen.add(id);
    }
    if (given.mode === 'value' && given.value.trim() === '') {
      problems.push({
        code: 'switch_no_value',
        severity: 'warning',
        message: 'Say which value is looked at: {{ steps.fetch.body.status }}.',
        field: ['value'],
      });
    }
    return problems;
  },
  run: ({ config: { mode, value, cases, conditions } }) => {
    const fits =
      mode === 'value'
        ? cases.find(({ operator, right }) => holds({ left: value, operator, right }))
        : conditions.find(holds);
    if (!fits) return { value: { case: OTHERWISE, name: OTHERWISE }, handle: OTHERWISE };
    return { value: { case: fits.id, name: fits.name || fits.id }, handle: fits.id };
  },
};

/** The cases of the mode that is chosen, and what is written at their ways out. */
function casesOf({ mode, cases, conditions }: z.output<typeof config>): { id: string; label: string }[] {
  const shown: { id: string; name: string; left?: string; operator: Operator; right: string }[] =
    mode === 'value' ? cases : conditions;
  return shown.map(({ id, name, left = '', operator, right }) => ({
    id,
    label: name || oneLine(conditionWords({ left, operator, right }), 40) || id,
  }));
}
