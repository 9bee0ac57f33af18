import { createRoute } from '@hono/zod-openapi';
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
import { later } from './later.ts';

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
  .openapi(list, later)
  .openapi(create, later)
  .openapi(read, later)
  .openapi(remove, later)
  .openapi(saveDraft, later);
