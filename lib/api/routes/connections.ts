import { createRoute } from '@hono/zod-openapi';
import { createConnection } from '#lib/operations/create-connection.ts';
import { deleteConnection } from '#lib/operations/delete-connection.ts';
import { listConnections } from '#lib/operations/read-connections.ts';
import { testConnection } from '#lib/operations/test-connection.ts';
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
import { connectionTest, connectionTestInput } from '../settings-schemas.ts';

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

const test = createRoute({
  method: 'post',
  path: '/projects/{project}/connections/{connection}/test',
  tags,
  summary: 'Send the credential to one of its hosts, or a query to its database, and say what came back',
  request: { params: inConnection, body: jsonBody(connectionTestInput) },
  responses: { 200: json(connectionTest, 'What was seen; also where it failed') },
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
  .openapi(test, async (c) => {
    const { signal } = c.req.raw;
    const given = { ...c.req.valid('json'), signal };
    return c.json(await testConnection(c.var.app, c.var.principal, c.req.valid('param'), given), 200);
  })
  .openapi(remove, async (c) => {
    await deleteConnection(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
