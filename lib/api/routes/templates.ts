import { createRoute } from '@hono/zod-openapi';
import { addTemplate } from '#lib/operations/add-template.ts';
import { listTemplates } from '#lib/operations/list-templates.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject } from '../schemas.ts';
import { templateAdd, templateAdded, templateList } from '../template-schemas.ts';

const tags = ['Templates'];

const list = createRoute({
  method: 'get',
  path: '/templates',
  tags,
  summary: 'The templates that come with Patchbay, by title',
  responses: { 200: json(templateList, 'Templates') },
});

const add = createRoute({
  method: 'post',
  path: '/projects/{project}/templates',
  tags,
  summary: 'Put the workflows of a template into a project, as drafts; names that are taken get a number',
  request: { params: inProject, body: jsonBody(templateAdd) },
  responses: { 201: json(templateAdded, 'What was made') },
});

export const templateRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listTemplates() }, 200))
  .openapi(add, async (c) => {
    const { template } = c.req.valid('json');
    const { project } = c.req.valid('param');
    return c.json(await addTemplate(c.var.app, c.var.principal, project, template), 201);
  });
