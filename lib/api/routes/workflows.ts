import { createRoute } from '@hono/zod-openapi';
import { createWorkflow } from '#lib/operations/create-workflow.ts';
import { deleteWorkflow } from '#lib/operations/delete-workflow.ts';
import { getWorkflow, listWorkflows } from '#lib/operations/read-workflows.ts';
import { saveDraft as save } from '#lib/operations/save-draft.ts';
import { json, jsonBody, router } from '../router.ts';
import {
  draftSave,
  draftSaved,
  inProject,
  inWorkflow,
  workflow,
  workflowCreate,
  workflowList,
} from '../schemas.ts';

const tags = ['Workflows'];

const list = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows',
  tags,
  summary: 'Workflows of a project, by name',
  request: { params: inProject },
  responses: { 200: json(workflowList, 'Workflows') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/{project}/workflows',
  tags,
  summary: 'Make a workflow: a start and an end, or the document given',
  request: { params: inProject, body: jsonBody(workflowCreate) },
  responses: { 201: json(workflow, 'The new workflow') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/workflows/{workflow}',
  tags,
  summary: 'One workflow with its draft',
  request: { params: inWorkflow },
  responses: { 200: json(workflow, 'The workflow') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}/workflows/{workflow}',
  tags,
  summary: 'Delete a workflow; its tool is gone with the next release',
  request: { params: inWorkflow },
  responses: { 204: { description: 'Deleted' } },
});

const saveDraft = createRoute({
  method: 'put',
  path: '/projects/{project}/workflows/{workflow}/draft',
  tags,
  summary:
    'Save the draft on top of the revision it was made from; 409 with what changed when that is not the last',
  request: { params: inWorkflow, body: jsonBody(draftSave) },
  responses: { 200: json(draftSaved, 'Saved') },
});

export const workflowRoutes = router()
  .openapi(list, async (c) => {
    const { project } = c.req.valid('param');
    return c.json({ items: await listWorkflows(c.var.app, c.var.principal, project) }, 200);
  })
  .openapi(create, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await createWorkflow(c.var.app, c.var.principal, project, c.req.valid('json')), 201);
  })
  .openapi(read, async (c) =>
    c.json(await getWorkflow(c.var.app, c.var.principal, c.req.valid('param')), 200),
  )
  .openapi(remove, async (c) => {
    await deleteWorkflow(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(saveDraft, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await save(c.var.app, c.var.principal, input), 200);
  });
