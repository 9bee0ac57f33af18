import type { JsonObject } from '#lib/workflow/json.ts';
import type { Step } from '../support/workflows.ts';
import { answer, ask, NO_ARGUMENTS, tool } from '../support/workflows.ts';

const ORDER_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    item: { type: 'string', description: 'What is ordered.', maxLength: 200 },
    quantity: { type: 'integer', description: 'How many.', minimum: 1, maximum: 1000 },
    price: { type: 'number', description: 'Of one, in euros.' },
    express: { type: 'boolean', description: 'Whether it is in a hurry.', default: false },
    tags: { type: 'array', description: 'Words to find it by.', items: { type: 'string', maxLength: 50 } },
    address: {
      type: 'object',
      description: 'Where it goes.',
      properties: { city: { type: 'string', maxLength: 100 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  required: ['item', 'quantity', 'price', 'tags', 'address'],
  additionalProperties: false,
};

const RECEIPT_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    item: { type: 'string' },
    total: { type: 'number' },
    express: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    city: { type: 'string' },
  },
  required: ['item', 'total', 'express', 'tags', 'city'],
};

const receipt: Step = {
  key: 'receipt',
  kind: 'output',
  config: {
    parts: [{ type: 'text', text: '{{ input.quantity }} × {{ input.item }} to {{ input.address.city }}' }],
    structured: {
      value: {
        item: '{{ input.item }}',
        total: '{{ input.quantity * input.price }}',
        express: '{{ input.express }}',
        tags: '{{ input.tags.toReversed() }}',
        city: '{{ input.address.city }}',
      },
      schema: RECEIPT_SCHEMA,
    },
  },
};

/** Arguments of every type, and an answer with data. */
export const order = tool('order', ORDER_SCHEMA, receipt);

export const ORDER: JsonObject = {
  item: 'Müsli "Früh & spät" 🥣',
  quantity: 3,
  price: 2.5,
  express: true,
  tags: ['a b', 'c=d', '朝食'],
  address: { city: 'Łódź' },
};

export const RECEIPT: JsonObject = {
  item: 'Müsli "Früh & spät" 🥣',
  total: 7.5,
  express: true,
  tags: ['朝食', 'c=d', 'a b'],
  city: 'Łódź',
};

/** Of one, two, three and four bytes, some of which end a line elsewhere; twenty-five UTF-16 units. */
const VERSE = 'aé漢🙂\u2028\u0085ſ‮x‬ e\u0301 👩‍👩‍👧\r\n\t"\\';

/** Answers with a text much longer than one packet. */
export const verses = tool('verses', NO_ARGUMENTS, {
  key: 'answer',
  kind: 'output',
  config: {
    parts: [{ type: 'text', text: `{{ ${JSON.stringify(VERSE)}.repeat(3000) }}` }],
    structured: null,
  },
});

export const VERSES = VERSE.repeat(3000);

/** Tells how far it is, and goes on when this address has answered. */
export const countTo = (url: string) =>
  tool(
    'count',
    NO_ARGUMENTS,
    { key: 'half', kind: 'progress', config: { done: 1, total: 2, message: 'half way ½' } },
    { key: 'go', kind: 'http', config: { method: 'GET', url } },
    { key: 'whole', kind: 'progress', config: { done: 2, total: 2 } },
    answer('counted'),
  );

/** Asks the person at the client. */
export const greet = tool('greet', NO_ARGUMENTS, ask('who', 'name'), answer('Hello, {{ steps.who.name }}'));
