import type { Page } from '@playwright/test';
import type { JsonObject } from '#lib/workflow/json.ts';
import { call, drawn } from './by-api.ts';

export const ORDER = { type: 'integer', minimum: 1, description: 'The number on the invoice.' };
export const LANGUAGE = { type: 'string', enum: ['de', 'en'], description: 'Of the answer.' };

/** A tool with a definition that has no fault of weight. */
export function findOrder(text: string, properties: JsonObject = { order: ORDER }) {
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  return {
    ...drawn({
      name: 'find_order',
      steps: {
        arguments: ['input', { schema }],
        answer: ['output', { parts: [{ type: 'text', text }] }],
      },
      edges: ['arguments -> answer'],
    }),
    title: 'Find an order',
    description: 'Finds an order by its number. Use it when a customer asks where a parcel is.',
    settings: { annotations: { readOnlyHint: true } },
  };
}

/** The workflows of the project, as a page and over the API. */
export const AT = '/projects/orders/workflows';

/** Makes it as a draft, of revision 1, in the project Orders; answers its id. */
export async function made(page: Page): Promise<string> {
  const { id } = await call<{ id: string }>(page, 'POST', AT, {
    name: 'find_order',
    document: findOrder('Order {{ input.order }}'),
  });
  return id;
}
