import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const topK = z.int().min(1).max(50);

const config = z.strictObject({
  base: z
    .string()
    .min(1, 'choose a knowledge base')
    .meta({ title: 'Knowledge base', widget: 'knowledge-base' }),
  query: z
    .string()
    .min(1, 'say what to look for')
    .meta({ title: 'Query', template: true, placeholder: '{{ input.question }}' }),
  topK: z
    .union([topK, z.string().includes('{{', { error: 'a number or {{ an expression }}' })])
    .default(5)
    .meta({ title: 'Passages', description: 'How many at most (1 to 50).', template: true }),
  filter: z.record(z.string(), z.json()).optional().meta({
    title: 'Filter',
    description: 'Only documents whose metadata has these values.',
    widget: 'json',
    template: true,
    advanced: true,
  }),
});

const resolved = z.object({
  base: z.string(),
  query: z.custom<JsonValue>().optional(),
  topK: z.coerce.number().pipe(topK),
  filter: z.record(z.string(), z.json()).optional(),
});

/** Finds the passages that answer a question. */
export const knowledge: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'knowledge',
  title: 'Knowledge look-up',
  summary: 'Searches the documents of a knowledge base for passages.',
  keywords: ['rag', 'search', 'documents', 'vector', 'embedding', 'retrieve', 'lookup'],
  icon: 'book-open-text',
  group: 'do',
  config,
  resolved,
  initial: { base: 'docs', query: '{{ input.text }}', topK: 5 },
  initialKey: 'look_up',
  needs: ['knowledge'],
  example: {
    summary: 'Finds the passage that answers a question, and names its document.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
        },
      },
      look_up: { config: { base: 'handbook', query: '{{ input.question }}', topK: 1 } },
      answer: {
        kind: 'output',
        config: {
          parts: [
            { type: 'text', text: '{{ steps.look_up.hits[0].text }} ({{ steps.look_up.hits[0].document }})' },
          ],
        },
      },
    },
    edges: ['arguments -> look_up', 'look_up -> answer'],
    input: { question: 'When is money paid back?' },
    world: {
      look_up: {
        asked: [
          {
            ask: 'knowledge',
            request: { text: 'When is money paid back?', topK: 1 },
            answer: [
              {
                document: 'returns.md',
                documentId: 'd1',
                headings: ['Returns'],
                text: 'Money is paid back within 14 days.',
                score: 3.2,
              },
            ],
          },
        ],
      },
    },
    answer: { text: 'Money is paid back within 14 days. (returns.md)' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      hits: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            document: { type: 'string' },
            documentId: { type: 'string' },
            headings: { type: 'array', items: { type: 'string' } },
            text: { type: 'string' },
            score: { type: 'number' },
          },
          required: ['document', 'documentId', 'headings', 'text', 'score'],
        },
      },
    },
    required: ['hits'],
  }),
  describe: ({ query }) => oneLine(`look up ${templateLabel(query)}`, 60),
  run: async ({ config: { base, query, topK: count, filter }, capabilities, signal }) => {
    const text = asText(query).trim();
    // Nothing asked, nothing found: a search for an empty text would answer with arbitrary passages.
    if (text === '') return { value: { hits: [] } };
    const hits = await capabilities.knowledge.search({ base, text, topK: count, filter }, signal);
    return { value: { hits: hits.map((hit) => ({ ...hit })) } };
  },
};
