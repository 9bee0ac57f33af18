import { createRoute } from '@hono/zod-openapi';
import { readServerCard } from '#lib/operations/server-card.ts';
import { json, router } from '../router.ts';
import { inProject, serverCards } from '../schemas.ts';
import { cardQuery } from '../toolset-schemas.ts';

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/server-card',
  tags: ['Clients'],
  summary: 'The server card of the project or of a toolset, and its server.json for a registry',
  request: { params: inProject, query: cardQuery },
  responses: { 200: json(serverCards, 'Both') },
});

export const serverCardRoutes = router().openapi(read, async (c) => {
  const { project } = c.req.valid('param');
  const { toolset } = c.req.valid('query');
  return c.json(await readServerCard(c.var.app, c.var.principal, project, { toolset }), 200);
});
