import { createRoute } from '@hono/zod-openapi';
import { checkConnection } from '#lib/operations/check-connection.ts';
import { json, jsonBody, router } from '../router.ts';
import { checkInput, connectionCheck, inProject } from '../schemas.ts';

const check = createRoute({
  method: 'post',
  path: '/projects/{project}/doctor',
  tags: ['Clients'],
  summary:
    'Play a client at the project’s public address, and say hop by hop what was seen and what to change',
  request: { params: inProject, body: jsonBody(checkInput) },
  responses: { 200: json(connectionCheck, 'What was seen; also where something failed') },
});

export const connectionCheckRoutes = router().openapi(check, async (c) => {
  const { project } = c.req.valid('param');
  const { signal } = c.req.raw;
  return c.json(
    await checkConnection(c.var.app, c.var.principal, project, { ...c.req.valid('json'), signal }),
    200,
  );
});
