import { createRoute } from '@hono/zod-openapi';
import { createToolset, deleteToolset, listToolsets, updateToolset } from '#lib/operations/toolsets.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject, inToolset } from '../schemas.ts';
import { toolset, toolsetCreate, toolsetList, toolsetUpdate } from '../toolset-schemas.ts';

const tags = ['Toolsets'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/toolsets',
  tags,
  summary: 'Toolsets of a project, by name: addresses of their own for some of its workflows',
  request: { params: inProject },
  responses: { 200: json(toolsetList, 'Toolsets') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/toolsets',
  tags,
  summary: 'Make a toolset',
  request: { params: inProject, body: jsonBody(toolsetCreate) },
  responses: { 201: json(toolset, 'The new toolset') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/toolsets/{toolset}',
  tags,
  summary: 'Change what is given of a toolset',
  request: { params: inToolset, body: jsonBody(toolsetUpdate) },
  responses: { 200: json(toolset, 'The toolset as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/toolsets/{toolset}',
  tags,
  summary: 'Delete a toolset: its address answers no more',
  request: { params: inToolset },
  responses: { 204: { description: 'Deleted' } },
});

export const toolsetRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listToolsets(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createToolset(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(update, async (c) => {
    const at = c.req.valid('param');
    return c.json(await updateToolset(c.var.app, c.var.principal, at, c.req.valid('json')), 200);
  })
  .openapi(remove, async (c) => {
    await deleteToolset(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
