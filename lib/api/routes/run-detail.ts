import { createRoute } from '@hono/zod-openapi';
import { readRunCaller } from '#lib/operations/read-run-caller.ts';
import { readRunOutside } from '#lib/operations/read-run-outside.ts';
import { json, router } from '../router.ts';
import { runCaller, runOutside } from '../run-detail-schemas.ts';
import { inRun } from '../schemas.ts';

const tags = ['Runs'];

const outside = createRoute({
  method: 'get',
  path: '/projects/{project}/runs/{run}/outside',
  tags,
  summary: 'What a run asked of the world outside, and what it got; a replay is given the same',
  request: { params: inRun },
  responses: { 200: json(runOutside, 'Questions and answers') },
});

const caller = createRoute({
  method: 'get',
  path: '/projects/{project}/runs/{run}/caller',
  tags,
  summary: 'Who called: client, key and protocol, as far as they are known',
  request: { params: inRun },
  responses: { 200: json(runCaller, 'The caller') },
});

export const runDetailRoutes = router()
  .openapi(outside, async (c) =>
    c.json(await readRunOutside(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(caller, async (c) =>
    c.json(await readRunCaller(c.var.app, c.var.principal, c.req.valid('param')), 200),
  );
