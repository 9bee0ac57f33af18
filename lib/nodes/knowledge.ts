import * as z from 'zod';
import type { KnowledgeHit } from '#lib/engine/capabilities.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';
import { citedText } from './knowledge/cited-text.ts';

const topK = z.int().min(1).max(50);
const score = z.number().min(0).max(1);
const tokens = z.int().min(50).max(100_000);
const mode = z.enum(['auto', 'text', 'vectors', 'hybrid']);

const expression = z.string().includes('{{', { error: 'a number or {{ an expression }}' });

const answer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('passages') }).meta({ title: 'Passages' }),
  z
    .strictObject({
      type: z.literal('text'),
      tokens: z.union([tokens, expression]).default(2000).meta({
        title: 'Tokens',
        description: 'The longest text, about, with its list of sources: 50 to 100,000.',
        template: true,
      }),
    })
    .meta({ title: 'One text with numbered citations' }),
]);

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
    .union([topK, expression])
    .default(5)
    .meta({ title: 'Passages', description: 'How many at most (1 to 50).', template: true }),
  answer: answer.optional().meta({
    title: 'Answer',
    description:
      'Left out: passages of which only document, documentId, headings, text and score are told, as before there was a choice.',
  }),
  minScore: z.union([score, expression]).optional().meta({
    title: 'Minimum score',
    description: '0 to 1: passages that score less are left out.',
    template: true,
  }),
  mode: mode.default('auto').meta({
    title: 'Search',
    description: 'Hybrid needs a model for embeddings, which is chosen on the page of the knowledge base.',
    widget: 'select',
    labels: {
      auto: 'The best that the base can do',
      text: 'Full text',
      vectors: 'Vectors',
      hybrid: 'Full text and vectors',
    },
    advanced: true,
  }),
  filter: z.record(z.string(), z.json()).optional().meta({
    title: 'Filter',
    description: 'Only documents whose metadata has these values.',
    widget: 'json',
    template: true,
    advanced: true,
  }),
  neighbours: z.boolean().default(false).meta({
    title: 'With what stands around',
    description: 'The passages before and after each one, too.',
    advanced: true,
  }),
  rerank: z.boolean().default(true).meta({
    title: 'Order by the model of the base',
    description: 'Where a model is chosen there that orders passages once more.',
    advanced: true,
  }),
});

const resolved = z.object({
  base: z.string(),
  query: z.custom<JsonValue>().optional(),
  topK: z.coerce.number().pipe(topK),
  answer: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('passages') }),
      z.object({ type: z.literal('text'), tokens: z.coerce.number().pipe(tokens) }),
    ])
    .optional(),
  minScore: z.preprocess(
    (value) => (value === null || value === '' ? undefined : value),
    z.coerce.number().pipe(score).optional(),
  ),
  mode: mode.default('auto'),
  filter: z.record(z.string(), z.json()).optional(),
  neighbours: z.boolean().default(false),
  rerank: z.boolean().default(true),
});

/** Finds the passages that answer a question. */
export const knowledge: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'knowledge',
  title: 'Knowledge look-up',
  summary: 'Searches the documents of a knowledge base for passages.',
  keywords: ['rag', 'search', 'documents', 'vector', 'embedding', 'retrieve', 'lookup', 'citations'],
  icon: 'book-open-text',
  group: 'do',
  config,
  resolved,
  initial: { base: 'docs', query: '{{ input.text }}', topK: 5, answer: { type: 'passages' } },
  initialKey: 'look_up',
  needs: ['knowledge', 'log'],
  example: {
    summary: 'Finds the passage that answers a question, and names where it stands.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
        },
      },
      look_up: {
        config: {
          base: 'handbook',
          query: '{{ input.question }}',
          topK: 1,
          answer: { type: 'text', tokens: 500 },
        },
      },
      answer: {
        kind: 'output',
        config: {
          parts: [{ type: 'text', text: '{{ steps.look_up.text }}' }],
          structured: { value: { sources: '{{ steps.look_up.citations.map(c => c.uri) }}' } },
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
                document: 'returns.pdf',
                documentId: 'd1',
                title: 'Returns',
                uri: 'knowledge://handbook/returns.pdf',
                headings: ['Refunds'],
                page: 3,
                passage: 7,
                text: 'Money is paid back within 14 days.',
                score: 0.82,
                snippet: '**Money** is **paid** **back** within 14 days.',
              },
            ],
          },
        ],
      },
    },
    answer: {
      text: '[1] Returns › Refunds\nMoney is paid back within 14 days.\n\nSources:\n[1] Returns, page 3: knowledge://handbook/returns.pdf',
      structured: { sources: ['knowledge://handbook/returns.pdf'] },
    },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: ({ answer: shape, neighbours }) => {
    if (shape?.type === 'text') return CITED;
    return listOf('hits', shape ? passage(neighbours) : BRIEF);
  },
  describe: ({ query }) => oneLine(`look up ${templateLabel(query)}`, 60),
  run: async (context) => {
    const { config: given, capabilities, signal } = context;
    const onWarning = (words: string) => context.log('warn', words);
    const text = asText(given.query).trim();
    // Nothing asked, nothing found: a search for an empty text would answer with arbitrary passages.
    const query = { ...asked(given, text), onWarning };
    const hits = text === '' ? [] : await capabilities.knowledge.search(query, signal);
    return { value: shaped(hits.map(complete), given.answer) };
  },
};

