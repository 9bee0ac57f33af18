import { createRoute } from '@hono/zod-openapi';
import { json, jsonBody, router } from '../router.ts';
import { inProject, project, projectCreate, projectList, projectUpdate } from '../schemas.ts';
import { later } from './later.ts';

const tags = ['Projects'];

const list = createRoute({
  method: 'get',
  path: '/projects',
  tags,
  summary: 'Projects of the organization, by name',
  responses: { 200: json(projectList, 'Projects') },
});

const create = createRoute({
  method: 'post',
  path: '/projects',
  tags,
  summary: 'Make a project',
  request: { body: jsonBody(projectCreate) },
  responses: { 201: json(project, 'The new project') },
});

const read = createRoute({
  method: 'get',
  path: '/projects/{project}',
  tags,
  summary: 'One project',
  request: { params: inProject },
  responses: { 200: json(project, 'The project') },
});

const update = createRoute({
  method: 'patch',
  path: '/projects/{project}',
  tags,
  summary: 'Change name, address, instructions, access or environment values',
  request: { params: inProject, body: jsonBody(projectUpdate) },
  responses: { 200: json(project, 'The project as it is now') },
});

const remove = createRoute({
  method: 'delete',
  path: '/projects/{project}',
  tags,
  summary: 'Delete a project with all that is in it',
  request: { params: inProject },
  responses: { 204: { description: 'Deleted' } },
});

export const projectRoutes = router()
  .openapi(list, later)
  .openapi(create, later)
  .openapi(read, later)
  .openapi(update, later)
  .openapi(remove, later);
