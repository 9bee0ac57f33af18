import { createRoute } from '@hono/zod-openapi';
import { exportProject } from '#lib/operations/export-project.ts';
import { filesOf, folderOf } from '#lib/operations/folder-files.ts';
import { importProject } from '#lib/operations/import-project.ts';
import { json, jsonBody, router } from '../router.ts';
import { exported, importInput, inProject, project } from '../schemas.ts';

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

export const folderRoutes = router()
  .openapi(read, async (c) => {
    const folder = await exportProject(c.var.app, c.var.principal, c.req.valid('param').project);
    return c.json({ files: filesOf(folder) }, 200);
  })
  .openapi(create, async (c) => {
    const { slug, files } = c.req.valid('json');
    const made = await importProject(c.var.app, c.var.principal, { slug, folder: folderOf(files) });
    return c.json(made, 201);
  });
