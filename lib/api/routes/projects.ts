import { createRoute } from '@hono/zod-openapi';
import { createProject } from '#lib/operations/create-project.ts';
import { deleteProject } from '#lib/operations/delete-project.ts';
import { getProject, listProjects } from '#lib/operations/read-projects.ts';
import { updateProject } from '#lib/operations/update-project.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject, project, projectCreate, projectList, projectUpdate } from '../schemas.ts';

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
  summary:
    'Change name, address, icon, instructions, access, environment values, how many background runs there may be at once or how much of a result is sent',
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
  .openapi(list, async (c) => c.json({ items: await listProjects(c.var.app, c.var.principal) }, 200))
  .openapi(create, async (c) =>
    c.json(await createProject(c.var.app, c.var.principal, c.req.valid('json')), 201),
  )
  .openapi(read, async (c) =>
    c.json(await getProject(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(update, async (c) => {
    const { project } = c.req.valid('param');
    return c.json(await updateProject(c.var.app, c.var.principal, project, c.req.valid('json')), 200);
  })
  .openapi(remove, async (c) => {
    await deleteProject(c.var.app, c.var.principal, c.req.valid('param').project);
    return c.body(null, 204);
  });
