import { createRoute } from '@hono/zod-openapi';
import {
  createOrganization,
  deleteOrganization,
  leaveOrganization,
  organizationContent,
  switchOrganization,
} from '#lib/operations/organizations.ts';
import { json, jsonBody, router } from '../router.ts';
import { session } from '../schemas.ts';
import { sessionView } from '../session-view.ts';
import {
  organizationChoice,
  organizationContent as organizationContentSchema,
  organizationCreate,
  typedName,
} from '../team-schemas.ts';

const tags = ['Organization'];

const create = createRoute({
  method: 'post',
  path: '/organizations',
  tags,
  summary: 'Make another organization, and show it in this session',
  request: { body: jsonBody(organizationCreate) },
  responses: { 201: json(session, 'The session as it is now') },
});

const choose = createRoute({
  method: 'put',
  path: '/session/organization',
  tags,
  summary: 'Show another organization of one’s own in this session',
  request: { body: jsonBody(organizationChoice) },
  responses: { 200: json(session, 'The session as it is now') },
});

const content = createRoute({
  method: 'get',
  path: '/organization/content',
  tags,
  summary: 'What goes with the organization when it is deleted; for owners',
  responses: { 200: json(organizationContentSchema, 'How much there is') },
});

const leave = createRoute({
  method: 'post',
  path: '/organization/leave',
  tags,
  summary: 'Leave the organization',
  responses: { 204: { description: 'Left' } },
});

const remove = createRoute({
  method: 'post',
  path: '/organization/delete',
  tags,
  summary: 'Delete the organization with all that is in it; for owners, who type its name',
  request: { body: jsonBody(typedName) },
  responses: { 204: { description: 'Deleted' } },
});

export const organizationsRoutes = router()
  .openapi(create, async (c) => {
    const { name } = c.req.valid('json');
    return c.json(sessionView(await createOrganization(c.var.app, c.var.who, name)), 201);
  })
  .openapi(choose, async (c) => {
    const { organization } = c.req.valid('json');
    return c.json(sessionView(await switchOrganization(c.var.app, c.var.who, organization)), 200);
  })
  .openapi(content, async (c) => c.json(await organizationContent(c.var.app, c.var.who), 200))
  .openapi(leave, async (c) => {
    await leaveOrganization(c.var.app, c.var.who);
    return c.body(null, 204);
  })
  .openapi(remove, async (c) => {
    await deleteOrganization(c.var.app, c.var.who, c.req.valid('json').name);
    return c.body(null, 204);
  });
