import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { schemaFaults } from '#lib/workflow/schema-limits.ts';
import { oneLine, templateLabel } from '#lib/workflow/text.ts';

const config = z.strictObject({
  value: z
    .string()
    .min(1, 'say what to check')
    .meta({ title: 'Value', template: true, placeholder: '{{ steps.fetch.body }}' }),
  schema: z.record(z.string(), z.json()).meta({
    title: 'Schema',
    description: 'JSON Schema 2020-12.',
    widget: 'schema',
  }),
  onInvalid: z
    .enum(['branch', 'fail'])
    .default('branch')
    .meta({
      title: 'When it does not fit',
      widget: 'select',
      labels: { branch: 'take the way "invalid"', fail: 'fail, and say what is wrong' },
    }),
});

const resolved = z.object({
  value: z.custom<JsonValue>().optional(),
  schema: z.record(z.string(), z.json()),
  onInvalid: z.enum(['branch', 'fail']).default('branch'),
});

/** Checks a value against a schema. */
export const validate: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'validate',
  title: 'Validate',
  summary: 'Checks a value against a JSON Schema, and says what does not fit.',
  keywords: ['schema', 'check', 'json schema', 'guard', 'assert'],
  icon: 'badge-check',
  group: 'shape',
  config,
  resolved,
  initial: {
    value: '{{ input.text }}',
    schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    onInvalid: 'branch',
  },
  initialKey: 'validate',
  needs: ['schemas'],
  example: {
    summary: 'Says what is wrong with an order.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { order: { type: 'object' } }, required: ['order'] },
        },
      },
      check: {
        config: {
          value: '{{ input.order }}',
          schema: {
            type: 'object',
            properties: { id: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
            required: ['id', 'quantity'],
          },
          onInvalid: 'branch',
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Order {{ steps.check.value.id }} is in order.' }] },
      },
      wrong: { kind: 'fail', config: { message: 'This is no order: {{ steps.check.faults.join("; ") }}' } },
    },
    edges: ['arguments -> check', 'check:valid -> answer', 'check:invalid -> wrong'],
    input: { order: { id: 'A7', quantity: 2 } },
    answer: { text: 'Order A7 is in order.' },
  },
  handles: ({ onInvalid }) =>
    onInvalid === 'fail'
      ? [{ id: 'valid', label: 'valid' }]
      : [
          { id: 'valid', label: 'valid' },
          { id: 'invalid', label: 'invalid' },
        ],
  // The value is of the schema only on the way "valid"; steps on both ways read it.
  outputSchema: ({ schema, onInvalid }) => ({
    type: 'object',
    properties: {
      valid: { type: 'boolean' },
      faults: { type: 'array', items: { type: 'string' } },
      value: onInvalid === 'fail' ? withoutReferences(schema) : {},
    },
    required: ['valid', 'faults', 'value'],
  }),
  describe: ({ value, onInvalid }) =>
    oneLine(`${templateLabel(value)} ${onInvalid === 'fail' ? 'must fit' : 'fits'} the schema`, 60),
  check: ({ schema }) =>
    schemaFaults(schema).map(({ code, message, path }) => ({
      code,
      severity: 'error',
      message,
      field: ['schema', ...path],
    })),
  run: ({ config: { value = null, schema, onInvalid }, capabilities }) => {
    const faults = capabilities.schemas.check(schema, value);
    if (faults !== null && onInvalid === 'fail') {
      throw new StepError(
        'VALIDATION',
        `The value does not fit the schema: ${faults.join('; ')}. Correct the value, or the schema of this step.`,
        {
          details: { faults },
        },
      );
    }
    return {
      value: { valid: faults === null, faults: faults ?? [], value },
      handle: faults === null ? 'valid' : 'invalid',
    };
  },
};

/** A schema inside another one: its references would point to the definitions of the other. */
function withoutReferences(schema: { [key: string]: z.core.util.JSONType }): { [key: string]: JsonValue } {
  return '$defs' in schema ? {} : (schema as { [key: string]: JsonValue });
}
