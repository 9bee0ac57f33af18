import { describe, expect, it, test } from 'vitest';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { checkSchema, compileSchema, SchemaError } from '#lib/workflow/validator.ts';

const order: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[A-Z]-\\d+$' },
    size: { enum: ['small', 'large'] },
    items: {
      type: 'array',
      maxItems: 3,
      items: { type: 'object', properties: { price: { type: 'number', minimum: 0 } }, required: ['price'] },
    },
    email: { type: 'string', format: 'email' },
    when: { type: ['string', 'null'], format: 'date-time' },
  },
  required: ['id'],
  additionalProperties: false,
};

describe('a value that does not fit', () => {
  const validate = compileSchema(order);

  test.each<[unknown, string[] | null]>([
    [{ id: 'A-1' }, null],
    [{ id: 'A-1', items: [{ price: 1 }], when: null, size: 'small', email: 'a@b.example' }, null],
    [{}, ['/id is missing']],
    [null, ['the value must be object, got null']],
    [[], ['the value must be object, got array']],
    [{ id: 1 }, ['/id must be string, got number']],
    [{ id: 'x' }, ['/id must match the pattern ^[A-Z]-\\d+$']],
    [{ id: 'A-1', size: 'huge' }, ['/size must be one of "small","large"']],
    [
      { id: 'A-1', items: [{ price: 1 }, {}, { price: '3' }] },
      ['/items/1/price is missing', '/items/2/price must be number, got string'],
    ],
    [{ id: 'A-1', items: [{ price: -1 }] }, ['/items/0/price must be >= 0']],
    [
      { id: 'A-1', items: [1, 2, 3, 4].map((price) => ({ price })) },
      ['/items must not have more than 3 items'],
    ],
    [{ id: 'A-1', email: 'nobody' }, ['/email must be a valid email']],
    [{ id: 'A-1', when: 'soon' }, ['/when must be a valid date-time']],
    [{ id: 'A-1', colour: 'red' }, ['/colour is not known']],
  ])('%j', (value, expected) => {
    expect(validate(value)).toEqual(expected);
  });

  it.each<[unknown, string[]]>([
    [{}, ['/id is missing (string)']],
    [{ id: 1 }, ['/id must be string, got number 1']],
    [{ id: 'x' }, ['/id must match the pattern ^[A-Z]-\\d+$, got "x"']],
    [
      { id: 'A-1', size: 'lage' },
      ['/size must be one of "small","large", got "lage"; did you mean "large"?'],
    ],
    [{ id: 'A-1', size: 4 }, ['/size must be one of "small","large", got 4']],
    [{ id: 'A-1', e_mail: 'a' }, ['/e_mail is not known; did you mean email?']],
    [{ id: 'A-1', colour: 'red' }, ['/colour is not known; known are id, size, items, email, when']],
    [{ id: 'A-1', items: {} }, ['/items must be array, got object']],
    [{ id: 'A-1', items: [{ price: -1 }] }, ['/items/0/price must be >= 0, got -1']],
    [{ id: 'A-1', email: 'x'.repeat(100) }, [`/email must be a valid email, got "${'x'.repeat(78)}…`]],
  ])('%j is told so that it can be mended', (value, expected) => {
    expect(validate(value, { toMend: true })).toEqual(expected);
  });

  it('has all its faults told, but no more than ten of them', () => {
    const faults = compileSchema({ type: 'object', required: Array.from({ length: 30 }, (_, n) => `p${n}`) })(
      {},
    );
    expect(faults).toHaveLength(11);
    expect(faults?.at(-1)).toBe('and 20 more');
  });

  it('has its first fault told when it is large', () => {
    const rows = Array.from({ length: 50_000 }, () => 'x');
    const validateRows = compileSchema({
      type: 'object',
      properties: { rows: { type: 'array', items: { type: 'number' } } },
    });
    expect(validateRows({ rows })).toEqual(['/rows/0 must be number, got string']);
  });

  it('is not changed', () => {
    const value = { n: '1' };
    const validateNumber = compileSchema({
      type: 'object',
      properties: { n: { type: 'number' }, d: { default: 5 } },
    });
    expect(validateNumber(value)).toEqual(['/n must be number, got string']);
    expect(value).toEqual({ n: '1' });
  });
});

