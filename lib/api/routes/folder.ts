import { createRoute } from '@hono/zod-openapi';
import { json, jsonBody, router } from '../router.ts';
import { exported, importInput, inProject, project } from '../schemas.ts';
import { later } from './later.ts';

const tags = ['Import and export'];

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/export',
  tags,
  summary: 'The project as a folder of text files, without secrets',
  request: { params: inProject },
  responses: { 200: json(exported, 'The files') },
});

const create = createRoute({
  method: 'post',
  path: '/projects/import',
  tags,
  summary: 'Make a project from a folder; nothing in it is run or published',
  request: { body: jsonBody(importInput) },
  responses: { 201: json(project, 'The new project') },
});

export const folderRoutes = router().openapi(read, later).openapi(create, later);
