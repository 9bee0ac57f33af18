import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import {
  getEmbedding,
  removeEmbedding,
  setEmbedding,
  setReranker,
  tryEmbedding,
} from '#lib/operations/embedding/settings.ts';
import { json, jsonBody, router } from '../router.ts';
import { inBase } from '../schemas.ts';

const tags = ['Knowledge'];

const prefix = z.string().max(200).optional();
const model = {
  queryPrefix: prefix.openapi({
    description: 'Put before what is searched for. By the name of the model unless said.',
  }),
  passagePrefix: prefix.openapi({
    description: 'Put before passages. By the name of the model unless said.',
  }),
};
const openai = z.strictObject({
  kind: z.literal('openai'),
  url: z.string().max(2000).optional().openapi({
    description: 'Base address of any server with `/embeddings`. OpenAI’s unless said.',
  }),
  model: z.string().min(1).max(200),
  dimensions: z.int().min(1).max(4096).optional(),
  ...model,
});
const local = z.strictObject({
  kind: z.literal('local'),
  folder: z.string().min(1).max(200).openapi({ description: 'Below LOCAL_MODELS_DIR.' }),
  ...model,
});
const connection = z.string().min(1).max(64).nullable();

export const input = z
  .discriminatedUnion('kind', [
    openai.extend({ connection: connection.default(null) }),
    local.extend({ connection: z.null().default(null) }),
  ])
  .openapi('EmbeddingInput');

const index = z
  .object({
    id: z.string(),
    config: z.discriminatedUnion('kind', [openai, local]),
    connection,
    dimensions: z.int().nullable(),
    state: z.enum(['filling', 'serving', 'failed']),
    error: z.string().nullable().openapi({
      description: 'What went wrong the last time. While it is filled, it is tried again.',
    }),
    done: z.int().openapi({ description: 'Passages with a vector.' }),
    total: z.int(),
  })
  .openapi('VectorIndex');

export const rerankerInput = z
  .strictObject({
    connection: connection.default(null),
    model: z.string().min(1).max(200),
    url: z.string().max(2000).optional().openapi({ description: 'Base address of a server with `/rerank`.' }),
  })
  .openapi('RerankerInput');

export const embedding = z
  .object({
    serving: index.nullable(),
    filling: index.nullable(),
    reranker: z.object({ connection, model: z.string(), url: z.string().optional() }).nullable(),
  })
  .openapi('KnowledgeEmbedding');

const tried = z
  .object({ ok: z.boolean(), seen: z.string(), dimensions: z.int().nullable(), ms: z.int() })
  .openapi('EmbeddingTry');

const path = '/projects/{project}/knowledge/{base}/embedding';
const rerankerPath = '/projects/{project}/knowledge/{base}/reranker';

const read = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'The models that a knowledge base is searched with',
  request: { params: inBase },
  responses: { 200: json(embedding, 'What serves, and what is filled') },
});

const choose = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Make vectors by a model; what serves goes on until all are there',
  request: { params: inBase, body: jsonBody(input) },
  responses: { 202: json(embedding, 'They are made in the background') },
});

const turnOff = createRoute({
  method: 'delete',
  path,
  tags,
  summary: 'Search by full text alone',
  request: { params: inBase },
  responses: { 204: { description: 'All vectors are gone' } },
});

const attempt = createRoute({
  method: 'post',
  path: `${path}/try`,
  tags,
  summary: 'Whether a model answers',
  request: { params: inBase, body: jsonBody(input) },
  responses: { 200: json(tried, 'What was seen') },
});

const order = createRoute({
  method: 'put',
  path: rerankerPath,
  tags,
  summary: 'Have a model order the best passages once more',
  request: { params: inBase, body: jsonBody(rerankerInput) },
  responses: { 204: { description: 'Chosen' } },
});

const leaveOrder = createRoute({
  method: 'delete',
  path: rerankerPath,
  tags,
  summary: 'Leave passages in the order of the search',
  request: { params: inBase },
  responses: { 204: { description: 'Turned off' } },
});

export const knowledgeModelRoutes = router()
  .openapi(read, async (c) =>
    c.json(await getEmbedding(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(choose, async (c) => {
    const { app, principal } = c.var;
    return c.json(await setEmbedding(app, principal, c.req.valid('param'), c.req.valid('json')), 202);
  })
  .openapi(turnOff, async (c) => {
    await removeEmbedding(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(attempt, async (c) => {
    const { app, principal } = c.var;
    const given = { input: c.req.valid('json'), signal: c.req.raw.signal };
    return c.json(await tryEmbedding(app, principal, c.req.valid('param'), given), 200);
  })
  .openapi(order, async (c) => {
    await setReranker(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json'));
    return c.body(null, 204);
  })
  .openapi(leaveOrder, async (c) => {
    await setReranker(c.var.app, c.var.principal, c.req.valid('param'), null);
    return c.body(null, 204);
  });