describe('each schema has a validator of its own', () => {
  it('also when another has the same $id', () => {
    const one = compileSchema({
      $id: 'https://a.example/s',
      type: 'object',
      properties: { a: { type: 'string' } },
    });
    const other = compileSchema({
      $id: 'https://a.example/s',
      type: 'object',
      properties: { a: { type: 'number' } },
    });
    expect([one({ a: 'x' }), one({ a: 1 })]).toEqual([null, ['/a must be string, got number']]);
    expect([other({ a: 1 }), other({ a: 'x' })]).toEqual([null, ['/a must be number, got string']]);
  });

  it('and each pattern is itself, not the first one seen', () => {
    const validate = compileSchema({
      type: 'object',
      properties: { a: { type: 'string', pattern: '^a+$' }, b: { type: 'string', pattern: '^b+$' } },
      patternProperties: { '^x': { type: 'number' } },
    });
    expect(validate({ a: 'aa', b: 'bb', x1: 1 })).toBe(null);
    expect(validate({ a: 'bb' })).toEqual(['/a must match the pattern ^a+$']);
    expect(validate({ b: 'aa' })).toEqual(['/b must match the pattern ^b+$']);
    expect(validate({ x1: 'y' })).toEqual(['/x1 must be number, got string']);
  });
});

describe('hostile schemas and values', () => {
  it('match patterns in time that grows with the text', () => {
    const validate = compileSchema({
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' } },
    });
    expect(validate({ a: `${'a'.repeat(20_000)}b` })).toEqual(['/a must match the pattern ^(a+)+$']);
    expect(validate({ a: 'a'.repeat(20_000) })).toBe(null);
    expect(validate({ a: 'a'.repeat(200_000) })).toEqual(['/a must not have more than 100000 characters']);
  });

  it('bound the texts that formats look at', () => {
    const validate = compileSchema({
      type: 'object',
      properties: { format: { type: 'string', format: 'uri' }, pattern: { const: { format: 'x' } } },
    });
    expect(validate({ format: `https://a.example/${'a'.repeat(20_000)}` })).toEqual([
      '/format must not have more than 10000 characters',
    ]);
    expect(validate({ format: 'https://a.example/', pattern: { format: 'x' } })).toBe(null);
  });

  it('count only members that a value has itself', () => {
    const validate = compileSchema({
      type: 'object',
      required: ['toString'],
      additionalProperties: false,
      properties: { toString: { type: 'string' } },
    });
    expect(validate({})).toEqual(['/toString is missing']);
    expect(validate({ toString: 'x' })).toBe(null);
    expect(validate(JSON.parse('{"toString": "x", "__proto__": {}}'))).toEqual(['/__proto__ is not known']);
  });

  test.each<[string, JsonSchema, RegExp]>([
    ['not JSON Schema', { type: 'strin' }, /"type" must be one of string, number/],
    [
      'a keyword of the wrong type',
      { properties: { a: { minimum: 'x' } } },
      /properties\.a\.minimum|must be number/,
    ],
    ['a reference to nothing', { $ref: '#/$defs/gone' }, /definition of this schema/],
    ['a circle', { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }, /contains itself/],
    ['a bomb', bomb(13), /more than|larger/],
  ])('are refused: %s', (_, schema, words) => {
    expect(() => compileSchema(schema)).toThrow(SchemaError);
    expect(
      checkSchema(schema)
        .map(({ message }) => message)
        .join(),
    ).toMatch(words);
  });

  /** A chain of definitions, each naming the one before it `times` times. */
  function chain(length: number, times: number): JsonSchema {
    const $defs: JsonSchema = { d0: { type: 'string' } };
    for (let n = 1; n < length; n += 1) {
      $defs[`d${n}`] = { anyOf: Array.from({ length: times }, () => ({ $ref: `#/$defs/d${n - 1}` })) };
    }
    return { $defs, type: 'object', properties: { a: { $ref: `#/$defs/d${length - 1}` } } };
  }

  it('have definitions, but none that double each other without end', () => {
    const validate = compileSchema(chain(20, 1));
    expect(validate({ a: 'x' })).toBe(null);
    expect(validate({ a: true })).toContain('/a must be string, got boolean');
    expect(compileSchema(chain(10, 2))({ a: 1 })?.length).toBeGreaterThan(0);
    expect(() => compileSchema(chain(14, 2))).toThrow('With its references written out');
    expect(() => compileSchema(chain(100, 3))).toThrow('With its references written out');
  });
});

/** 2ⁿ schemas written out. */
function bomb(levels: number): JsonSchema {
  let schema: JsonSchema = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { anyOf: [schema, schema] };
  return schema;
}
