import { createRoute } from '@hono/zod-openapi';
import { createBase } from '#lib/operations/create-base.ts';
import { deleteBase } from '#lib/operations/delete-base.ts';
import { getBase, listBases } from '#lib/operations/read-knowledge.ts';
import { updateBase } from '#lib/operations/update-base.ts';
import { base, baseCreate, baseList, basePatch } from '../knowledge-schemas.ts';
import { json, jsonBody, router } from '../router.ts';
import { inBase, inProject } from '../schemas.ts';

const tags = ['Knowledge'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge',
  tags,
  summary: 'Knowledge bases of a project',
  request: { params: inProject },
  responses: { 200: json(baseList, 'Knowledge bases') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/knowledge',
  tags,
  summary: 'Make a knowledge base',
  request: { params: inProject, body: jsonBody(baseCreate) },
  responses: { 201: json(base, 'The new knowledge base') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'One knowledge base',
  request: { params: inBase },
  responses: { 200: json(base, 'The knowledge base') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'Change a knowledge base; with other sizes or another language its documents are read again',
  request: { params: inBase, body: jsonBody(basePatch) },
  responses: { 200: json(base, 'The knowledge base') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/knowledge/{base}',
  tags,
  summary: 'Delete a knowledge base with its documents',
  request: { params: inBase },
  responses: { 204: { description: 'Deleted' } },
});

export const knowledgeRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listBases(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createBase(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(read, async (c) => c.json(await getBase(c.var.app, c.var.principal, c.req.valid('param')), 200))
  .openapi(update, async (c) =>
    c.json(await updateBase(c.var.app, c.var.principal, c.req.valid('param'), c.req.valid('json')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteBase(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  });
