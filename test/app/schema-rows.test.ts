import { describe, expect, it } from 'vitest';
import {
  rawKeywords,
  readTyped,
  rowsOf,
  typeOf,
  withKeyword,
  withMovedRow,
  withNewRow,
  withRows,
  withType,
} from '#app/form/schema-rows.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';

const schema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { a: { type: 'string', 'x-order': 1 }, b: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
  required: ['b', 'elsewhere'],
  additionalProperties: false,
  dependentRequired: { a: ['b'] },
};

describe('rows of a schema', () => {
  it('are its members, in order', () => {
    expect(rowsOf(schema).map(({ name, required }) => [name, required])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('written back unchanged are the same schema, with what no row shows', () => {
    expect(withRows(schema, rowsOf(schema))).toEqual(schema);
  });

  it('can be renamed in place and keep their own keywords', () => {
    const [a, b] = rowsOf(schema);
    const next = withRows(schema, [{ ...a!, name: 'order_id', required: true }, b!]);
    expect(Object.keys(next['properties'] as object)).toEqual(['order_id', 'b']);
    expect(next['properties']).toMatchObject({ order_id: { 'x-order': 1 } });
    expect(next['required']).toEqual(['order_id', 'b', 'elsewhere']);
  });

  it('can be moved', () => {
    expect(Object.keys(withMovedRow(schema, 1, 0)['properties'] as object)).toEqual(['b', 'a']);
  });

  it('get a free name when they are added', () => {
    const twice = withNewRow(withNewRow({}));
    expect(twice).toEqual({
      type: 'object',
      properties: { field: { type: 'string' }, field_2: { type: 'string' } },
      required: ['field', 'field_2'],
    });
  });

  it('leave no empty list of required names behind', () => {
    const one = withNewRow({});
    expect(withRows(one, [])).toEqual({ type: 'object', properties: {} });
  });
});

describe('the type of a row', () => {
  it('is none where only raw mode can edit', () => {
    expect(typeOf({ anyOf: [] })).toBeNull();
    expect(typeOf({ type: ['string', 'null'] })).toBeNull();
    expect(typeOf({ $ref: '#/$defs/a' })).toBeNull();
    expect(typeOf({})).toBe('any');
    expect(typeOf({ properties: {} })).toBe('object');
  });

  it('changes with what belongs to it, and keeps words and foreign keywords', () => {
    const text = { type: 'string', description: 'How many', minLength: 2, default: 'x', 'x-order': 1 };
    expect(withType(text, 'integer')).toEqual({ type: 'integer', description: 'How many', 'x-order': 1 });
    expect(withType({ type: 'integer', minimum: 1 }, 'number')).toEqual({ type: 'number', minimum: 1 });
    expect(withType({ type: 'string' }, 'array')).toEqual({ type: 'array', items: { type: 'string' } });
    expect(withType({ type: 'string' }, 'object')).toEqual({ type: 'object', properties: {} });
    expect(withType({ type: 'string', description: 'd' }, 'any')).toEqual({ description: 'd' });
  });

  it('names the keywords that are kept unseen', () => {
    expect(rawKeywords(schema)).toEqual(['dependentRequired']);
    expect(rawKeywords({ type: 'string', title: 'T', format: 'date' })).toEqual(['title']);
  });
});

it('sets a keyword in its place and takes it away', () => {
  expect(
    Object.keys(withKeyword({ type: 'string', format: 'date', default: 'x' }, 'format', 'time')),
  ).toEqual(['type', 'format', 'default']);
  expect(withKeyword({ type: 'string', format: 'date' }, 'format', undefined)).toEqual({ type: 'string' });
});

it('reads what is typed only when it fits the type', () => {
  expect(readTyped('12', 'integer')).toEqual({ value: 12 });
  expect(readTyped('1.5', 'integer')).toBeNull();
  expect(readTyped('12', 'string')).toEqual({ value: '12' });
  expect(readTyped('["a"]', 'array')).toEqual({ value: ['a'] });
  expect(readTyped('maybe', 'boolean')).toBeNull();
  expect(readTyped(' ', 'number')).toEqual({ value: undefined });
});
