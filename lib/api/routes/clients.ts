import { createRoute } from '@hono/zod-openapi';
import { listClientRequests, listClients } from '#lib/operations/read-clients.ts';
import { json, router } from '../router.ts';
import { clientList, clientRequestList, inClient, inProject } from '../schemas.ts';

const tags = ['Clients'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/clients',
  tags,
  summary: 'Programs that called the project’s address within a week, the one seen last first',
  request: { params: inProject },
  responses: { 200: json(clientList, 'Clients') },
});

const requests = createRoute({
  method: 'get',
  path: '/projects/{project}/clients/{client}/requests',
  tags,
  summary: 'The last 200 requests of a client, newest first; failures in words',
  request: { params: inClient },
  responses: { 200: json(clientRequestList, 'Requests') },
});

export const clientRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listClients(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(requests, async (c) => {
    const at = c.req.valid('param');
    return c.json({ items: await listClientRequests(c.var.app, c.var.principal, at) }, 200);
  });
