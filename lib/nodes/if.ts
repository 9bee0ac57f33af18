import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import { indexOfText } from '#lib/workflow/find-text.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const operators = {
  equals: '=',
  not_equals: '≠',
  greater: '>',
  greater_or_equal: '≥',
  less: '<',
  less_or_equal: '≤',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  ends_with: 'ends with',
  is_empty: 'is empty',
  is_not_empty: 'is not empty',
  is_true: 'is true',
  is_false: 'is false',
} as const;

type Operator = keyof typeof operators;
const operatorNames = Object.keys(operators) as [Operator, ...Operator[]];
const unary: readonly Operator[] = ['is_empty', 'is_not_empty', 'is_true', 'is_false'];

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
        operator: z.enum(operatorNames).meta({ title: 'Is', widget: 'select', labels: operators }),
        right: z
          .string()
          .default('')
          .meta({
            title: 'Compared with',
            template: true,
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
  icon: 'split',
  group: 'flow',
  config,
  resolved,
  initial: { when: 'all', conditions: [{ left: '{{ input.text }}', operator: 'is_not_empty', right: '' }] },
  initialKey: 'check',
  needs: [],
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
    if (conditions.length > 0) return [];
    return [
      { code: 'if_no_condition', severity: 'error', message: 'Add a condition.', field: ['conditions'] },
    ];
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
type Condition = z.output<typeof resolved>['conditions'][number];

function conditionLabel({ when, conditions, expression }: Config): string {
  if (when === 'expression')
    return oneLine(expression.replace(/^\s*\{\{|\}\}\s*$/g, ''), 60) || 'no condition';
  const words = conditions.map(({ left, operator, right }) =>
    [
      templateLabel(left),
      operators[operator],
      unary.includes(operator) ? '' : right === '' ? '""' : templateLabel(right),
    ]
      .join(' ')
      .trim(),
  );
  return oneLine(words.join(when === 'all' ? ' and ' : ' or '), 60) || 'no condition';
}

function holds({ left = null, operator, right = null }: Condition): boolean {
  switch (operator) {
    case 'equals':
      return equal(left, right);
    case 'not_equals':
      return !equal(left, right);
    case 'greater':
      return compare(left, right) > 0;
    case 'greater_or_equal':
      return compare(left, right) >= 0;
    case 'less':
      return compare(left, right) < 0;
    case 'less_or_equal':
      return compare(left, right) <= 0;
    case 'contains':
      return contains(left, right);
    case 'not_contains':
      return !contains(left, right);
    case 'starts_with':
      return asText(left).startsWith(asText(right));
    case 'ends_with':
      return asText(left).endsWith(asText(right));
    case 'is_empty':
      return isEmpty(left);
    case 'is_not_empty':
      return !isEmpty(left);
    case 'is_true':
      return isTrue(left);
    case 'is_false':
      return !isTrue(left);
  }
}

/** Nothing but text is spelled longer; reading a long text for each item of a long list would take minutes. */
const MOST_SPELLED = 1000;

/** The same JSON; a text equals the number, truth value or null it spells, because what is typed into a form is text. */
function equal(left: JsonValue, right: JsonValue): boolean {
  if (typeof left === typeof right) {
    return typeof left === 'object' ? canonical(left) === canonical(right) : left === right;
  }
  const [text, other] = typeof left === 'string' ? [left, right] : [right, left];
  if (typeof text !== 'string' || text.length > MOST_SPELLED) return false;
  if (typeof other === 'number') return numberOf(text) === other;
  return typeof other !== 'object' || other === null ? text.trim() === String(other) : false;
}

/** JSON with sorted keys, so that the order in which members were written does not count. */
function canonical(given: JsonValue): string {
  return JSON.stringify(given, (_, member: JsonValue) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** As numbers when both are, else as texts (ISO dates sort as texts). NaN, and so never true, when one is missing. */
function compare(left: JsonValue, right: JsonValue): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

function contains(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left)) {
    if (typeof right !== 'object') return left.some((item) => equal(item, right));
    // Written once: for each item of a long list it would be written again.
    const sought = canonical(right);
    return left.some((item) => (typeof item === 'object' ? canonical(item) === sought : equal(item, right)));
  }
  if (typeof left === 'object' && left !== null) return Object.hasOwn(left, asText(right));
  return indexOfText(asText(left), asText(right)) >= 0;
}

function isEmpty(given: JsonValue): boolean {
  if (given === null) return true;
  if (typeof given === 'string') return given.trim() === '';
  if (typeof given === 'object') return Object.keys(given).length === 0;
  return false;
}

/** As in JavaScript, except that the texts `false`, `0`, `no` and white space are false. */
function isTrue(given: JsonValue | undefined): boolean {
  if (typeof given === 'string') return !['', 'false', '0', 'no'].includes(given.trim().toLowerCase());
  return Boolean(given);
}

function numberOf(given: JsonValue): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
}
