import { createRoute } from '@hono/zod-openapi';
import { createConnection } from '#lib/operations/create-connection.ts';
import { deleteConnection } from '#lib/operations/delete-connection.ts';
import { listConnections } from '#lib/operations/read-connections.ts';
import { updateConnection } from '#lib/operations/update-connection.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  connection,
  connectionCreate,
  connectionList,
  connectionUpdate,
  inConnection,
  inProject,
} from '../schemas.ts';

const tags = ['Connections'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/connections',
  tags,
  summary: 'Credentials a project may use, without their secrets',
  request: { params: inProject },
  responses: { 200: json(connectionList, 'Connections') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/connections',
  tags,
  summary: 'Store a credential, with the hosts it may be sent to',
  request: { params: inProject, body: jsonBody(connectionCreate) },
  responses: { 201: json(connection, 'The new connection') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/connections/{connection}',
  tags,
  summary: 'Rename it, change its hosts or replace its secret',
  request: { params: inConnection, body: jsonBody(connectionUpdate) },
  responses: { 200: json(connection, 'The connection as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/connections/{connection}',
  tags,
  summary: 'Forget a credential',
  request: { params: inConnection },
  responses: { 204: { description: 'Deleted' } },
});

export const connectionRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listConnections(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createConnection(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(update, async (c) => {
    const at = c.req.valid('param');
    return c.json(await updateConnection(c.var.app, c.var.principal, at, c.req.valid('json')), 200);
  })
  .openapi(remove, async (c) => {
    await deleteConnection(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
