import { createRoute } from '@hono/zod-openapi';
import { createKey } from '#lib/operations/create-key.ts';
import { listKeys } from '#lib/operations/read-keys.ts';
import { revokeKey } from '#lib/operations/revoke-key.ts';
import { json, jsonBody, router } from '../router.ts';
import { inKey, inProject, keyCreate, keyList, keyWithSecret } from '../schemas.ts';

const tags = ['API keys'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/keys',
  tags,
  summary: 'Keys of a project, newest first',
  request: { params: inProject },
  responses: { 200: json(keyList, 'Keys') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/keys',
  tags,
  summary: 'Make a key; its secret is in this answer and nowhere else',
  request: { params: inProject, body: jsonBody(keyCreate) },
  responses: { 201: json(keyWithSecret, 'The new key') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/keys/{key}',
  tags,
  summary: 'Revoke a key, within five seconds everywhere',
  request: { params: inKey },
  responses: { 204: { description: 'Revoked' } },
});

export const keyRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listKeys(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createKey(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(remove, async (c) => {
    await revokeKey(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
