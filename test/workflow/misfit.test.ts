import { describe, expect, it } from 'vitest';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { misfit } from '#lib/workflow/misfit.ts';
import { compileSchema } from '#lib/workflow/validator.ts';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 1 },
    state: { enum: ['open', 'sent'] },
    note: { type: ['string', 'null'], maxLength: 3 },
    kind: { const: 'order' },
    lines: {
      type: 'array',
      maxItems: 2,
      items: { type: 'object', properties: { qty: { type: 'number' } }, required: ['qty'] },
    },
  },
  required: ['id'],
  additionalProperties: false,
};

/** Values with what is said of them. */
const CASES: [value: JsonValue, fault: string | null][] = [
  [{ id: 1, state: 'open', note: null, kind: 'order', lines: [{ qty: 1.5, more: 1 }] }, null],
  [[], 'The value is a list, and an object is expected.'],
  [{}, '“id” is missing.'],
  [{ id: 1.5 }, '“id” is a number, and a whole number is expected.'],
  [{ id: 0 }, '“id” has less than 1.'],
  [{ id: 1, state: 'lost' }, '“state” is none of "open", "sent".'],
  [{ id: 1, note: 'long' }, '“note” has more than 3 characters.'],
  [{ id: 1, note: '👍👍👍' }, null],
  [{ id: 1, kind: 'offer' }, '“kind” is not "order".'],
  [{ id: 1, lines: [{ qty: 1 }, {}] }, '“lines[1].qty” is missing.'],
  [{ id: 1, lines: [{ qty: 1 }, { qty: 1 }, { qty: 1 }] }, '“lines” has more than 2 items.'],
  [{ id: 1, other: 1 }, '“other” is not expected.'],
];

describe('why a value does not fit', () => {
  it.each(CASES)('%j: %s', (value, fault) => {
    expect(misfit(SCHEMA, value)).toBe(fault);
  });

  it('is found exactly where the validator finds a fault', () => {
    const validate = compileSchema(SCHEMA);
    for (const [value, fault] of CASES)
      expect([value, validate(value) !== null]).toEqual([value, fault !== null]);
  });

  it('is not claimed for what it does not look at', () => {
    expect(misfit({ anyOf: [{ type: 'string' }] }, 1)).toBeNull();
    expect(misfit({ $ref: '#/$defs/a' }, 1)).toBeNull();
    expect(misfit({ type: 'string', format: 'date' }, 'soon')).toBeNull();
  });
});
