import { createRoute } from '@hono/zod-openapi';
import { readCalls } from '#lib/operations/read-calls.ts';
import { calls, callsQuery } from '../call-schemas.ts';
import { json, router } from '../router.ts';
import { inProject } from '../schemas.ts';

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/calls',
  tags: ['Runs'],
  summary: 'How many calls, how many failed and how long they took: over time, by tool and by client',
  request: { params: inProject, query: callsQuery },
  responses: { 200: json(calls, 'Figures') },
});

export const callRoutes = router().openapi(read, async (c) => {
  const asked = { ...c.req.valid('param'), ...c.req.valid('query') };
  return c.json(await readCalls(c.var.app, c.var.principal, asked), 200);
});
