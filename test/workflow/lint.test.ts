import { describe, expect, it } from 'vitest';
import type { Contract } from '#lib/workflow/contract.ts';
import { lint } from '#lib/workflow/lint.ts';
import { definitionCost, tokenCost } from '#lib/workflow/token-cost.ts';

/** A definition with which nothing is wrong. */
const good: Contract = {
  kind: 'tool',
  name: 'find_order',
  title: 'Find an order',
  description: 'Finds an order by its number. Use it when a customer asks where an order is.',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    properties: {
      number: { type: 'string', description: 'As on the invoice.', pattern: '^A-[0-9]+$' },
    },
    required: ['number'],
    additionalProperties: false,
  },
  outputSchema: { type: 'object', properties: { state: { type: 'string' } } },
};

const codes = (contract: Partial<Contract>, context?: Parameters<typeof lint>[1]): string[] =>
  lint({ ...good, ...contract }, context).advice.map(({ code }) => code);

const argumentsOf = (properties: Record<string, object>): Partial<Contract> => ({
  inputSchema: { type: 'object', properties: properties as never, additionalProperties: false },
});

describe('lint', () => {
  it('has nothing to say of a good definition', () => {
    expect(lint(good, { project: 'shop', others: ['cancel_order'], answers: [100] })).toMatchObject({
      score: 100,
      advice: [],
    });
  });

  const named = { description: 'A name.', maxLength: 10, type: 'string' };
  const cases: [string, Partial<Contract>, Parameters<typeof lint>[1], string[]][] = [
    ['a name that every server has', { name: 'search' }, {}, ['name_generic']],
    ['a name with the words of another', {}, { others: ['orders_find'] }, ['name_alike']],
    ['a name a letter away from another', {}, { others: ['bind_order'] }, ['name_alike']],
    ['a long name behind a long one', {}, { project: 'p'.repeat(50) }, ['name_long']],
    ['no description', { description: ' ' }, {}, ['description_missing']],
    ['a description that is the title', { description: 'Find an order' }, {}, ['description_short']],
    [
      'a description that does not say when',
      { description: 'This tool handles orders and their numbers, quickly.' },
      {},
      ['description_when'],
    ],
    ['a long description', { description: `Use it. ${'a b '.repeat(300)}` }, {}, ['description_long']],
    [
      'arguments without description',
      argumentsOf({ city: { type: 'string', enum: ['Oslo'] } }),
      {},
      ['argument_undescribed'],
    ],
    ['an argument named for anything', argumentsOf({ data: named }), {}, ['argument_vague']],
    [
      'a text and a number without bounds',
      argumentsOf({
        city: { type: 'string', description: 'A city.' },
        days: { type: 'integer', description: 'How many.' },
      }),
      {},
      ['argument_open', 'argument_open'],
    ],
    [
      'many arguments',
      argumentsOf(Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`name_${at}`, named]))),
      {},
      ['arguments_many'],
    ],
    [
      'deep arguments',
      argumentsOf({
        a: {
          type: 'object',
          properties: {
            b: {
              type: 'object',
              properties: { c: { type: 'object', properties: { d: named } } },
            },
          },
        },
      }),
      {},
      ['arguments_deep'],
    ],
    [
      'a combinator at the root',
      { inputSchema: { ...good.inputSchema, allOf: [{ required: ['number'] }] } },
      {},
      ['arguments_combined'],
    ],
    ['no word of what it does to the world', { annotations: {} }, {}, ['hints_missing']],
    [
      'contrary words',
      { annotations: { readOnlyHint: true, destructiveHint: true } },
      {},
      ['hints_contrary'],
    ],
    ['a name that says otherwise', { name: 'delete_order' }, {}, ['hints_doubtful']],
    ['no promise', { outputSchema: null }, {}, ['answer_unpromised']],
    ['large answers', {}, { answers: [10, 90_000, 80_000] }, ['answer_large']],
  ];
  it.each(cases)('advises on %s', (_, contract, context, expected) => {
    expect(codes(contract, context)).toEqual(expected);
  });

  it('takes points for each, the costliest first, and never more than there are', () => {
    const { score, advice } = lint({ ...good, name: 'search', outputSchema: null });
    expect([score, advice.map(({ points }) => points)]).toEqual([82, [15, 3]]);
    const bad = {
      ...good,
      ...argumentsOf({ data: {}, value: {}, input: {}, x: {} }),
      name: 'get',
      description: '',
      outputSchema: null,
      annotations: { readOnlyHint: true, destructiveHint: true },
    };
    expect(lint(bad).score).toBe(0);
  });

  it('tells what a definition costs, and that a dear one is dear', () => {
    expect(lint(good).tokens).toBe(definitionCost(good));
    const dear = { ...good, description: `Use it. ${'word '.repeat(200)}` };
    expect(definitionCost(dear) - definitionCost(good)).toBeGreaterThan(150);
    expect(codes({ description: `Use it when asked. ${'abc '.repeat(900)}` })).toContain('definition_dear');
  });
});

describe('tokenCost', () => {
  // Counted with o200k_base, as gpt-tokenizer 3 has it.
  const counted: [number, string][] = [
    [10, 'The quick brown fox jumps over the lazy dog.'],
    [19, 'Der schnelle braune Fuchs springt über den faulen Hund, und niemand sieht es.'],
    [8, '東京の天気はどうですか'],
    [6, 'Сколько стоит этот заказ сегодня'],
    [9, '{"type":"object","properties":{}}'],
    [0, ''],
  ];
  it.each(counted)('counts about %i', (tokens, text) => {
    expect(Math.abs(tokenCost(text) - tokens)).toBeLessThanOrEqual(Math.max(2, tokens * 0.2));
  });
});
