import { createRoute } from '@hono/zod-openapi';
import { json, jsonBody, router } from '../router.ts';
import {
  connection,
  connectionCreate,
  connectionList,
  connectionUpdate,
  inConnection,
  inProject,
} from '../schemas.ts';
import { later } from './later.ts';

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
  .openapi(list, later)
  .openapi(create, later)
  .openapi(update, later)
  .openapi(remove, later);
