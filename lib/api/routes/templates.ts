import { createRoute } from '@hono/zod-openapi';
import { addTemplate } from '#lib/operations/add-template.ts';
import { listTemplates } from '#lib/operations/list-templates.ts';
import {
  importWorkflow,
  shareWorkflow,
  withdrawTemplate,
  workflowFile,
} from '#lib/operations/share-workflow.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject, inWorkflow } from '../schemas.ts';
import {
  fileQuery,
  inTemplate,
  templateAdd,
  templateAdded,
  templateList,
  workflowFile as workflowFileSchema,
  workflowImport,
  workflowShare,
  workflowShared,
} from '../template-schemas.ts';

const tags = ['Templates'];

const list = createRoute({
  method: 'get',
  path: '/templates',
  tags,
  summary: 'Templates: those shared in the organization, then those that come with Patchbay',
  responses: { 200: json(templateList, 'Templates') },
});

const listHere = createRoute({
  method: 'get',
  path: '/projects/{project}/templates',
  tags,
  summary: 'Templates for a project: those shared in its organization, then those that come with Patchbay',
  request: { params: inProject },
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

const share = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/{workflow}/share',
  tags,
  summary: 'Share a workflow as a template inside the organization, as it is now, or renew one',
  request: { params: inWorkflow, body: jsonBody(workflowShare) },
  responses: { 201: json(workflowShared, 'The template') },
});

const withdraw = createRoute({
  method: 'delete',
  path: '/templates/{template}',
  tags,
  summary: 'Withdraw a template that was shared; for its author, owners and admins',
  request: { params: inTemplate },
  responses: { 204: { description: 'Withdrawn; what was made of it stays' } },
});

const file = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}/file',
  tags,
  summary: 'A workflow as a file to pass on: with those it calls, without secrets',
  request: { params: inWorkflow, query: fileQuery },
  responses: { 200: json(workflowFileSchema, 'The file') },
});

const take = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows/import',
  tags,
  summary: 'Put a workflow from a file into the project, as a draft; its connections have no secrets',
  request: { params: inProject, body: jsonBody(workflowImport) },
  responses: { 201: json(templateAdded, 'What was made') },
});

export const templateRoutes = router()
  .openapi(list, async (c) => c.json({ items: await listTemplates(c.var.app, c.var.principal) }, 200))
  .openapi(listHere, async (c) => c.json({ items: await listTemplates(c.var.app, c.var.principal) }, 200))
  .openapi(add, async (c) => {
    const { template } = c.req.valid('json');
    const { project } = c.req.valid('param');
    return c.json(await addTemplate(c.var.app, c.var.principal, project, template), 201);
  })
  .openapi(share, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await shareWorkflow(c.var.app, c.var.principal, input), 201);
  })
  .openapi(withdraw, async (c) => {
    await withdrawTemplate(c.var.app, c.var.principal, c.req.valid('param').template);
    return c.body(null, 204);
  })
  .openapi(file, async (c) => {
    const at = { ...c.req.valid('param'), ...c.req.valid('query') };
    const bundle = await workflowFile(c.var.app, c.var.principal, at);
    return c.json(bundle as unknown as JsonObject, 200);
  })
  .openapi(take, async (c) => {
    const { project } = c.req.valid('param');
    const { content } = c.req.valid('json');
    return c.json(await importWorkflow(c.var.app, c.var.principal, { project, content }), 201);
  });
