import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { clientAddress } from '#lib/auth/client-address.ts';
import { answerByLink, readLink } from '#lib/operations/answer-link.ts';
import { type ApiEnv, json, jsonBody, router } from '../router.ts';
import { byLink, linkAnswer, linkedQuestion } from '../schemas.ts';

const tags = ['Answers'];

const read = createRoute({
  method: 'get',
  path: '/answers/{token}',
  tags,
  summary: 'What a link asks; no sign-in, the link is enough',
  request: { params: byLink },
  responses: { 200: json(linkedQuestion, 'The question') },
});

const answer = createRoute({
  method: 'post',
  path: '/answers/{token}',
  tags,
  summary: 'Answer by a link; the run goes on by itself',
  request: { params: byLink, body: jsonBody(linkAnswer) },
  responses: { 204: { description: 'Taken' } },
});

export const answerRoutes = router()
  .openapi(read, async (c) => {
    const { token } = c.req.valid('param');
    return c.json(await readLink(c.var.app, token, originOf(c)), 200);
  })
  .openapi(answer, async (c) => {
    const { token } = c.req.valid('param');
    await answerByLink(c.var.app, token, c.req.valid('json').answer, originOf(c));
    return c.body(null, 204);
  });

function originOf(c: Context<ApiEnv>): { address: string } {
  return { address: clientAddress(c.env.incoming, c.var.app.env.publicUrl) };
}
