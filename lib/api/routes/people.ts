import { createRoute } from '@hono/zod-openapi';
import { givePerson, readPeople, setPrivate, takePerson } from '#lib/operations/project-people.ts';
import { transferProject } from '#lib/operations/transfer-project.ts';
import { json, jsonBody, router } from '../router.ts';
import { inProject } from '../schemas.ts';
import { inPerson, personChange, privacy, projectPeople, projectTransfer } from '../team-schemas.ts';

const tags = ['Projects'];

const read = createRoute({
  method: 'get',
  path: '/projects/{project}/people',
  tags,
  summary: 'Who may do what in the project, by name',
  request: { params: inProject },
  responses: { 200: json(projectPeople, 'People') },
});

const limit = createRoute({
  method: 'patch',
  path: '/projects/{project}/people',
  tags,
  summary: 'Whether only those see the project who have a role in it; for its admins',
  request: { params: inProject, body: jsonBody(privacy) },
  responses: { 200: json(projectPeople, 'People as they are now') },
});

const give = createRoute({
  method: 'put',
  path: '/projects/{project}/people/{user}',
  tags,
  summary: 'Give a member of the organization a role of their own in the project; for its admins',
  request: { params: inPerson, body: jsonBody(personChange) },
  responses: { 200: json(projectPeople, 'People as they are now') },
});

const take = createRoute({
  method: 'delete',
  path: '/projects/{project}/people/{user}',
  tags,
  summary: 'Take the role of the project from somebody; that of the organization counts again',
  request: { params: inPerson },
  responses: { 204: { description: 'Taken' } },
});

const transfer = createRoute({
  method: 'post',
  path: '/projects/{project}/transfer',
  tags,
  summary: 'Move the project to another organization; for admins of both, who type its name',
  description:
    'Keys and grants are revoked. Secrets of connections and webhooks stay behind and are entered anew there; roles in the project end.',
  request: { params: inProject, body: jsonBody(projectTransfer) },
  responses: { 204: { description: 'Moved' } },
});

export const peopleRoutes = router()
  .openapi(read, async (c) =>
    c.json(await readPeople(c.var.app, c.var.principal, c.req.valid('param').project), 200),
  )
  .openapi(limit, async (c) => {
    const { project } = c.req.valid('param');
    const { private: isPrivate } = c.req.valid('json');
    return c.json(await setPrivate(c.var.app, c.var.principal, { project, isPrivate }), 200);
  })
  .openapi(give, async (c) => {
    const at = { ...c.req.valid('param'), ...c.req.valid('json') };
    return c.json(await givePerson(c.var.app, c.var.principal, at), 200);
  })
  .openapi(take, async (c) => {
    await takePerson(c.var.app, c.var.principal, c.req.valid('param'));
    return c.body(null, 204);
  })
  .openapi(transfer, async (c) => {
    const { project } = c.req.valid('param');
    const { organization: to, name: typedName } = c.req.valid('json');
    await transferProject(c.var.app, c.var.principal, { project, to, typedName });
    return c.body(null, 204);
  });
