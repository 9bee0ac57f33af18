import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { searchKnowledge } from '#lib/operations/read-knowledge.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { json, router } from '../router.ts';
import { inBase } from '../schemas.ts';

const tags = ['Knowledge'];
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const query = z.object({
  q: z.string().min(1).max(1000),
  topK: z.coerce.number().int().min(1).max(50).default(5),
  mode: z.enum(['auto', 'text', 'vectors', 'hybrid']).default('auto').openapi({
    description: '`auto`: hybrid where the base has vectors, else full text.',
  }),
  minScore: z.coerce.number().min(0).max(1).optional(),
  filter: z
    .string()
    .max(2000)
    .transform((text, context): JsonObject => {
      const value = parsed(text);
      if (isJsonObject(value)) return value;
      context.addIssue('is no JSON object');
      return z.NEVER;
    })
    .optional()
    .openapi({
      type: 'string',
      description: 'A JSON object: only documents whose metadata has these values.',
      example: '{"country":"Norway"}',
    }),
  neighbours: flag.optional().openapi({ description: 'With the passages before and after each.' }),
  rerank: flag
    .optional()
    .openapi({ description: 'false: without the model that orders passages once more.' }),
  prefix: flag.optional().openapi({ description: 'The last word is still being typed.' }),
});

const hit = z
  .object({
    document: z.string(),
    documentId: z.string(),
    title: z.string(),
    uri: z.string(),
    headings: z.array(z.string()),
    page: z.int().nullable(),
    passage: z.int().openapi({ description: 'Its place in the document, from 0.' }),
    text: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
    score: z.number().openapi({
      description: '0 to 1; comparable between searches of one base in one mode.',
    }),
    snippet: z.string().openapi({ description: 'Matches stand between `**`.' }),
    also: z
      .array(z.object({ document: z.string(), documentId: z.string() }))
      .optional()
      .openapi({ description: 'Documents that say nearly the same.' }),
  })
  .openapi('KnowledgeHit');

export const hits = z
  .object({
    hits: z.array(hit),
    mode: z.enum(['text', 'vectors', 'hybrid']).openapi({ description: 'How was searched.' }),
    warning: z.string().nullable().openapi({ description: 'What did not work, and was left out.' }),
    tookMs: z.int(),
  })
  .openapi('KnowledgeHits');

const search = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge/{base}/search',
  tags,
  summary: 'What the look-up node would find',
  request: { params: inBase, query },
  responses: { 200: json(hits, 'Passages, best first') },
});

export const knowledgeSearchRoutes = router().openapi(search, async (c) => {
  const { q: text, ...how } = c.req.valid('query');
  const at = c.req.valid('param');
  const found = await searchKnowledge(c.var.app, c.var.principal, at, { text, ...how }, c.req.raw.signal);
  return c.json(found, 200);
});
