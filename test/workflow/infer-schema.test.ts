import { describe, expect, it } from 'vitest';
import { countFields, inferSchema, widenSchema } from '#lib/workflow/infer-schema.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';

const refuses = (schema: JsonSchema, value: JsonValue): boolean => compileSchema(schema)(value) !== null;

const ORDERS: JsonValue[] = [
  { id: 7, sent: '2026-11-20T09:30:00Z', total: 12, note: null, lines: [{ item: 'cable', qty: 3 }] },
  { id: 8, sent: '2026-11-21T10:00:00.5+01:00', total: 2.5, note: 'fragile', lines: [] },
  { id: 9, sent: '2026-11-21T10:00:00Z', total: 1, note: null, lines: [{ item: 'jack' }], gift: true },
];

describe('a schema from samples', () => {
  it('has what all have as required, whole numbers, nullable fields, formats, and items of lists', () => {
    expect(inferSchema(ORDERS)).toEqual({
      type: 'object',
      properties: {
        id: { type: 'integer' },
        sent: { type: 'string', format: 'date-time' },
        total: { type: 'number' },
        note: { type: ['string', 'null'] },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { item: { type: 'string' }, qty: { type: 'integer' } },
            required: ['item'],
          },
        },
        gift: { type: 'boolean' },
      },
      required: ['id', 'sent', 'total', 'note', 'lines'],
    });
  });

  it('fits every sample, whatever they are', () => {
    const odd: JsonValue[][] = [
      ORDERS,
      [1, 'a', null, [1, [2]], { a: { b: [] } }],
      [[], [null], [{ x: 1 }, { y: 'z' }]],
      [{ toString: 1, constructor: {} }, {}],
      [{ api_key: '[redacted]' }, { api_key: 'x' }],
      [],
    ];
    for (const values of odd) {
      const schema = inferSchema(values);
      expect(values.filter((value) => refuses(schema, value))).toEqual([]);
    }
    expect(refuses(inferSchema(ORDERS), { id: 'x' })).toBe(true);
  });

  it('tells a format only where all texts have it', () => {
    const formatOf = (...texts: string[]): JsonValue | undefined => inferSchema(texts)['format'];
    expect(formatOf('2026-11-21', '2025-01-02')).toBe('date');
    expect(formatOf('2026-11-21', 'soon')).toBeUndefined();
    expect(formatOf('https://a.example/x?y=1')).toBe('uri');
    expect(formatOf('ada@example.com', 'b@c.example')).toBe('email');
    expect(formatOf('3f0c2f6e-6f0b-4f0e-9a51-0e6a2f3b7c11')).toBe('uuid');
    expect(formatOf('a@b')).toBeUndefined();
  });

  it('says nothing of what was blanked, and of no samples at all', () => {
    expect(inferSchema([{ token: '[redacted]', id: 1 }])['properties']).toEqual({
      token: {},
      id: { type: 'integer' },
    });
    expect(inferSchema([])).toEqual({});
  });

  it('counts the fields it promises', () => {
    expect(countFields(inferSchema(ORDERS))).toBe(7);
    expect(countFields({ type: 'object' })).toBe(0);
  });
});

describe('a schema that is made wide enough', () => {
  const WRITTEN: JsonSchema = {
    type: 'object',
    description: 'An order.',
    properties: {
      id: { type: 'integer', minimum: 1, description: 'Its number.' },
      state: { type: 'string', enum: ['open', 'sent'], description: 'Where it is.' },
      lines: { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' } } } },
    },
    required: ['id', 'state'],
    additionalProperties: false,
  };

  it('stays as it is where all fits', () => {
    expect(widenSchema(WRITTEN, [{ id: 1, state: 'sent', lines: [{ qty: 2 }] }], refuses)).toEqual(WRITTEN);
    expect(widenSchema(WRITTEN, [], refuses)).toEqual(WRITTEN);
  });

  it('keeps the words, and gives way only where a value asks for it', () => {
    const values: JsonValue[] = [
      { id: 1, state: 'lost', lines: [{ qty: 1.5 }], gift: true },
      { id: 2, lines: [] },
    ];
    const wider = widenSchema(WRITTEN, values, refuses);
    expect(wider).toEqual({
      ...WRITTEN,
      properties: {
        id: { type: 'integer', minimum: 1, description: 'Its number.' },
        state: { type: 'string', description: 'Where it is.' },
        lines: {
          type: 'array',
          items: { type: 'object', properties: { qty: { type: 'number' } } },
        },
        gift: { type: 'boolean' },
      },
      required: ['id'],
    });
    expect(values.filter((value) => refuses(wider, value))).toEqual([]);
    expect(values.every((value) => refuses(WRITTEN, value))).toBe(true);
  });
});