/** What goes without saying is not said: a base that has no model is asked as it was before there were any. */
function asked({ base, topK: count, filter, ...how }: z.output<typeof resolved>, text: string) {
  return {
    base,
    text,
    topK: count,
    filter,
    ...(how.minScore !== undefined && { minScore: how.minScore }),
    ...(how.mode !== 'auto' && { mode: how.mode }),
    ...(how.neighbours && { neighbours: true }),
    ...(!how.rerank && { rerank: false }),
  };
}

function shaped(hits: readonly KnowledgeHit[], shape: z.output<typeof resolved>['answer']): JsonObject {
  if (shape?.type !== 'text') return { hits: hits.map(shape ? plain : brief) };
  const { citations, ...rest } = citedText(hits, shape.tokens);
  return { ...rest, citations: citations.map((citation) => ({ ...citation })) };
}

/** What every recording has of a hit. */
type Recorded = Pick<KnowledgeHit, 'document' | 'documentId' | 'headings' | 'text' | 'score'> &
  Partial<KnowledgeHit>;

/** With what recordings of former days do not have. */
function complete(hit: Recorded, index: number): KnowledgeHit {
  return { title: hit.document, uri: '', page: null, passage: index, snippet: '', ...hit };
}

function brief({ document, documentId, headings, text, score: given }: KnowledgeHit): JsonObject {
  return { document, documentId, headings, text, score: given };
}

function plain(hit: KnowledgeHit): JsonObject {
  return { ...hit } as JsonObject;
}

const TEXT: JsonSchema = { type: 'string' };
const NUMBER: JsonSchema = { type: 'integer' };

const WHERE = {
  document: TEXT,
  documentId: TEXT,
  title: TEXT,
  uri: TEXT,
  headings: { type: 'array', items: TEXT },
  page: { type: ['integer', 'null'] },
  passage: NUMBER,
  text: TEXT,
  score: { type: 'number' },
} satisfies JsonSchema;

const BRIEF: JsonSchema = allOf({
  document: TEXT,
  documentId: TEXT,
  headings: WHERE.headings,
  text: TEXT,
  score: WHERE.score,
});

const CITED: JsonSchema = allOf({
  text: TEXT,
  citations: {
    type: 'array',
    items: allOf({ number: NUMBER, ...WHERE, cut: { type: 'boolean' } }),
  },
  tokens: NUMBER,
  left: NUMBER,
});

function passage(neighbours: boolean): JsonSchema {
  const { properties, required } = allOf({ ...WHERE, snippet: TEXT });
  return {
    type: 'object',
    properties: {
      ...properties,
      ...(neighbours && { before: TEXT, after: TEXT }),
      also: { type: 'array', items: allOf({ document: TEXT, documentId: TEXT }) },
    },
    required,
  };
}

function listOf(name: string, items: JsonSchema): JsonSchema {
  return allOf({ [name]: { type: 'array', items } });
}

/** An object that has all of these. */
function allOf(properties: Record<string, JsonSchema>) {
  return { type: 'object', properties, required: Object.keys(properties) };
}
