import { NOBODY } from '#lib/workflow/caller.ts';
import { ExpressionError, evaluateTemplate } from '#lib/workflow/expression.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { Scope } from '#lib/workflow/plan.ts';

/** Data that expressions of the tests read. */
export const input: JsonObject = {
  text: 'Grüße, World',
  empty: '',
  emoji: 'a👍b',
  number: 42,
  fraction: -2.5,
  zero: 0,
  yes: true,
  no: false,
  nothing: null,
  list: [3, 1, 2],
  words: ['pear', 'Apple', 'fig', ''],
  mixed: [1, '1', null, true, [2, [3]], { a: 1 }],
  items: [
    { id: 1, name: 'pen', price: 2.5, tags: ['blue', 'cheap'] },
    { id: 2, name: 'ink', price: 10, tags: [] },
    { id: 3, name: 'paper', price: null, tags: ['white'] },
  ],
  order: { id: 'A-7', total: 12.5, address: { city: 'Oslo' } },
};

export function scope(given: Partial<Scope> = {}): Scope {
  return {
    input,
    steps: { fetch: { status: 200, body: { items: [{ id: 1 }, { id: 2 }] } } },
    env: { REGION: 'eu' },
    caller: NOBODY,
    run: { id: 'run-1', startedAt: '2026-11-21T09:30:00.000Z' },
    now: () => Date.UTC(2026, 10, 21, 9, 30),
    random: () => 0.25,
    ...given,
  };
}

/** What an expression (without its braces) gives. */
export function value(expression: string, given: Partial<Scope> = {}): JsonValue | undefined {
  return evaluateTemplate(`{{ ${expression} }}`, scope(given));
}

/** Why an expression cannot be evaluated. Fails when it can. */
export function refusal(expression: string, given: Partial<Scope> = {}): string {
  try {
    const result = value(expression, given);
    throw new Error(`${expression} gave ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}
