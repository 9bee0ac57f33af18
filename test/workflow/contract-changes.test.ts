import { describe, expect, it } from 'vitest';
import type { Contract } from '#lib/workflow/contract.ts';
import { breaks, contractChanges } from '#lib/workflow/contract-changes.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';

const base: Contract = {
  kind: 'tool',
  name: 'find_order',
  title: 'Find an order',
  description: 'Finds an order by its number.',
  annotations: { readOnlyHint: true },
  inputSchema: { type: 'object', properties: {}, additionalProperties: false },
  outputSchema: null,
};

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

function ofArguments(before: JsonSchema, after: JsonSchema): string[] {
  return words(contractChanges({ ...base, inputSchema: before }, { ...base, inputSchema: after }));
}

function ofAnswer(before: JsonSchema | null, after: JsonSchema | null): string[] {
  return words(contractChanges({ ...base, outputSchema: before }, { ...base, outputSchema: after }));
}

const words = (changes: ReturnType<typeof contractChanges>): string[] =>
  changes.map(({ impact, message }) => `${impact}: ${message}`);

const text = { type: 'string' };
const whole = { type: 'integer' };

describe('what clients notice of arguments', () => {
  const cases: [string, JsonSchema, JsonSchema, string[]][] = [
    ['nothing', object({ a: text }), object({ a: text }), []],
    ['the order of members', object({ a: text, b: whole }), object({ b: whole, a: text }), []],
    ['one that is gone', object({ a: text }), object({}), ['breaking: Argument "a" is gone']],
    ['a new one', object({}), object({ a: text }), ['compatible: Argument "a" is new']],
    [
      'a new one that is required',
      object({}),
      object({ a: text }, ['a']),
      ['breaking: Argument "a" is new, and required'],
    ],
    [
      'one that is required now',
      object({ a: text }),
      object({ a: text }, ['a']),
      ['breaking: Argument "a" is required now'],
    ],
    [
      'one that is optional now',
      object({ a: text }, ['a']),
      object({ a: text }),
      ['compatible: Argument "a" is optional now'],
    ],
    [
      'another type',
      object({ a: text }),
      object({ a: whole }),
      ['breaking: Argument "a" is integer instead of string'],
    ],
    [
      'a wider type',
      object({ a: whole }),
      object({ a: { type: ['number', 'null'] } }),
      ['compatible: Argument "a" is number or null instead of integer'],
    ],
    [
      'a narrower number',
      object({ a: { type: 'number' } }),
      object({ a: whole }),
      ['breaking: Argument "a" is integer instead of number'],
    ],
    [
      'choices',
      object({ a: { ...text, enum: ['x', 'y'] } }),
      object({ a: { ...text, enum: ['y', 'z'] } }),
      ['breaking: Argument "a" may not be "x" any more', 'compatible: Argument "a" may also be "z"'],
    ],
    [
      'bounds',
      object({ a: { ...whole, minimum: 1, maximum: 9 } }),
      object({ a: { ...whole, minimum: 2, maximum: 99 } }),
      [
        'breaking: Argument "a" has a minimum of 2 instead of 1',
        'compatible: Argument "a" has a maximum of 99 instead of 9',
      ],
    ],
    [
      'a pattern',
      object({ a: text }),
      object({ a: { ...text, pattern: '^A' } }),
      ['breaking: Argument "a" has a pattern: "^A"'],
    ],
    [
      'a default',
      object({ a: { ...text, default: 'x' } }),
      object({ a: { ...text, default: 'y' } }),
      ['compatible: Argument "a" defaults to "y"'],
    ],
    [
      'words',
      object({ a: text }),
      object({ a: { ...text, description: 'A letter.' } }),
      ['cosmetic: Argument "a" is described otherwise'],
    ],
    [
      'a member of the items of a list',
      object({ a: { type: 'array', items: object({ b: text }) } }),
      object({ a: { type: 'array', items: object({ c: text }) } }),
      ['breaking: Argument "a[].b" is gone', 'compatible: Argument "a[].c" is new'],
    ],
    [
      'a definition behind a reference',
      { ...object({ a: { $ref: '#/$defs/x' } }), $defs: { x: text } },
      { ...object({ a: { $ref: '#/$defs/x' } }), $defs: { x: whole } },
      ['breaking: Argument "a" is integer instead of string'],
    ],
    [
      'a reference that is written out',
      { ...object({ a: { $ref: '#/$defs/x' } }), $defs: { x: text } },
      object({ a: text }),
      [],
    ],
    [
      'alternatives',
      object({ a: { anyOf: [text, whole] } }),
      object({ a: { anyOf: [text] } }),
      ['breaking: Argument "a" has another anyOf'],
    ],
    [
      'alternatives that are described otherwise',
      object({ a: { anyOf: [text, whole] } }),
      object({ a: { anyOf: [{ ...text, description: 'x' }, whole] } }),
      [],
    ],
    [
      'other members',
      { type: 'object' },
      object({}),
      ['breaking: The arguments object takes no other members any more'],
    ],
  ];
  it.each(cases)('%s', (_, before, after, expected) => {
    expect(ofArguments(before, after)).toEqual(expected);
  });
});

describe('what clients notice of the answer', () => {
  it('is broken by what is gone, and by what is more than it was', () => {
    const before = object({ id: whole, state: { ...text, enum: ['open'] }, note: text }, ['id', 'note']);
    const after = object({ state: { ...text, enum: ['open', 'closed'] }, note: text, more: text });
    expect(ofAnswer(before, after)).toEqual([
      'breaking: Field "id" is gone',
      'breaking: Field "state" may also be "closed"',
      'breaking: Field "note" is optional now',
      'compatible: Field "more" is new',
    ]);
  });

  it('is not broken by what is less, or promised now', () => {
    expect(ofAnswer(object({ a: text }), object({ a: text }, ['a']))).toEqual([
      'compatible: Field "a" is required now',
    ]);
    expect(ofAnswer(null, object({}))).toEqual(['compatible: The answer has structured content now']);
    expect(ofAnswer(object({}), null)).toEqual(['breaking: The answer has no structured content any more']);
  });
});

describe('what else of a contract changes', () => {
  it('breaks clients by another name, and by what it needs of them', () => {
    const changes = contractChanges(base, {
      ...base,
      name: 'get_order',
      description: 'Gets it.',
      requires: ['sampling'],
      annotations: {},
    });
    expect(words(changes)).toEqual([
      'breaking: It is called get_order instead of find_order',
      'breaking: Clients without sampling are refused',
      'compatible: It is not marked as only reading any more: clients ask before they call it',
      'cosmetic: The description is another',
    ]);
    expect(breaks(changes)).toBe(true);
    expect(breaks(contractChanges(base, { ...base, title: 'Order' }))).toBe(false);
  });

  it('harms nobody by another icon', () => {
    const changes = contractChanges(base, { ...base, icon: 'https://example.com/a.png' });
    expect(words(changes)).toEqual(['cosmetic: The icon is another']);
    expect(breaks(changes)).toBe(false);
  });

  it('tells of the address of a resource', () => {
    const resource = (uri: string): Contract => ({ ...base, kind: 'resource', resource: { uri } });
    expect(words(contractChanges(resource('a://x'), resource('a://y')))).toEqual([
      'breaking: Its URI is a://y instead of a://x',
    ]);
  });
});
