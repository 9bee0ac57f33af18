import * as z from 'zod';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const passage = z.int().min(0).max(1_000_000);
const characters = z.int().min(200).max(200_000);

const expression = z.string().includes('{{', { error: 'a number or {{ an expression }}' });

const config = z.strictObject({
  base: z
    .string()
    .min(1, 'choose a knowledge base')
    .meta({ title: 'Knowledge base', widget: 'knowledge-base' }),
  document: z.string().min(1, 'name a document').max(4000).meta({
    title: 'Document',
    description: 'Its id, its path, its name or its URI, as a look-up tells them.',
    template: true,
    placeholder: '{{ input.id }}',
  }),
  from: z.union([passage, expression]).default(0).meta({
    title: 'From passage',
    description: 'Passages are counted from 0.',
    template: true,
    advanced: true,
  }),
  characters: z.union([characters, expression]).default(20_000).meta({
    title: 'Characters',
    description: 'As many passages as fit, one at least (200 to 200,000).',
    template: true,
  }),
});

const resolved = z.object({
  base: z.string(),
  document: z.custom<JsonValue>().optional(),
  from: z.coerce.number().pipe(passage),
  characters: z.coerce.number().pipe(characters),
});

/** Reads what stands in a document. */
export const readDocument: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'read-document',
  title: 'Read document',
  summary: 'Reads the text of a document of a knowledge base, whole or in parts.',
  keywords: ['fetch', 'knowledge', 'rag', 'file', 'page', 'text'],
  icon: 'book-open',
  group: 'do',
  config,
  resolved,
  initial: { base: 'docs', document: '{{ input.id }}' },
  initialKey: 'document',
  needs: ['knowledge'],
  example: {
    summary: 'Reads the document that a look-up found, with the name under which it can be cited.',
    steps: {
      arguments: {
        kind: 'input',
        config: { schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
      },
      document: { config: { base: 'handbook', document: '{{ input.id }}', characters: 5000 } },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.document.title }}: {{ steps.document.text }}' }] },
      },
    },
    edges: ['arguments -> document', 'document -> answer'],
    input: { id: 'd1' },
    world: {
      document: {
        asked: [
          {
            ask: 'knowledge.read',
            request: { document: 'd1', passage: 0, characters: 5000 },
            answer: {
              document: 'returns.md',
              documentId: 'd1',
              title: 'Returns',
              uri: 'knowledge://handbook/returns.md',
              mimeType: 'text/markdown',
              metadata: {},
              text: 'Money is paid back within 14 days.',
              passage: 0,
              next: null,
              passages: 1,
            },
          },
        ],
      },
    },
    answer: { text: 'Returns: Money is paid back within 14 days.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      document: { type: 'string' },
      documentId: { type: 'string' },
      title: { type: 'string' },
      uri: { type: 'string' },
      mimeType: { type: 'string' },
      metadata: { type: 'object' },
      text: { type: 'string' },
      passage: { type: 'integer' },
      next: { type: ['integer', 'null'] },
      passages: { type: 'integer' },
    },
    required: [
      ...['document', 'documentId', 'title', 'uri', 'mimeType', 'metadata'],
      ...['text', 'passage', 'next', 'passages'],
    ],
  }),
  describe: ({ document }) => oneLine(`read ${templateLabel(document)}`, 60),
  run: async ({ config: given, capabilities, signal }) => {
    const document = asText(given.document).trim();
    const { base, from, characters: most } = given;
    const read = await capabilities.knowledge.read(
      { base, document, passage: from, characters: most },
      signal,
    );
    return { value: { ...read } };
  },
};
